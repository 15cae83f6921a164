"""Strong duality of the follower's linear program, as one mixed-integer program."""

from __future__ import annotations

from typing import ClassVar

from optkit.bilevel.bounds.multiplier_bounds import multiplier_bounds
from optkit.bilevel.exact.cutting_planes import cutting_plane_loop
from optkit.bilevel.exact.high_point import high_point_relaxation
from optkit.bilevel.exact.strong_duality import add_dual, meet_in_one_equation
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver, require_integer_linking
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class StrongDuality(BilevelSolver):
    """Add the follower's dual and the equality of both objectives, as one program."""

    name: ClassVar[str] = "strong-duality"
    reference: ClassVar[str] = (
        "Kleinert, Labbé, Ljubić and Schmidt, EURO J. Comput. Optim. 9 (2021)"
    )

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Support linear followers whose multipliers have proven bounds."""
        linking = require_integer_linking(problem)
        if not linking.available:
            return linking
        if not problem.follower_is_linear:
            return Availability(
                False, "the follower has integer columns, so it has no strong dual"
            )
        if not meet_in_one_equation(problem):
            return Availability(
                False,
                "the follower's costs and sides are too far apart to be added up in one"
                " equation; -s kkt does not add them",
            )
        bounds = multiplier_bounds(problem)
        return (
            Availability(False, bounds) if isinstance(bounds, str) else Availability()
        )

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Solve the one program; cut off errors of rounding, and solve it again."""
        relaxation = high_point_relaxation(problem, evaluator)
        if not relaxation.infeasible:
            add_dual(relaxation)
        run.model_built()
        return cutting_plane_loop(
            evaluator,
            relaxation,
            "strong duality of the follower",
            IncumbentSearch(evaluator).improve,
        )
