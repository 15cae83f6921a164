"""Pessimistic programs: the follower takes the optimum that is worst for the leader."""

from __future__ import annotations

from typing import ClassVar

from optkit.bilevel.exact.cutting_planes import cutting_plane_loop
from optkit.bilevel.exact.high_point import high_point_relaxation
from optkit.bilevel.exact.pessimistic_relaxation import PessimisticRelaxation
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.pessimistic_evaluation import PessimisticEvaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver, require_integer_linking
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class Pessimistic(BilevelSolver):
    """Bound by the optimistic program, evaluate the worst responses, exclude, repeat."""

    name: ClassVar[str] = "pessimistic"
    reference: ClassVar[str] = (
        "Loridan and Morgan, J. Global Optim. 8 (1996) (definition); own method"
    )
    pessimistic: ClassVar[bool] = True

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Support pessimistic programs whose linking columns are integer."""
        if not problem.is_pessimistic:
            return Availability(
                False, "the instance is optimistic; its key ties would say otherwise"
            )
        return require_integer_linking(problem)

    def evaluator(self, problem: ProblemData, run: Run) -> Evaluator:
        """Return what evaluates decisions by the worst optimal response."""
        return PessimisticEvaluator(problem, run, self.options.backend)

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Exclude decisions until the relaxation has none that could be better."""
        relaxation = PessimisticRelaxation(high_point_relaxation(problem, evaluator))
        run.model_built()
        return cutting_plane_loop(
            evaluator, relaxation, "optimistic relaxation without evaluated decisions"
        )
