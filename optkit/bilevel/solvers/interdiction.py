"""Interdiction: a master problem over the leader's columns alone."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.exact.cutting_planes import cutting_plane_loop
from optkit.bilevel.exact.interdiction_master import InterdictionMaster
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.problem.structure.interdiction import interdiction
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.arrays import Floats
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome


@register
class Interdiction(BilevelSolver):
    """Cut the leader's own problem by the worth that the follower's plans keep."""

    name: ClassVar[str] = "interdiction"
    reference: ClassVar[str] = (
        "Israeli and Wood, Networks 40 (2002); Fischetti, Ljubić, Monaci and Sinnl,"
        " INFORMS J. Comput. 31 (2019)"
    )

    def supports_problem(self, problem: ProblemData) -> Availability:
        """Support opposite goals, ``y <= u (1 - x)``, and rows that survive dropping y."""
        structure = interdiction(problem)
        if isinstance(structure, str):
            return Availability(False, structure)
        return Availability()

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Cut until the master problem's value is the follower's."""
        structure = interdiction(problem)
        assert not isinstance(structure, str), "the harness asks supports() first"
        forbid_nothing = evaluator.decision(np.zeros(problem.columns))
        if _satisfies_leader_rows(problem, forbid_nothing):
            evaluator.evaluate(forbid_nothing)
        # Forbidding everything, within the budget or not, leaves the follower least.
        forbid_all = np.zeros(problem.columns)
        forbid_all[structure.leader] = 1.0
        least = evaluator.follower.respond(forbid_all[problem.upper], run.deadline())
        if least.status is SolveStatus.STOPPED:
            return Outcome(evaluator.stop_reason())
        if least.status is SolveStatus.INFEASIBLE:
            # The follower's own rows leave no point, whatever is forbidden.
            return Outcome(Reason.PROVED, "the follower has no point", infeasible=True)
        master = InterdictionMaster(
            problem, structure, -least.value, self.options.backend
        )
        run.model_built()
        return cutting_plane_loop(evaluator, master, "master problem with cuts")


def _satisfies_leader_rows(problem: ProblemData, decision: Floats) -> bool:
    """Say whether a decision satisfies the leader's rows if the follower does nothing."""
    point = np.zeros(problem.columns)
    point[problem.upper] = decision
    rows = problem.upper_rows
    activity = problem.matrix @ point
    return bool(
        (activity[rows] >= problem.row_lower[rows] - 1e-9).all()
        and (activity[rows] <= problem.row_upper[rows] + 1e-9).all()
    )
