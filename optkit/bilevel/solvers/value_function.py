"""Value-function cuts on the high-point relaxation."""

from __future__ import annotations

from typing import ClassVar

from optkit.backends.incremental import State
from optkit.bilevel.exact.high_point import Relaxation
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.problem_data import Problem
from optkit.bilevel.solvers.base import BilevelSolver, rounds
from optkit.core.arrays import Floats
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
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Cut until the relaxation's optimum is one of the bilevel program."""
        relaxation = Relaxation(problem, run.should_stop)
        run.model_built()

        def cut(decision: Floats, response: Response) -> None:
            if response.state is State.OPTIMAL and response.values is not None:
                relaxation.cut(response.values, response.value)
            else:
                relaxation.exclude(decision)

        return rounds(evaluator, relaxation, cut, "high-point relaxation with cuts")
