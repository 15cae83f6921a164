"""Evaluating decisions of the leader, and reporting what they are worth."""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import State
from optkit.bilevel.problem.follower import Follower, Response
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run


class Evaluator:
    """Turns decisions into verified incumbents.

    Every point that a relaxation proposes is a proposal for the leader's columns only.
    The follower is solved for them again, exactly, and the leader's best point among the
    follower's optima is what counts.

    Parameters
    ----------
    problem
        The bilevel program.
    run
        Where incumbents go; also clock and limits.
    """

    def __init__(self, problem: Problem, run: Run) -> None:
        self.problem, self.run = problem, run
        self.follower = Follower(problem)
        self._whole = whole_step(problem)
        self.best: Floats | None = None
        self._done: dict[bytes, Response] = {}
        self._take_initial()

    def _take_initial(self) -> None:
        from optkit.bilevel.solution import BilevelSolution

        initial = self.run.initial
        if isinstance(initial, BilevelSolution):
            values = self.problem.point(initial)
            integer = self.problem.integer
            values[integer] = np.rint(values[integer])
            self.report(values)
            self.run.report_initial(True, "it is the first incumbent")

    def decision(self, values: Floats) -> Floats:
        """Return the leader's part of a point, integer columns rounded."""
        problem = self.problem
        upper = problem.upper
        chosen = np.where(problem.integer[upper], np.rint(values[upper]), values[upper])
        low, high = problem.column_lower[upper], problem.column_upper[upper]
        return np.asarray(np.clip(chosen, low, high) + 0.0, dtype=np.float64)

    def key(self, decision: Floats) -> bytes:
        """Return what identifies a decision as far as the follower sees it."""
        place = np.searchsorted(self.problem.upper, self.problem.linking)
        return decision[place].tobytes()

    def seen(self, decision: Floats) -> bool:
        """Say whether a decision has been evaluated to the end."""
        return self.key(decision) in self._done

    def evaluate(self, decision: Floats) -> Response:
        """Solve the follower, and report the leader's best point if there is one.

        Returns
        -------
        Response
            The follower's; its state is ``STOPPED`` if the run was stopped meanwhile.
        """
        problem = self.problem
        key = self.key(decision)
        if key in self._done:
            return self._done[key]
        response = self.follower.respond(decision, self.should_stop, self.remaining())
        if response.values is not None:
            self._report_as_it_is(decision, response.values)
            best = self.follower.best_for_leader(
                decision,
                response.value,
                problem.linking,
                self.should_stop,
                self.remaining(),
            )
            if best.state is State.STOPPED:
                return Response(State.STOPPED)
            if best.values is not None and best.state is State.OPTIMAL:
                self.report(best.values)
        if response.state is not State.STOPPED:
            self._done[key] = response
        return response

    def _report_as_it_is(self, decision: Floats, response: Floats) -> None:
        """Report decision and response, if together they keep the leader's rows.

        The leader may do better with another optimum of the follower's; should the time
        be over before it is found, this is an answer.
        """
        problem = self.problem
        if not problem.integer[problem.upper].all():
            return  # continuous columns have the relaxation's tolerances in them
        values = np.empty(problem.columns)
        values[problem.upper], values[problem.lower] = decision, response
        activity = problem.matrix @ values
        slack = 1e-9 * np.maximum(1.0, abs(problem.matrix) @ np.abs(values))
        if (activity >= problem.row_lower - slack).all() and (
            activity <= problem.row_upper + slack
        ).all():
            self.report(values)

    def report(self, values: Floats) -> None:
        """Report a bilevel feasible point."""
        problem = self.problem
        objective = problem.objective(values)
        if self.run.incumbent(objective, lambda: problem.solution(values)):
            self.best = values

    def remaining(self) -> float:
        """Return the seconds left, less what the check of the last incumbent will take.

        The checker solves the follower's problem again, and that takes about as long as it
        took here.
        """
        return self.run.remaining() - self.follower.slowest

    def should_stop(self) -> bool:
        """Say whether a limit is reached, the time for the check set aside."""
        return self.run.should_stop() or self.remaining() <= 0.0

    def stopped(self) -> Reason:
        """Return why the run was stopped."""
        return self.run.stop_reason() or Reason.TIME_LIMIT

    def sharpened(self, bound: float) -> float:
        """Return the least value from ``bound`` on that the objective can take."""
        if not self._whole or not np.isfinite(bound):
            return bound
        offset = self.problem.offset
        slack = 1e-6 * max(1.0, abs(bound))
        return float(np.ceil(bound - offset - slack)) + offset

    def ruled_out(self, bound: float) -> bool:
        """Say whether nothing that ``bound`` holds for is better than the incumbent."""
        best = self.run.objective
        if best is None:
            return False
        return self.sharpened(bound) >= best - 1e-9 * max(1.0, abs(best))

    def prove(self, bound: float, source: str) -> bool:
        """Report a bound; say whether the incumbent is thereby proven optimal.

        A bound past the incumbent is one on everything but the incumbent. One that
        misses it by rounding alone is raised to it, as is one that leaves no room for
        another value where all values are whole.
        """
        if self.ruled_out(bound):
            assert self.run.objective is not None
            self.run.prove(self.run.objective, source)
            return True
        self.run.prove(self.sharpened(bound), source)
        return False


def whole_step(problem: Problem) -> bool:
    """Say whether the leader's objective, its constant aside, is always whole."""
    active = problem.cost != 0.0
    whole = problem.cost == np.rint(problem.cost)
    return bool(problem.integer[active].all() and whole.all())
