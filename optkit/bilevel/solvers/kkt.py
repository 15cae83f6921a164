"""Branching on complementarity: the follower's optimality conditions, without big-M."""

from __future__ import annotations

from typing import ClassVar

from optkit.bilevel.bounds.follower_value import with_follower_bound
from optkit.bilevel.exact.complementarity import branch_on_complementarity
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class Kkt(BilevelSolver):
    """Replace the follower's linear program by its optimality conditions, and branch."""

    name: ClassVar[str] = "kkt"
    reference: ClassVar[str] = (
        "Bard and Moore, SIAM J. Sci. Stat. Comput. 11 (1990): branching on complementarity"
    )

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Support linear followers; linking columns may be continuous."""
        if not problem.follower_is_linear:
            return Availability(
                False,
                "the follower has integer columns, so multipliers do not tell its optima",
            )
        return Availability()

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Branch and bound, best bound first."""
        search = IncumbentSearch(evaluator)
        bounded = with_follower_bound(problem, evaluator.deadline())
        return branch_on_complementarity(bounded, evaluator, search.improve)
