"""The sides of lower rows that contain linking columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.indicators import ON_THE_GRID, common_step
from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class LinkingRow:
    """One side of a lower row with linking columns, as ``a x + b y <= right``.

    Parameters
    ----------
    row
        Index of the row.
    indices, a
        Indices of the linking columns in it, and their coefficients.
    b
        Coefficients of all lower columns, shape (lower columns,).
    right
        The right-hand side.
    step
        The values of ``a x`` are multiples of it; None if it is too fine.
    lowered
        Set where one binary linking column bounds one lower column, and lowering that
        column keeps every other row: its position among the lower columns, and the bound
        that the binary column imposes on it.
    """

    row: int
    indices: Ints
    a: Floats
    b: Floats
    right: float
    step: float | None
    lowered: tuple[int, float] | None

    def threshold(self, response: Floats) -> float:
        """Return the least value of ``a x`` that rules out a response of the follower.

        Where the values of ``a x`` lie too close together, the room that the response
        leaves is returned. A cut is then still valid, but counts responses that just fit
        as ruled out.
        """
        room = self.right - float(self.b @ response)
        if self.step is None:
            return room
        return self.step * (math.floor(room / self.step + ON_THE_GRID) + 1.0)


def linking_rows(problem: ProblemData) -> list[LinkingRow]:
    """Return the finite sides of the lower rows that contain linking columns."""
    lowerable = _lowerable(problem)
    linking = []
    for i, row in enumerate(problem.lower_rows.tolist()):
        positions, values = csr_row(problem.linking_matrix, i)
        if not len(positions):
            continue
        columns = problem.upper[positions]
        follower_columns, follower_values = csr_row(problem.follower_matrix, i)
        dense = np.zeros(len(problem.lower))
        dense[follower_columns] = follower_values
        step = common_step(values) if problem.integer[columns].all() else None
        for sign, right in (
            (1.0, problem.row_upper[row]),
            (-1.0, -problem.row_lower[row]),
        ):
            if not math.isfinite(right):
                continue
            a, b = sign * values, sign * dense
            lowered = _lowered(problem, columns, a, b, right, lowerable)
            linking.append(LinkingRow(row, columns, a, b, float(right), step, lowered))
    return linking


def _lowerable(problem: ProblemData) -> list[bool]:
    """Return, per lower column, whether lowering it keeps every lower row."""
    follower = problem.follower_matrix.tocoo()
    rows = problem.lower_rows
    upper, lower = problem.row_upper[rows], problem.row_lower[rows]
    lowerable = [True] * len(problem.lower)
    row_of, column_of = follower.coords
    for i, k, value in zip(row_of, column_of, follower.data, strict=True):
        if (value < 0 and math.isfinite(upper[i])) or (
            value > 0 and math.isfinite(lower[i])
        ):
            lowerable[k] = False
    return lowerable


def _lowered(
    problem: ProblemData,
    columns: Ints,
    a: Floats,
    b: Floats,
    right: float,
    lowerable: list[bool],
) -> tuple[int, float] | None:
    """Return the lower column that ``a x + b y <= right`` restricts, and its new bound.

    The sharper coefficient of a cut rests on this: once the binary column restricts the
    lower column, y* with that column lowered to the bound is still a point of the follower.
    """
    positions = np.flatnonzero(b)
    if len(columns) != 1 or len(positions) != 1:
        return None
    j, position = int(columns[0]), int(positions[0])
    low, high = problem.column_lower[j], problem.column_upper[j]
    if not (problem.integer[j] and high - low == 1.0 and lowerable[position]):
        return None
    most = float(a[0] * (high if a[0] > 0 else low))
    bound = (right - most) / float(b[position])
    k = problem.lower[position]
    if problem.integer[k]:
        bound = math.floor(bound + ON_THE_GRID)
    if b[position] < 0 or bound < problem.column_lower[k]:
        return None
    return position, bound
