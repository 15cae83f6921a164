"""Bounds of the follower's columns that follow from its optimality.

Let the follower pay for y_k, and let y be one of its optima. If y_k is above its lower
bound, then some row forbids to lower it further; otherwise the follower would do so. Where
this row is tight, its other columns bound y_k.
"""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.rebuilt import ChangingModel
from optkit.bilevel.bounds.linear_optimum import largest_value
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats, Ints
from optkit.core.solving.deadline import Deadline

_ROUNDS = 3
"""Passes over the columns: a bound that is found may lead to another."""


def optimality_bounds(
    problem: ProblemData, deadline: Deadline | None = None
) -> tuple[Floats, Floats]:
    """Return bounds that all columns satisfy at every bilevel feasible point.

    Only missing bounds are looked for: upper ones of columns that the follower pays for,
    and lower ones of those that it gains by.

    Parameters
    ----------
    problem
        The bilevel program.
    deadline
        Ends the solves.

    Returns
    -------
    tuple of numpy.ndarray
        Lower and upper bounds, shape (columns,); infinite where none was found.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    model = high_point_model(problem, relaxed=True)
    low, high = problem.column_lower.copy(), problem.column_upper.copy()
    columns = problem.matrix.tocsc()
    for _ in range(_ROUNDS):
        found = False
        for k in problem.lower.tolist():
            sign = float(np.sign(problem.follower_cost[k]))
            if not sign or math.isfinite(high[k] if sign > 0 else low[k]):
                continue
            part = slice(columns.indptr[k], columns.indptr[k + 1])
            entries = (columns.indices[part], columns.data[part])
            bound = _bound(problem, model, k, sign, entries, deadline)
            if bound is None:
                continue
            found = True
            (high if sign > 0 else low)[k] = bound
            model.set_column_bounds(np.array([k]), low[[k]], high[[k]])
        if not found:
            break
    return low, high


def _bound(
    problem: ProblemData,
    model: ChangingModel,
    k: int,
    sign: float,
    entries: tuple[Ints, Floats],
    deadline: Deadline | None,
) -> float | None:
    """Bound the k-th column on its costly side; None if there is no bound.

    Parameters
    ----------
    problem
        The bilevel program.
    model
        The linear relaxation of the high-point relaxation, with the bounds known so far.
    k
        Index of the column.
    sign
        1 if the follower wants it small, -1 if large.
    entries
        Rows that contain it, and its coefficients in them.
    deadline
        Ends the solves.

    Raises
    ------
    StoppedError
        If the deadline was reached.
    """
    cost = np.zeros(model.columns)
    cost[k] = sign
    largest = largest_value(model, cost, deadline)
    if largest is not None:
        return sign * largest if math.isfinite(largest) else None
    # The follower moves an integer column by at least one.
    step = 1.0 if problem.integer[k] else 0.0
    start = float(problem.column_lower[k] if sign > 0 else -problem.column_upper[k])
    most = start  # nothing but its own bound forbids to move it
    for i, coefficient in zip(*entries, strict=True):
        if not problem.row_is_lower[i]:
            continue  # the follower ignores the leader's rows
        low, high = float(problem.row_lower[i]), float(problem.row_upper[i])
        change = -sign * coefficient
        room = abs(coefficient) * step
        if change < 0 and math.isfinite(low):
            sides = (low, min(high, low + room))
        elif change > 0 and math.isfinite(high):
            sides = (max(low, high - room), high)
        else:
            continue
        if sides == (low, high):
            return None  # the row is always tight, as equations are
        row = np.array([i])
        model.set_row_sides(row, np.array([sides[0]]), np.array([sides[1]]))
        try:
            largest = largest_value(model, cost, deadline)
        finally:
            model.set_row_sides(row, np.array([low]), np.array([high]))
        if largest is None:
            return None
        most = max(most, largest)
    if not math.isfinite(most):
        return None
    return sign * most
