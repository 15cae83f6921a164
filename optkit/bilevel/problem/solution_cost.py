"""The cost of any solution, for solvers that do not compute it themselves."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.problem_data import problem_data
from optkit.bilevel.solution import BilevelSolution


def solution_cost(instance: BilevelInstance, solution: BilevelSolution) -> float:
    """Return the leader's objective at a solution, negated where the leader maximises.

    Whether the follower would answer so is for the check to say.
    """
    problem = problem_data(instance)
    values = {**solution.upper, **solution.lower}
    point = np.array([values[name] for name in problem.names])
    return float(problem.cost @ point) + problem.offset
