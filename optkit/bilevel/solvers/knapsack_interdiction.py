"""Knapsack interdiction by branch and bound with the bound of a sequential game."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.bounds.knapsack_table import game_table
from optkit.bilevel.exact.knapsack_search import KnapsackSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.problem.structure.knapsack import Knapsack, knapsack
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.arrays import Bools, Floats
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome

SOURCE = "the game in which the follower commits early, item by item"

_SLICE_SECONDS = 0.02
"""Time between two looks at the limits."""


@register
class KnapsackInterdiction(BilevelSolver):
    """Decide item by item, bounded by the game in which the follower packs too early."""

    name: ClassVar[str] = "knapsack-interdiction"
    reference: ClassVar[str] = (
        "Weninger and Fukasawa, A fast combinatorial algorithm for the bilevel knapsack"
        " problem with interdiction constraints, IPCO 2023 (bound); own search"
    )

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Support one budget, one capacity, opposite goals and whole numbers."""
        structure = knapsack(problem)
        return (
            Availability()
            if isinstance(structure, Knapsack)
            else Availability(False, structure)
        )

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Search to the end, or to the limit."""
        structure = knapsack(problem)
        assert isinstance(structure, Knapsack), "the harness asks supports() first"
        forbid_nothing = np.zeros(len(problem.upper))
        if evaluator.evaluate(forbid_nothing).status is SolveStatus.STOPPED:
            return Outcome(evaluator.stop_reason())
        table = game_table(structure, run.should_stop)
        if table is None:
            return Outcome(evaluator.stop_reason(), "the tables were not finished")
        run.model_built()
        search = KnapsackSearch(structure, table, int(structure.profit.sum() + 1))
        slice_nodes, began = 50, time.perf_counter()

        def prove_bound() -> None:
            run.prove(structure.scale * search.bound + problem.offset, SOURCE)

        prove_bound()
        while not search.complete and not run.should_stop():
            before = search.best
            search.advance(slice_nodes)
            now = time.perf_counter()
            if now - began < _SLICE_SECONDS:
                slice_nodes = min(2 * slice_nodes, 1_000_000)
            elif now - began > 2 * _SLICE_SECONDS:
                slice_nodes = max(1, slice_nodes // 2)
            began = now
            if search.best < before:
                decision = _decision(problem, structure, search.forbidden)
                if evaluator.evaluate(decision).status is SolveStatus.STOPPED:
                    break
            prove_bound()
            run.progress(f"{search.nodes} nodes")
        detail = f"{search.nodes} nodes"
        if not search.complete:
            return Outcome(evaluator.stop_reason(), detail)
        return Outcome(Reason.PROVED, detail)


def _decision(problem: ProblemData, structure: Knapsack, forbidden: Bools) -> Floats:
    """Return the values of the leader's columns that forbid these items."""
    point = np.zeros(problem.columns)
    columns = structure.columns[forbidden]
    point[columns[columns >= 0]] = 1.0
    return point[problem.upper]
