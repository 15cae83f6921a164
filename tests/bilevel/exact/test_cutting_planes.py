"""Tests of the loop of relaxing, evaluating and cutting."""

from __future__ import annotations

import numpy as np

import optkit
from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.exact.cutting_planes import cutting_plane_loop
from optkit.bilevel.exact.high_point import HighPointRelaxation
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import problem_data
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run


def test_decisions_that_heuristics_evaluated_are_cut_all_the_same() -> None:
    """A heuristic may evaluate everything; the loop then ends by cuts, as without it."""
    instance = optkit.generate(
        "bilevel", seed=4, upper_columns=2, lower_columns=4, lower_rows=6, high=4
    )
    problem, run = problem_data(instance), Run(optkit.Limits())
    evaluator = Evaluator(problem, run)
    relaxation = HighPointRelaxation(problem)

    def refuse(_: object) -> None:
        raise AssertionError("a decision is excluded in the place of a cut")

    relaxation.exclude = refuse  # type: ignore[method-assign]

    def improve() -> None:
        upper = problem.column_upper[problem.upper]
        for index in np.ndindex(*(upper.astype(int) + 1)):
            evaluator.evaluate(np.array(index, dtype=np.float64))

    outcome = cutting_plane_loop(evaluator, relaxation, "test", improve)
    assert outcome.reason is Reason.PROVED
    assert run.objective == run.bound == brute_force(instance)
