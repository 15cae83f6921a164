"""What the follower's optimality means where it solves a linear program.

Every lower row and bound is written ``a x + b y <= r``, with a multiplier ``m >= 0``
(free for an equation). The follower's point is optimal exactly if some multipliers satisfy

    d + sum m b = 0,   and   m (r - a x - b y) = 0 for every side,

d being its objective; equivalently, by strong duality, ``d y <= sum m (a x - r)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a lower row or of a lower column's bounds, as ``a x + b y <= r``.

    Parameters
    ----------
    row, column
        Index of the row, or of the column whose bound it is; the other is -1.
    sign
        1 for an upper side, -1 for a lower one, 0 for an equation.
    upper, a
        The leader's columns in it and their coefficients.
    lower, b
        Places among the lower columns, and their coefficients.
    right
        The side r.
    """

    row: int
    column: int
    sign: int
    upper: Ints
    a: Floats
    lower: Ints
    b: Floats
    right: float

    def slack(self, problem: Problem, values: Floats) -> float:
        """Return ``r - a x - b y`` at a point, shape (columns,)."""
        used = float(self.a @ values[self.upper])
        return self.right - used - float(self.b @ values[problem.lower[self.lower]])


def sides(problem: Problem) -> list[Side]:
    """Return every finite side of the follower's rows and bounds."""
    found = []
    links, own = problem.linking_matrix, problem.follower_matrix
    nothing_i, nothing_f = np.zeros(0, dtype=np.int64), np.zeros(0)
    for i, row in enumerate(problem.lower_rows.tolist()):
        at = slice(links.indptr[i], links.indptr[i + 1])
        upper, a = problem.upper[links.indices[at]], links.data[at]
        at = slice(own.indptr[i], own.indptr[i + 1])
        lower, b = own.indices[at].astype(np.int64), own.data[at]
        low, high = problem.row_lower[row], problem.row_upper[row]
        if low == high:
            found.append(Side(row, -1, 0, upper, a, lower, b, float(high)))
            continue
        if math.isfinite(high):
            found.append(Side(row, -1, 1, upper, a, lower, b, float(high)))
        if math.isfinite(low):
            found.append(Side(row, -1, -1, upper, -a, lower, -b, float(-low)))
    for place, j in enumerate(problem.lower.tolist()):
        one = np.array([place])
        low, high = problem.column_lower[j], problem.column_upper[j]
        if math.isfinite(high):
            found.append(
                Side(-1, j, 1, nothing_i, nothing_f, one, np.ones(1), float(high))
            )
        if math.isfinite(low):
            found.append(
                Side(-1, j, -1, nothing_i, nothing_f, one, -np.ones(1), float(-low))
            )
    return found
