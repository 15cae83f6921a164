"""Optimality conditions of a follower that solves a linear program.

Every side of a lower row or bound is written ``a x + b y <= r``, with a multiplier
``m >= 0`` (free for an equation). The follower's point is optimal exactly if some
multipliers satisfy

    d + sum m b = 0,   and   m (r - a x - b y) = 0 for every side,

where d is its objective. By strong duality the second part is equivalent to
``d y <= sum m (a x - r)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.backends.rebuilt import ChangingModel
from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class FollowerConstraint:
    """One side of a lower row, or of a lower column's bounds, as ``a x + b y <= r``.

    Parameters
    ----------
    row, column
        Index of the row, or of the column that is bounded; the other is -1.
    sign
        1 for an upper side, -1 for a lower one, 0 for an equation.
    upper, a
        Indices of the leader's columns in it, and their coefficients.
    lower, b
        Positions among the lower columns, and their coefficients.
    right
        The right-hand side r.
    """

    row: int
    column: int
    sign: int
    upper: Ints
    a: Floats
    lower: Ints
    b: Floats
    right: float

    def slack(self, problem: ProblemData, values: Floats) -> float:
        """Return ``r - a x - b y`` at a point, shape (columns,)."""
        leader_part = float(self.a @ values[self.upper])
        return (
            self.right - leader_part - float(self.b @ values[problem.lower[self.lower]])
        )


def follower_constraints(problem: ProblemData) -> list[FollowerConstraint]:
    """Return every finite side of the follower's rows and bounds."""
    constraints = []
    no_columns, no_values = np.zeros(0, dtype=np.int64), np.zeros(0)
    for i, row in enumerate(problem.lower_rows.tolist()):
        positions, a = csr_row(problem.linking_matrix, i)
        upper = problem.upper[positions]
        lower, b = csr_row(problem.follower_matrix, i)
        lower = lower.astype(np.int64)
        low, high = problem.row_lower[row], problem.row_upper[row]
        if low == high:
            constraints.append(
                FollowerConstraint(row, -1, 0, upper, a, lower, b, float(high))
            )
            continue
        if math.isfinite(high):
            constraints.append(
                FollowerConstraint(row, -1, 1, upper, a, lower, b, float(high))
            )
        if math.isfinite(low):
            constraints.append(
                FollowerConstraint(row, -1, -1, upper, -a, lower, -b, float(-low))
            )
    for position, j in enumerate(problem.lower.tolist()):
        for sign, bound in (
            (1, problem.column_upper[j]),
            (-1, problem.column_lower[j]),
        ):
            if math.isfinite(bound):
                constraints.append(
                    FollowerConstraint(
                        -1,
                        j,
                        sign,
                        no_columns,
                        no_values,
                        np.array([position]),
                        np.array([float(sign)]),
                        float(sign * bound),
                    )
                )
    return constraints


class Stationarity:
    """The conditions ``d + sum m b = 0``, one per lower column, as they are collected.

    Parameters
    ----------
    problem
        The bilevel program.
    """

    def __init__(self, problem: ProblemData) -> None:
        self._cost = problem.follower_cost[problem.lower]
        self._terms: list[tuple[list[int], list[float]]] = [
            ([], []) for _ in problem.lower
        ]

    def add(self, multiplier: int, constraint: FollowerConstraint) -> None:
        """Add the terms of a constraint whose multiplier is this column of the model."""
        pairs = zip(constraint.lower.tolist(), constraint.b.tolist(), strict=True)
        for position, value in pairs:
            columns, values = self._terms[position]
            columns.append(multiplier)
            values.append(value)

    def add_rows(self, model: ChangingModel) -> None:
        """Add the conditions to a model, one row per lower column."""
        for cost, (columns, values) in zip(self._cost, self._terms, strict=True):
            right = -float(cost)
            model.add_row(
                right, right, np.array(columns, dtype=np.int64), np.array(values)
            )
