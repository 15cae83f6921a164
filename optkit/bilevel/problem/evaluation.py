"""Evaluate decisions of the leader, and report the resulting bilevel feasible points."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.problem.follower import Follower, Response
from optkit.bilevel.problem.problem_data import ProblemData, takes_whole_values
from optkit.bilevel.solution import BilevelSolution
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run


class Evaluator:
    """Turns decisions of the leader into verified incumbents.

    A point of a relaxation proposes values for the leader's columns only. The follower is
    solved for them again, exactly, and the leader's best point among the follower's optima
    becomes the incumbent.

    Parameters
    ----------
    problem
        The bilevel program.
    run
        Receives incumbents and bounds; has the clock and the limits.
    backend
        Name of the backend that solves the follower's programs, and the method's own.

    Attributes
    ----------
    signals
        Signals that the method holds back; one in it ends all solves.
    """

    def __init__(self, problem: ProblemData, run: Run, backend: str = "highs") -> None:
        self.problem, self.run, self.backend = problem, run, backend
        self.follower = Follower(problem, backend)
        self._objective_is_whole = takes_whole_values(problem.cost, problem.integer)
        self.best: Floats | None = None
        self.signals: list[int] = []
        self._responses: dict[bytes, Response] = {}
        self._report_initial()

    def _report_initial(self) -> None:
        initial = self.run.initial
        if isinstance(initial, BilevelSolution):
            values = self.problem.point(initial)
            integer = self.problem.integer
            values[integer] = np.rint(values[integer])
            self.report(values)
            self.run.report_initial(True, "it is the first incumbent")

    def decision(self, values: Floats) -> Floats:
        """Return the leader's part of a point, with integer columns rounded."""
        problem = self.problem
        upper = problem.upper
        chosen = np.where(problem.integer[upper], np.rint(values[upper]), values[upper])
        low, high = problem.column_lower[upper], problem.column_upper[upper]
        return np.asarray(np.clip(chosen, low, high) + 0.0, dtype=np.float64)

    def key(self, decision: Floats) -> bytes:
        """Return the part of a decision on which the response depends."""
        return decision[self.problem.linking_positions].tobytes()

    def is_evaluated(self, decision: Floats) -> bool:
        """Say whether a decision has been evaluated completely."""
        return self.key(decision) in self._responses

    def respond(self, decision: Floats) -> Response:
        """Solve the follower, and report its response if it is bilevel feasible as it is.

        Another optimum of the follower may be better for the leader: :meth:`evaluate`
        looks for it.
        """
        response = self.follower.respond(decision, self.deadline())
        if response.values is not None:
            self._report_if_feasible(decision, response.values)
        return response

    def evaluate(self, decision: Floats) -> Response:
        """Solve the follower, and report the leader's best point if there is one.

        Returns
        -------
        Response
            The follower's response; its status is ``STOPPED`` if the run was stopped.
        """
        key = self.key(decision)
        if key not in self._responses:
            response = self.respond(decision)
            status = response.status
            if status is SolveStatus.OPTIMAL:
                status = self._report_best(decision, response)
            if status is SolveStatus.STOPPED:
                return Response(SolveStatus.STOPPED)
            self._responses[key] = response
        return self._responses[key]

    def _report_best(self, decision: Floats, response: Response) -> SolveStatus:
        """Report the leader's best point against a decision's optimal responses.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        response
            One of the optimal responses.

        Returns
        -------
        SolveStatus
            ``OPTIMAL`` if there is such a point, ``STOPPED`` if that is not known.
        """
        best = self.follower.best_for_leader(
            decision, response.value, self.problem.linking, self.deadline()
        )
        if best.status is SolveStatus.OPTIMAL and best.values is not None:
            self.report(best.values)
        return best.status

    def _report_if_feasible(self, decision: Floats, response: Floats) -> None:
        """Report decision and response if together they satisfy the leader's rows.

        Another optimum of the follower may be better for the leader. This one is an answer
        in case time runs out before that is found.
        """
        problem = self.problem
        if not problem.integer[problem.upper].all():
            return  # values of continuous columns carry the relaxation's tolerances
        values = np.empty(problem.columns)
        values[problem.upper], values[problem.lower] = decision, response
        activity = problem.matrix @ values
        slack = 1e-9 * np.maximum(1.0, abs(problem.matrix) @ np.abs(values))
        if (activity >= problem.row_lower - slack).all() and (
            activity <= problem.row_upper + slack
        ).all():
            self.report(values)

    def report(self, values: Floats) -> None:
        """Report a bilevel feasible point, shape (columns,)."""
        problem = self.problem
        objective = problem.objective(values)
        if self.run.incumbent(objective, lambda: problem.solution(values)):
            self.best = values

    def remaining(self) -> float:
        """Return the seconds left, less the time that the check of the solution takes.

        The checker solves the follower's problem again, which takes about as long as the
        slowest solve took here.
        """
        return self.run.remaining() - self.follower.slowest_seconds

    def deadline(self, seconds: float = math.inf) -> Deadline:
        """Return a deadline ``seconds`` from now, or when the check has to begin."""
        return Deadline(min(seconds, self.remaining()), self._is_told_to_stop)

    def _is_told_to_stop(self) -> bool:
        return bool(self.signals) or self.run.should_stop()

    def should_stop(self) -> bool:
        """Say whether a limit is reached; time for the check is set aside."""
        return self._is_told_to_stop() or self.remaining() <= 0.0

    def stop_reason(self) -> Reason:
        """Return why the run was stopped."""
        return self.run.stop_reason() or Reason.TIME_LIMIT

    def sharpened(self, bound: float) -> float:
        """Return the least value, not below ``bound``, that the objective can take."""
        if not self._objective_is_whole or not np.isfinite(bound):
            return bound
        offset = self.problem.offset
        slack = 1e-6 * max(1.0, abs(bound))
        return float(np.ceil(bound - offset - slack)) + offset

    def ruled_out(self, bound: float) -> bool:
        """Say whether no point with this lower bound is better than the incumbent."""
        best = self.run.objective
        if best is None:
            return False
        return self.sharpened(bound) >= best - 1e-9 * max(1.0, abs(best))

    def prove(self, bound: float, source: str) -> bool:
        """Report a lower bound; return whether it proves the incumbent optimal.

        The bound need not cover the incumbent, so it may exceed the incumbent's objective,
        which is then the bound. The same holds if it falls short by rounding alone, or if
        it leaves no room for a better integer value.
        """
        if self.ruled_out(bound):
            assert self.run.objective is not None
            self.run.prove(self.run.objective, source)
            return True
        bound = self.sharpened(bound)
        zero = 1e-9 * float(np.abs(self.problem.cost).max(initial=0.0))
        if not self._objective_is_whole and abs(bound) < zero:
            bound = -zero  # the objective can be what terms that cancel leave of a zero
        self.run.prove(bound, source)
        return False
