"""How solvers are told apart in pictures: by colour, line and marker at once."""

from __future__ import annotations

from collections.abc import Iterable

from optkit.plotting.charts import Look
from optkit.plotting.palette import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":")
LONGEST = 40
"""Letters of a label in a picture."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def looks(labels: Iterable[str]) -> dict[str, Look]:
    """Return a look for each solver, the same one in every picture of a report.

    The first seven differ in colour; after that the line changes. The labels of looks are
    shortened where they would leave no room for the picture.
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
    # A legend passes over names that begin so; the mark has no width.
    return f"\N{ZERO WIDTH SPACE}{label}" if label.startswith("_") else label
