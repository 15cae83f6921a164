"""Value-function cuts on the high-point relaxation."""

from __future__ import annotations

from typing import ClassVar

from optkit.bilevel.exact.cutting_planes import cutting_plane_loop
from optkit.bilevel.exact.high_point import high_point_relaxation
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome


@register
class ValueFunction(BilevelSolver):
    """Solve the high-point relaxation, solve the follower, cut off what is not optimal."""

    name: ClassVar[str] = "value-function"
    reference: ClassVar[str] = (
        "Mitsos, J. Global Optim. 47 (2010); Lozano and Smith, Oper. Res. 65 (2017)"
    )

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Cut until the relaxation's optimum is bilevel feasible."""
        relaxation = high_point_relaxation(problem, evaluator)
        run.model_built()
        return cutting_plane_loop(
            evaluator,
            relaxation,
            "high-point relaxation with cuts",
            IncumbentSearch(evaluator).improve,
        )
