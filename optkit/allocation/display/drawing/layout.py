"""Where the servers of a tree are drawn.

Three layouts are tried, and the one that leaves most room between neighbours is taken:
levels from top to bottom, levels from left to right (a long chain turns at the margin), and
rings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

ROOMY = 58.0
"""Points between neighbours beyond which more room is no use."""

MARGIN = 24.0
"""Most points between a server's middle and the edge."""

TURNING = 4
"""Most leaves of a tree whose levels may continue in a second row."""

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions in points, x to the right and y upwards, inside ``width`` × ``height``.

    Parameters
    ----------
    kind
        ``down``, ``across`` or ``rings``.
    at
        Position of each server.
    room
        Points between neighbours.
    width, height
        The size that is used, margins included.
    """

    kind: str
    at: Mapping[str, Point]
    room: float
    width: float
    height: float


def arrange(
    root: str, parent: Mapping[str, str], width: float, height: float
) -> Layout:
    """Return the positions of ``root`` and of every server in ``parent``.

    Parameters
    ----------
    root
        The server on top.
    parent
        Whom each other server hangs below, parents first.
    width, height
        Room in points.
    """
    slot, leaves = _slots(root, parent)
    depth = {root: 0}
    for child, above in parent.items():
        depth[child] = depth[above] + 1
    tries = [
        _down(slot, leaves, depth, width, height),
        _across(slot, leaves, depth, width, height),
        _rings(slot, leaves, depth, width, height),
    ]
    # A picture that reads from top to bottom is worth a little room, but a chain is better
    # drawn on its side.
    worth = (1.0 if leaves > 1 else 0.9, 0.97, 0.8)
    best = max(range(3), key=lambda k: (worth[k] * min(tries[k].room, ROOMY), -k))
    return tries[best]


def _spacing(lines: int, height: float) -> float:
    """Return the distance between ``lines`` lines in a height, margins included."""
    # A layout computed again for the height that it used must come out the same.
    if height < 2.0 * MARGIN * lines * (1.0 - 1e-9):
        return height / lines
    return (height - 2.0 * MARGIN) / (lines - 1) if lines > 1 else ROOMY


def _slots(root: str, parent: Mapping[str, str]) -> tuple[dict[str, float], int]:
    """Give each leaf a slot in a row, and each other server the middle of its leaves."""
    children: dict[str, list[str]] = {root: []}
    for child, above in parent.items():
        children[child] = []
        children[above].append(child)
    slot: dict[str, float] = {}
    leaves = 0
    stack = [root]
    visited: list[str] = []
    while stack:
        server = stack.pop()
        visited.append(server)
        if not children[server]:
            slot[server] = float(leaves)
            leaves += 1
        stack.extend(reversed(children[server]))
    for server in reversed(visited):
        below = children[server]
        if below:
            slot[server] = (slot[below[0]] + slot[below[-1]]) / 2.0
    return slot, leaves


def _down(
    slot: Mapping[str, float],
    leaves: int,
    depth: Mapping[str, int],
    width: float,
    height: float,
) -> Layout:
    levels = max(depth.values()) + 1
    wide = min(width / leaves, 1.5 * ROOMY)
    high = min(_spacing(levels, height), 1.15 * ROOMY)
    margin = min(0.5 * high, MARGIN)
    left = (width - wide * leaves) / 2.0
    return Layout(
        "down",
        {
            name: (
                left + (slot[name] + 0.5) * wide,
                (levels - level - 1) * high + margin,
            )
            for name, level in depth.items()
        },
        min(wide, high),
        width,
        (levels - 1) * high + 2.0 * margin,
    )


def _across(
    slot: Mapping[str, float],
    leaves: int,
    depth: Mapping[str, int],
    width: float,
    height: float,
) -> Layout:
    levels = max(depth.values()) + 1
    best: tuple[float, float, float, int] | None = None
    for rows in range(1, (levels if leaves <= TURNING else 1) + 1):
        columns = math.ceil(levels / rows)
        wide = min(width / columns, 1.15 * ROOMY)
        high = min(_spacing(rows * leaves, height), ROOMY)
        candidate = (min(wide, high), wide, high, columns)
        if best is None or candidate[0] > 1.1 * best[0]:  # a turn is worth a tenth
            best = candidate
    assert best is not None
    room, wide, high, columns = best
    rows = math.ceil(levels / columns)
    left = (width - wide * columns) / 2.0
    margin = min(0.5 * high, MARGIN)
    at = {}
    for name, level in depth.items():
        row, column = divmod(level, columns)
        if row % 2:  # every second row runs back, so the tree turns at the margin
            column = columns - 1 - column
        line = row * leaves + slot[name]
        at[name] = (
            left + (column + 0.5) * wide,
            (rows * leaves - 1 - line) * high + margin,
        )
    used = (rows * leaves - 1) * high + 2.0 * margin
    return Layout("across", at, room, width, used)


def _rings(
    slot: Mapping[str, float],
    leaves: int,
    depth: Mapping[str, int],
    width: float,
    height: float,
) -> Layout:
    levels: dict[int, list[str]] = {}
    for name, level in depth.items():
        levels.setdefault(level, []).append(name)
    turn = 2.0 * math.pi / leaves
    radius = [0.0]
    for level in range(1, len(levels)):
        slots = sorted(slot[name] for name in levels[level])
        gaps = [after - before for before, after in pairwise(slots)]
        gaps.append(slots[0] + leaves - slots[-1])
        # Neighbours on a ring stand at least as far apart as two rings.
        chord = 2.0 * math.sin(min(min(gaps) * turn, math.pi) / 2.0)
        radius.append(max(radius[-1] + 1.0, 1.0 / max(chord, 1e-9)))
    room = min(width, height) / (2.0 * radius[-1] + 1.0)
    room = min(room, ROOMY)
    side = (2.0 * radius[-1] + 1.0) * room
    at = {}
    for name, level in depth.items():
        angle = math.pi / 2.0 - (slot[name] + 0.5) * turn
        reach = radius[level] * room
        at[name] = (
            width / 2.0 + reach * math.cos(angle),
            side / 2.0 + reach * math.sin(angle),
        )
    return Layout("rings", at, room, width, side)
