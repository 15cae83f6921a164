"""Tests of the high-point relaxation and its value-function cuts."""

from __future__ import annotations

import numpy as np

import optkit
from optkit.bilevel.exact.high_point import HighPointRelaxation
from optkit.bilevel.problem.follower import Follower
from optkit.bilevel.problem.problem_data import ProblemData, problem_data
from optkit.bilevel.solution import BilevelSolution
from optkit.bilevel.testing import random_cases
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


def test_cuts_keep_every_bilevel_feasible_point() -> None:
    """Cuts made at arbitrary decisions never cut off the optimum."""
    for case in random_cases(9, 16):
        problem = problem_data(case.instance)
        if case.optimum is None or problem.continuous_linking():
            continue
        solution = optkit.solve(case.instance, "value-function").solution
        assert isinstance(solution, BilevelSolution)
        point = problem.point(solution)
        relaxation = HighPointRelaxation(problem)
        follower = Follower(problem)
        for decision in _decisions(problem):
            response = follower.respond(decision)
            if response.values is not None:
                relaxation.add_value_function_cut(response.values, response.value)
        # Fixed at the optimum, the relaxation must remain feasible.
        slack = np.where(problem.integer, 0.0, 1e-7)[problem.upper]
        fixed = point[problem.upper]
        relaxation.model.set_column_bounds(problem.upper, fixed - slack, fixed + slack)
        result = relaxation.solve(Deadline(60.0))
        assert result.bound is not None, case.label
        assert result.bound <= case.optimum + 1e-6, case.label


def _decisions(problem: ProblemData) -> list[Floats]:
    """Return random decisions of the leader within its bounds."""
    rng = np.random.default_rng(0)
    upper = problem.upper
    low, high = problem.column_lower[upper], problem.column_upper[upper]
    return [np.rint(low + rng.random(len(upper)) * (high - low)) for _ in range(6)]
