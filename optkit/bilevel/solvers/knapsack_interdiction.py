"""Knapsack interdiction by branch and bound with the bound of a sequential game."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np

from optkit.backends.incremental import State
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import Problem
from optkit.bilevel.problem.structure.knapsack import Knapsack, knapsack
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.arrays import Floats
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Outcome

SOURCE = "the game in which the follower commits early, item by item"

_SLICE_SECONDS = 0.02


def _warm() -> None:
    """Compile the loops on two items."""
    from optkit.bilevel.bounds.knapsack_table import table
    from optkit.bilevel.exact.knapsack_search import Search

    two = np.array([1, 1])
    small = Knapsack(np.arange(2), two, two, two, budget=1, capacity=2, scale=1.0)
    tables = table(small, lambda: False)
    assert tables is not None, "nobody told it to stop"
    Search(small, tables, 3).advance(10)


@register
class KnapsackInterdiction(BilevelSolver):
    """Decide item by item, bounded by the game in which the follower packs too early."""

    name: ClassVar[str] = "knapsack-interdiction"
    reference: ClassVar[str] = (
        "Weninger and Fukasawa, A fast combinatorial algorithm for the bilevel knapsack"
        " problem with interdiction constraints, IPCO 2023 (bound); own search"
    )
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, warm_start=True)

    def takes(self, problem: Problem) -> Availability:
        """Take one budget, one capacity, opposite goals and whole numbers."""
        found = knapsack(problem)
        return (
            Availability()
            if isinstance(found, Knapsack)
            else Availability(False, found)
        )

    def solve_problem(
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Search to the end, or to the limit."""
        from optkit.bilevel.bounds.knapsack_table import table
        from optkit.bilevel.exact.knapsack_search import Search

        found = knapsack(problem)
        assert isinstance(found, Knapsack), "the harness asks takes() first"
        nothing = np.zeros(len(problem.upper))
        if evaluator.evaluate(nothing).state is State.STOPPED:
            return Outcome(evaluator.stopped())
        if not wait_until_warm(_warm, run.should_stop):
            return Outcome(evaluator.stopped(), "the loops were still being compiled")
        tables = table(found, run.should_stop)
        if tables is None:
            return Outcome(evaluator.stopped(), "the tables were not finished")
        run.model_built()
        start = found.profit.sum() + 1
        search = Search(found, tables, int(start))
        length, began = 50, time.perf_counter()

        def bound() -> None:
            run.prove(found.scale * search.bound + problem.offset, SOURCE)

        bound()
        while not search.complete and not run.should_stop():
            before = search.best
            search.advance(length)
            now = time.perf_counter()
            if now - began < _SLICE_SECONDS:
                length = min(2 * length, 1_000_000)
            elif now - began > 2 * _SLICE_SECONDS:
                length = max(1, length // 2)
            began = now
            if search.best < before:
                decision = _decision(problem, found, search.forbidden)
                if evaluator.evaluate(decision).state is State.STOPPED:
                    break
            bound()
            run.progress(f"{search.nodes} nodes")
        detail = f"{search.nodes} nodes"
        if not search.complete:
            return Outcome(evaluator.stopped(), detail)
        return Outcome(Reason.PROVED, detail)


def _decision(
    problem: Problem,
    found: Knapsack,
    forbidden: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> Floats:
    """Return the leader's columns that forbid the items."""
    chosen = np.zeros(problem.columns)
    columns = found.columns[forbidden]
    chosen[columns[columns >= 0]] = 1.0
    return chosen[problem.upper]
