"""The bound that holds for every answer to a bilevel program, for the harness.

Every bilevel feasible point satisfies all rows of both levels. So the leader's best value
over these rows, whatever the follower wants and with integrality dropped, is a bound.
"""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import problem_data
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family_bounds import FamilyBound

SOURCE = "continuous high-point relaxation"

ROUNDING = 1e-7
"""Share of the terms' magnitudes that is given up for the tolerances of the solver."""


def _high_point(instance: BilevelInstance, deadline: Deadline) -> float | None:
    problem = problem_data(instance)
    if np.any(problem.column_lower > problem.column_upper):
        return None
    result = high_point_model(problem, relaxed=True).solve(deadline)
    if result.status is not SolveStatus.OPTIMAL or result.values is None:
        return None
    size = abs(problem.offset) + float(np.abs(problem.cost) @ np.abs(result.values))
    value = float(problem.cost @ result.values) + problem.offset
    return value - ROUNDING * max(size, abs(value))


BOUNDS = (FamilyBound(SOURCE, _high_point),)
