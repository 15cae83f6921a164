"""How solvers are told apart in pictures: by colour, line and marker at once."""

from __future__ import annotations

from collections.abc import Iterable

from optkit.core.reproduction.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Look,
)

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def looks(labels: Iterable[str]) -> dict[str, Look]:
    """Return a look for each solver, the same one in every picture of a report.

    The first seven differ in colour; after that the line changes.
    """
    return {
        label: Look(
            label,
            COLOURS[index % len(COLOURS)],
            MARKERS[index % len(MARKERS)],
            LINES[(2 * (index // len(COLOURS)) + index) % len(LINES)],
        )
        for index, label in enumerate(dict.fromkeys(labels))
    }
