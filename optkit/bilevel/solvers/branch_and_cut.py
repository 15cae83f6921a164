"""Branch-and-cut in one tree of SCIP."""

from __future__ import annotations

import importlib.util
from typing import ClassVar

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.bounds.bound_tightening import BoundTightener
from optkit.bilevel.bounds.follower_value import with_follower_bound
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome

SOURCE = "branch-and-cut on the high-point relaxation"

NO_POINT = "no point satisfies all rows"


@register
class BranchAndCut(BilevelSolver):
    """Search one tree over the high-point relaxation, cut by the follower's responses."""

    name: ClassVar[str] = "branch-and-cut"
    reference: ClassVar[str] = (
        "Fischetti, Ljubić, Monaci and Sinnl, Oper. Res. 65 (2017), Math. Program. 172"
        " (2018)"
    )

    @classmethod
    def available(cls) -> Availability:
        """Say whether SCIP is installed: it is not made for every platform."""
        if importlib.util.find_spec("pyscipopt") is None:
            return Availability(
                False, "PySCIPOpt is not installed: pip install pyscipopt"
            )
        return Availability()

    def solve_problem(
        self, problem: ProblemData, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Search to the end, or to the limit."""
        problem = with_follower_bound(problem, evaluator.deadline())
        relaxed = high_point_model(problem, relaxed=True).solve(run.deadline())
        if relaxed.status is SolveStatus.STOPPED:
            return Outcome(evaluator.stop_reason())
        if relaxed.status is SolveStatus.INFEASIBLE:
            return Outcome(Reason.PROVED, NO_POINT, infeasible=True)
        if relaxed.status is SolveStatus.UNBOUNDED:
            return Outcome(
                Reason.CONVERGED,
                "the leader's objective is unbounded on the high-point relaxation, which"
                " proves nothing about the bilevel program; bound the columns",
            )
        if not problem.columns:
            evaluator.evaluate(np.zeros(0))
            return _proved(run, "there is nothing to decide")
        tightener = BoundTightener(problem, [], run.deadline())
        low, high = tightener.linking_bounds()
        if tightener.infeasible:
            return Outcome(Reason.PROVED, NO_POINT, infeasible=True)
        # It takes an eighth of a second to import SCIP.
        from optkit.bilevel.exact.branch_and_cut.search import TreeSearch

        improve = IncumbentSearch(evaluator).improve
        search = TreeSearch(problem, evaluator, low, high, SOURCE, improve)
        run.model_built()
        if search.run():
            return _proved(run, search.detail())
        search.report()
        return Outcome(evaluator.stop_reason(), search.detail())


def _proved(run: Run, detail: str) -> Outcome:
    if run.objective is None:
        return Outcome(Reason.PROVED, detail, infeasible=True)
    run.prove(run.objective, SOURCE)
    return Outcome(Reason.PROVED, detail)
