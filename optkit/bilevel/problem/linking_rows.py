"""The sides of the follower's rows that the leader has a part in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.indicators import ON_THE_GRID, step
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class LinkingSide:
    """One side of a lower row that has linking columns, as ``a x + b y <= side``."""

    row: int
    indices: Ints
    a: Floats
    b: Floats
    side: float
    grid: float | None
    """What the values of ``a x`` are multiples of; None if that is too fine."""
    dropped: tuple[int, float] | None
    """Where the row bounds one lower column by one binary one, and lowering that column
    keeps every other row: its place among the lower columns, and the bound it is then
    held to."""

    def ruling_out(self, response: Floats) -> float:
        """Return the least value of ``a x`` that rules a point of the follower out.

        Where the values of ``a x`` lie too close together, what the point leaves of the
        side stands for it: a cut then holds, though it lets points that just fit pass for
        ruled out.
        """
        room = self.side - float(self.b @ response)
        if self.grid is None:
            return room
        return self.grid * (math.floor(room / self.grid + ON_THE_GRID) + 1.0)


def linking_sides(problem: Problem) -> list[LinkingSide]:
    """Return the sides of the lower rows that the leader has a part in."""
    linking, follower = problem.linking_matrix, problem.follower_matrix
    droppable = _droppable(problem)
    found = []
    for i, row in enumerate(problem.lower_rows.tolist()):
        span = slice(linking.indptr[i], linking.indptr[i + 1])
        columns, values = problem.upper[linking.indices[span]], linking.data[span]
        if not len(columns):
            continue
        own = slice(follower.indptr[i], follower.indptr[i + 1])
        dense = np.zeros(len(problem.lower))
        dense[follower.indices[own]] = follower.data[own]
        grid = step(values) if problem.integer[columns].all() else None
        for sign, side in (
            (1.0, problem.row_upper[row]),
            (-1.0, -problem.row_lower[row]),
        ):
            if not math.isfinite(side):
                continue
            found.append(
                LinkingSide(
                    row,
                    columns,
                    sign * values,
                    sign * dense,
                    float(side),
                    grid,
                    _dropped(
                        problem, columns, sign * values, sign * dense, side, droppable
                    ),
                )
            )
    return found


def _droppable(problem: Problem) -> list[bool]:
    """Return, for each lower column, whether lowering it keeps every lower row."""
    follower = problem.follower_matrix.tocoo()
    rows = problem.lower_rows
    up, low = problem.row_upper[rows], problem.row_lower[rows]
    found = [True] * len(problem.lower)
    rows_of, columns_of = follower.coords
    for i, k, value in zip(rows_of, columns_of, follower.data, strict=True):
        if (value < 0 and math.isfinite(up[i])) or (
            value > 0 and math.isfinite(low[i])
        ):
            found[k] = False
    return found


def _dropped(
    problem: Problem,
    columns: Ints,
    a: Floats,
    b: Floats,
    side: float,
    droppable: list[bool],
) -> tuple[int, float] | None:
    """Return the column that the row ``a x + b y <= side`` switches off, and its rest.

    The sharper coefficient rests on this: once the binary column holds the lower column
    to its rest, y* with that column lowered is still a point of the follower.
    """
    places = np.flatnonzero(b)
    if len(columns) != 1 or len(places) != 1:
        return None
    j, place = int(columns[0]), int(places[0])
    low, high = problem.column_lower[j], problem.column_upper[j]
    if not (problem.integer[j] and high - low == 1.0 and droppable[place]):
        return None
    most = float(a[0] * (high if a[0] > 0 else low))
    held = (side - most) / float(b[place])
    k = problem.lower[place]
    if problem.integer[k]:
        held = math.floor(held + ON_THE_GRID)
    if b[place] < 0 or held < problem.column_lower[k]:
        return None
    return place, held
