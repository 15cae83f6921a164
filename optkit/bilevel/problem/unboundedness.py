"""Detect an unbounded follower before a method loops on it."""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import IncrementalModel, SolveStatus
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.solving.deadline import Deadline


def follower_is_unbounded(
    problem: ProblemData, deadline: Deadline | None = None
) -> bool:
    """Say whether the follower's program is unbounded wherever it has a point.

    The directions in which a rational mixed-integer program is unbounded do not depend on
    its right-hand side. So one linear program settles it for every decision of the leader:
    is there a ray of the lower rows and bounds with negative cost?
    """
    lower, rows = problem.lower, problem.lower_rows
    has_lower = np.isfinite(problem.column_lower[lower])
    has_upper = np.isfinite(problem.column_upper[lower])
    if has_lower.all() and has_upper.all():
        return False
    rays = IncrementalModel(
        problem.follower_matrix,
        np.where(np.isfinite(problem.row_lower[rows]), 0.0, -np.inf),
        np.where(np.isfinite(problem.row_upper[rows]), 0.0, np.inf),
        np.where(has_lower, 0.0, -1.0),
        np.where(has_upper, 0.0, 1.0),
        np.zeros(len(lower), dtype=np.bool_),
        problem.follower_cost[lower],
    )
    result = rays.solve(deadline)
    if result.status is not SolveStatus.OPTIMAL or result.bound is None:
        return False
    return result.bound < -1e-7
