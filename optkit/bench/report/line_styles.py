"""Line styles of solvers: colour, line and marker, the same in every picture."""

from __future__ import annotations

from collections.abc import Iterable

from optkit.plotting.charts import Look
from optkit.plotting.palette import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":")
LONGEST = 40
"""Most letters of a label in a picture."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def line_styles(labels: Iterable[str]) -> dict[str, Look]:
    """Return a style for each solver.

    The first seven differ in colour, the others in the line as well. Long labels are
    shortened, so that the legend leaves room for the picture.
    """
    names = list(dict.fromkeys(labels))
    shown = [_short(name) for name in names]
    return {
        label: Look(
            shown[index]
            if shown.count(shown[index]) == 1
            else f"{shown[index]} {index}",
            COLOURS[index % len(COLOURS)],
            MARKERS[index % len(MARKERS)],
            LINES[(2 * (index // len(COLOURS)) + index) % len(LINES)],
        )
        for index, label in enumerate(names)
    }


def _short(label: str) -> str:
    if len(label) > LONGEST:
        label = f"{label[: LONGEST - 12]}…{label[-11:]}"
    # A legend skips labels that start with an underscore; the added space is invisible.
    return f"\N{ZERO WIDTH SPACE}{label}" if label.startswith("_") else label
