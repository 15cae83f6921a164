"""What the bilevel solvers share: refusals, and the loop of relax, evaluate and cut."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import ClassVar, Protocol

import numpy as np

from optkit.backends.incremental import Answer, State
from optkit.bilevel.bounds.bound_tightening import StoppedError, UnboundedError
from optkit.bilevel.instance import BilevelInstance
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.problem_data import Problem, compile_instance
from optkit.bilevel.problem.unboundedness import follower_is_unbounded
from optkit.core.arrays import Floats
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver


def continuous_linking(problem: Problem) -> Availability:
    """Say no where a linking column is continuous, with its name."""
    names = problem.continuous_linking()
    if not names:
        return Availability()
    shown = ", ".join(repr(name) for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    hint = (
        "; as the follower solves a linear program, -s kkt takes it"
        if problem.follower_is_linear
        else ""
    )
    return Availability(
        False,
        f"linking columns must be integer, and {shown}{more} in the lower rows"
        f" {'is' if len(names) == 1 else 'are'} continuous (the best leader's decision"
        f" may then not even exist){hint}",
    )


_LAST: list[tuple[BilevelInstance, Problem]] = []


def _compiled(instance: BilevelInstance) -> Problem:
    """Return the arrays of an instance, kept for the question that comes next."""
    if not _LAST or _LAST[0][0] is not instance:
        _LAST[:] = [(instance, compile_instance(instance))]
    return _LAST[0][1]


class BilevelSolver(Solver[BilevelInstance]):
    """An exact solver of mixed-integer bilevel linear programs."""

    family: ClassVar[str] = "bilevel"
    kind: ClassVar[Kind] = Kind.EXACT
    capabilities: ClassVar[Capabilities] = Capabilities(bound=True, warm_start=True)

    def supports(self, instance: BilevelInstance) -> Availability:
        """Say whether it takes this instance."""
        return self.takes(_compiled(instance))

    def takes(self, problem: Problem) -> Availability:
        """Say whether it takes this problem; overridden where more is asked for."""
        return continuous_linking(problem)

    def run(self, instance: BilevelInstance, run: Run) -> Outcome:
        """Solve ``instance``, once what has no optimum is out of the way."""
        problem = _compiled(instance)
        if follower_is_unbounded(problem, run.should_stop):
            return Outcome(
                Reason.PROVED,
                "the follower's problem is unbounded wherever it has a point, so it has no"
                " optimal response to anything; bound the lower columns",
                infeasible=True,
            )
        if np.any(problem.column_lower > problem.column_upper):
            j = int(np.flatnonzero(problem.column_lower > problem.column_upper)[0])
            return Outcome(
                Reason.PROVED,
                f"no whole number lies within the bounds of column {problem.names[j]!r}",
                infeasible=True,
            )
        evaluator = Evaluator(problem, run)
        try:
            return self.solve_problem(problem, evaluator, run)
        except UnboundedError as unbounded:
            return Outcome(Reason.CONVERGED, str(unbounded))
        except StoppedError:
            return Outcome(evaluator.stopped())

    @abc.abstractmethod
    def solve_problem(
        self, problem: Problem, evaluator: Evaluator, run: Run
    ) -> Outcome:
        """Solve a problem whose follower is bounded."""


class Cuttable(Protocol):
    """A relaxation of the bilevel program that can be cut."""

    def solve(
        self, stop: Callable[[], bool], seconds: float, start: Floats | None = None
    ) -> Answer:
        """Solve it; the points are the problem's columns."""

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the linking columns."""


_PATIENCE = 20.0
"""Seconds after which a relaxation is first left for the points that it has proposed."""


def rounds(
    evaluator: Evaluator,
    relaxation: Cuttable,
    cut: Callable[[Floats, Response], None],
    source: str,
) -> Outcome:
    """Relax, evaluate what the relaxation proposes, cut, and again.

    Parameters
    ----------
    evaluator
        Evaluates decisions, and reports.
    relaxation
        Solved anew each round, from the incumbent.
    cut
        Called with each decision evaluated for the first time and its response.
    source
        What proves the bound.

    Returns
    -------
    Outcome
        Each round either ends the run or evaluates an assignment of the linking columns
        for the first time, so there are finitely many.
    """
    run = evaluator.run
    count, patience = 0, _PATIENCE
    while not evaluator.should_stop():
        answer = relaxation.solve(
            evaluator.should_stop,
            min(patience, evaluator.remaining()),
            evaluator.best,
        )
        count += 1
        detail = f"{count} rounds, {evaluator.follower.solved} follower problems"
        if answer.state is State.INFEASIBLE:
            if run.objective is None:
                return Outcome(Reason.PROVED, detail, infeasible=True)
            run.prove(run.objective, source)
            return Outcome(Reason.PROVED, detail)
        if answer.state is State.UNBOUNDED:
            return Outcome(
                Reason.CONVERGED,
                "the leader's objective is unbounded on the high-point relaxation, which"
                " proves nothing about the bilevel program; bound the columns",
            )
        if answer.bound is not None and evaluator.prove(answer.bound, source):
            return Outcome(Reason.PROVED, detail)
        if evaluator.should_stop():
            break
        proposals = [evaluator.decision(point) for point in reversed(answer.points)]
        fresh = [decision for decision in proposals if not evaluator.seen(decision)]
        for decision in fresh:
            response = evaluator.evaluate(decision)
            if response.state is State.STOPPED:
                return Outcome(evaluator.stopped(), detail)
            cut(decision, response)
        if answer.bound is not None and evaluator.prove(answer.bound, source):
            return Outcome(Reason.PROVED, detail)
        if answer.state is State.STOPPED:
            # Cuts at the points on the way may be worth more than the rest of the way;
            # ever more time, so that the bound moves in the end.
            patience *= 2.0
        elif not fresh or fresh[0] is not proposals[0]:
            # Its best is known; what still draws the relaxation there is rounding, or
            # a condition too fine to be told from its opposite.
            relaxation.exclude(proposals[0])
        run.progress(detail)
    return Outcome(
        evaluator.stopped(),
        f"{count} rounds, {evaluator.follower.solved} follower problems",
    )
