"""Detecting what is unbounded, before anything loops on it."""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import Program, State, Stop
from optkit.bilevel.problem.problem_data import Problem


def follower_is_unbounded(problem: Problem, stop: Stop | None = None) -> bool:
    """Say whether the follower improves without end wherever it has a point at all.

    The directions in which a rational mixed-integer program is unbounded do not depend on
    its right-hand side, so one linear program settles it for every decision of the
    leader: some ray of the lower rows and bounds has negative cost.
    """
    lower = problem.lower
    low, high = problem.column_lower[lower], problem.column_upper[lower]
    if np.isfinite(low).all() and np.isfinite(high).all():
        return False
    rows = problem.lower_rows
    program = Program(
        problem.follower_matrix,
        np.where(np.isfinite(problem.row_lower[rows]), 0.0, -np.inf),
        np.where(np.isfinite(problem.row_upper[rows]), 0.0, np.inf),
        np.where(np.isfinite(low), 0.0, -1.0),
        np.where(np.isfinite(high), 0.0, 1.0),
        np.zeros(len(lower), dtype=np.bool_),
        problem.follower_cost[lower],
    )
    answer = program.solve(stop)
    if answer.state is not State.OPTIMAL or answer.bound is None:
        return False
    return answer.bound < -1e-7
