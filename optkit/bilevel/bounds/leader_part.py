"""The range of the leader's part of the follower's rows."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.backends.rebuilt import ChangingModel
from optkit.bilevel.bounds.bound_tightening import StoppedError
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

_ROUNDING = 1e-9
"""Share of the terms' magnitudes that is added for the tolerances of a linear program."""


def largest_value(
    model: ChangingModel, cost: Floats, deadline: Deadline | None
) -> float | None:
    """Return the largest ``cost z`` of a linear program; None if it is unbounded."""
    model.set_cost(-cost)
    result = model.solve(deadline)
    if result.status is SolveStatus.STOPPED:
        raise StoppedError
    if result.status is SolveStatus.INFEASIBLE:
        return -math.inf
    if result.status is SolveStatus.UNBOUNDED or result.bound is None:
        return None
    size = 0.0
    if result.values is not None:
        size = float(np.abs(cost) @ np.abs(result.values))
    return -result.bound + _ROUNDING * size


def leader_part(
    problem: ProblemData, model: ChangingModel, deadline: Deadline | None
) -> tuple[Floats, Floats]:
    """Return the range of ``a x`` in each lower row, over the linear relaxation."""
    count = len(problem.lower_rows)
    ranges = (np.zeros(count), np.zeros(count))
    linking = problem.linking_matrix
    for i in np.flatnonzero(np.diff(linking.indptr)).tolist():
        cost = np.zeros(problem.columns)
        cost[problem.upper] = linking[[i]].toarray()[0]
        for sign, ends in zip((-1.0, 1.0), ranges, strict=True):
            largest = largest_value(model, sign * cost, deadline)
            ends[i] = sign * (math.inf if largest is None else largest)
    return ranges
