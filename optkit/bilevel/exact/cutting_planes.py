"""The loop of relaxing, evaluating and cutting that several solvers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.result import Reason
from optkit.core.solving.solver import Outcome

FIRST_LOOK_SECONDS = 1.0
"""Time for the first solve, before heuristics look for an incumbent."""

FIRST_SLICE_SECONDS = 20.0
"""Time for one solve of the relaxation before the points on its way are evaluated."""


class CuttableRelaxation(Protocol):
    """A relaxation of the bilevel program to which cuts can be added."""

    def solve(self, deadline: Deadline, start: Floats | None = None) -> SolveResult:
        """Solve it; its points have the shape (columns of the problem,)."""

    def cut(self, decision: Floats, response: Response) -> None:
        """Add the cut that follows from a response to a decision."""

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the linking columns."""


def cutting_plane_loop(
    evaluator: Evaluator,
    relaxation: CuttableRelaxation,
    source: str,
    improve: Callable[[], None] | None = None,
) -> Outcome:
    """Solve a relaxation, evaluate the decisions it proposes, cut, and repeat.

    Each round either ends the run or cuts at an assignment of the linking columns for the
    first time, so there are finitely many.

    Parameters
    ----------
    evaluator
        Evaluates decisions, and reports.
    relaxation
        Solved anew each round, starting from the incumbent.
    source
        What proves the bound, for the reader.
    improve
        Called in each round that does not end the run; looks for better incumbents.
    """
    run = evaluator.run
    rounds, slice_seconds = 0, FIRST_SLICE_SECONDS
    cut_keys: set[bytes] = set()
    while not evaluator.should_stop():
        first_look = improve is not None and rounds == 0
        seconds = FIRST_LOOK_SECONDS if first_look else slice_seconds
        result = relaxation.solve(evaluator.deadline(seconds), evaluator.best)
        rounds += 1
        detail = _detail(rounds, evaluator)
        if result.status is SolveStatus.INFEASIBLE:
            if run.objective is None:
                return Outcome(Reason.PROVED, detail, infeasible=True)
            run.prove(run.objective, source)
            return Outcome(Reason.PROVED, detail)
        if result.status is SolveStatus.UNBOUNDED:
            return Outcome(
                Reason.CONVERGED,
                "the leader's objective is unbounded on the high-point relaxation, which"
                " proves nothing about the bilevel program; bound the columns",
            )
        if result.bound is not None and evaluator.prove(result.bound, source):
            return Outcome(Reason.PROVED, detail)
        if evaluator.should_stop():
            break
        proposals = [evaluator.decision(point) for point in reversed(result.points)]
        # Heuristics may have evaluated a decision that no cut is known for.
        fresh = [d for d in proposals if evaluator.key(d) not in cut_keys]
        for decision in fresh:
            cut_keys.add(evaluator.key(decision))
            response = evaluator.evaluate(decision)
            if response.status is SolveStatus.STOPPED:
                return Outcome(evaluator.stop_reason(), detail)
            relaxation.cut(decision, response)
        if improve is not None and not evaluator.should_stop():
            improve()
        if result.bound is not None and evaluator.prove(result.bound, source):
            return Outcome(Reason.PROVED, detail)
        if result.status is SolveStatus.STOPPED:
            # Cuts at the points on the way may help more than solving to the end. The
            # slices grow so that the bound moves eventually.
            if not first_look:
                slice_seconds *= 2.0
        elif not fresh or fresh[0] is not proposals[0]:
            # There is a cut at this decision. The relaxation returns to it because of
            # rounding, or because a condition is too fine to be told from its opposite.
            relaxation.exclude(proposals[0])
        run.progress(detail)
    return Outcome(evaluator.stop_reason(), _detail(rounds, evaluator))


def _detail(rounds: int, evaluator: Evaluator) -> str:
    return f"{rounds} rounds, {evaluator.follower.solve_count} follower problems"
