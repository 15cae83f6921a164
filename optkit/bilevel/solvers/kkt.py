"""Branching on complementarity: the follower's optimality conditions, without big-M."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from optkit.bilevel.bounds.bound_tightening import BoundTightener, UnboundedError
from optkit.bilevel.bounds.follower_value import with_follower_bound
from optkit.bilevel.exact.complementarity import branch_on_complementarity
from optkit.bilevel.heuristics.incumbent_search import IncumbentSearch
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.solvers.base import BilevelSolver
from optkit.bilevel.solvers.branch_and_cut import SOURCE, BranchAndCut
from optkit.core.solving.registry import register
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Outcome

if TYPE_CHECKING:
    from optkit.bilevel.exact.branch_and_cut.search import TreeSearch


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
        """Branch and bound, best bound first, in turns with branch-and-cut."""
        improve = IncumbentSearch(evaluator).improve
        bounded = with_follower_bound(problem, evaluator.deadline())
        tree = _Tree(bounded, evaluator, improve)
        return branch_on_complementarity(bounded, evaluator, improve, tree.search)


class _Tree:
    """A search by branch-and-cut that goes on whenever it is called.

    Of two programs alike, cuts by the follower's responses prove one at once, and branching
    on multipliers the other.

    Parameters
    ----------
    problem, evaluator, improve
        As `TreeSearch` takes them.
    """

    def __init__(
        self, problem: ProblemData, evaluator: Evaluator, improve: Callable[[], None]
    ) -> None:
        self._problem, self._evaluator, self._improve = problem, evaluator, improve
        available = BranchAndCut.available().available
        self._is_possible = available and not problem.continuous_linking()
        self._search: TreeSearch | None = None

    def search(self, seconds: float) -> bool:
        """Search for so long; return whether the incumbent is proven optimal."""
        if not self._is_possible:
            return False
        if self._search is None:
            tightener = BoundTightener(self._problem, [], self._evaluator.deadline())
            try:
                low, high = tightener.linking_bounds()
            except UnboundedError:
                self._is_possible = False
                return False
            if tightener.infeasible:
                return True
            # It takes an eighth of a second to import SCIP.
            from optkit.bilevel.exact.branch_and_cut.search import TreeSearch

            self._search = TreeSearch(
                self._problem, self._evaluator, low, high, SOURCE, self._improve
            )
        ended = self._search.run(seconds)
        if not ended:
            self._search.report()
        return ended
