"""The follower: its best response to a decision, and the one best for the leader."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from optkit.backends.incremental import Answer, Program, State, Stop
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import OptkitError

ACCEPTED_BREACH = 1e-6
"""What rounding integer columns may break a row by, relative to its size."""

VALUE_SLACK = 1e-14
"""Relative rounding granted to the follower's value when it is made a constraint. Any more
would be made use of by the leader."""


@dataclass(frozen=True, eq=False)
class Response:
    """The follower's answer to one decision of the leader.

    Parameters
    ----------
    state
        ``OPTIMAL``, ``INFEASIBLE``, ``UNBOUNDED`` or ``STOPPED``.
    values
        Its lower columns, shape (lower columns,); None unless optimal.
    value
        Its objective over the lower columns alone; NaN unless optimal.
    """

    state: State
    values: Floats | None = None
    value: float = math.nan


class Follower:
    """The follower's problem, and the leader's choice among its optima.

    Parameters
    ----------
    problem
        The bilevel program.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        rows = problem.lower_rows
        self._low, self._high = problem.row_lower[rows], problem.row_upper[rows]
        lower = problem.lower
        self.cost = problem.follower_cost[lower]
        self._bounds = problem.column_lower[lower], problem.column_upper[lower]
        self._integer = problem.integer[lower]
        self._program = Program(
            problem.follower_matrix,
            self._low,
            self._high,
            *self._bounds,
            self._integer,
            self.cost,
        )
        self._joint = _joint_program(problem)
        self._value_row = np.array([self._joint.rows - 1])
        self._known: dict[bytes, Response] = {}
        self._place = np.searchsorted(problem.upper, problem.linking)
        self.solved = 0
        self.slowest = 0.0

    def respond(
        self, upper: Floats, stop: Stop | None = None, seconds: float = math.inf
    ) -> Response:
        """Return an optimal response.

        Parameters
        ----------
        upper
            The leader's columns, shape (upper columns,); integer ones are integers.
        stop, seconds
            As in :meth:`optkit.backends.incremental.Program.solve`.
        """
        key = (upper[self._place] + 0.0).tobytes()
        if key not in self._known:
            began = time.perf_counter()
            response = self._respond(upper, stop, seconds)
            self.slowest = max(self.slowest, time.perf_counter() - began)
            if response.state is State.STOPPED:
                return response
            self._known[key] = response
            self.solved += 1
        return self._known[key]

    def _respond(self, upper: Floats, stop: Stop | None, seconds: float) -> Response:
        shift = self.problem.linking_matrix @ upper
        program = self._program
        every = np.arange(len(shift))
        program.set_row_sides(every, self._low - shift, self._high - shift)
        answer = program.solve(stop, seconds)
        if answer.state is not State.OPTIMAL:
            return Response(answer.state)
        values = _settled(
            program, answer, self._integer, np.arange(len(self.cost)), *self._bounds
        )
        if values is None:
            return Response(State.STOPPED)
        return Response(State.OPTIMAL, values, float(self.cost @ values))

    def best_for_leader(
        self,
        upper: Floats,
        value: float,
        fixed: Ints,
        stop: Stop | None = None,
        seconds: float = math.inf,
    ) -> Answer:
        """Return the best point in which the follower's value is at most ``value``.

        Parameters
        ----------
        upper
            The leader's columns, shape (upper columns,).
        value
            The follower's optimal value for them, over the lower columns alone.
        fixed
            Indices of the upper columns that stay as they are in ``upper``: at least the
            linking ones, so that ``value`` remains the optimal one.
        """
        problem, program = self.problem, self._joint
        place = np.searchsorted(problem.upper, fixed)
        kept = problem.column_lower[fixed], problem.column_upper[fixed]
        program.set_column_bounds(fixed, upper[place], upper[place])
        slack = 0.0 if self.whole else VALUE_SLACK * abs(value)
        program.set_row_sides(
            self._value_row, np.array([-np.inf]), np.array([value + slack])
        )
        try:
            answer = program.solve(stop, seconds)
            if answer.state is not State.OPTIMAL:
                return answer
            low, high = problem.column_lower.copy(), problem.column_upper.copy()
            low[fixed] = high[fixed] = upper[place]
            values = _settled(
                program, answer, problem.integer, np.arange(problem.columns), low, high
            )
            if values is None:
                return Answer(State.STOPPED, None, None)
            return Answer(State.OPTIMAL, values, answer.bound)
        finally:
            program.set_column_bounds(fixed, *kept)

    @property
    def whole(self) -> bool:
        """Whether every value of the follower is a whole number."""
        active = self.cost != 0.0
        return bool(
            self._integer[active].all() and (self.cost == np.rint(self.cost)).all()
        )


def _joint_program(problem: Problem) -> Program:
    """Return the high-point relaxation with a row, the last, for the follower's value."""
    program = Program(
        problem.matrix,
        problem.row_lower,
        problem.row_upper,
        problem.column_lower,
        problem.column_upper,
        problem.integer,
        problem.cost,
    )
    lower = problem.lower
    program.add_row(-np.inf, np.inf, lower, problem.follower_cost[lower])
    return program


def _settled(
    program: Program,
    answer: Answer,
    integer: Bools,
    columns: Ints,
    low: Floats,
    high: Floats,
) -> Floats | None:
    """Return the optimum with integer columns exactly integer, the others to match.

    HiGHS calls a value integer that is within its tolerance of one, and lets the
    continuous columns profit from the difference. So the integer ones are rounded, and
    the others solved for again.
    """
    assert answer.values is not None
    values = np.clip(answer.values, low, high)
    if not integer.any():
        return values
    values[integer] = np.rint(values[integer])
    if integer.all():
        return values
    fixed = columns[integer]
    program.set_column_bounds(fixed, values[integer], values[integer])
    try:
        again = program.solve()
    finally:
        program.set_column_bounds(fixed, low[integer], high[integer])
    if again.state is not State.OPTIMAL or again.values is None:
        raise OptkitError(
            "HiGHS' optimum of a mixed-integer program has no continuous part once its"
            " integers are rounded; the program's coefficients differ too much in size."
        )
    polished = np.clip(again.values, low, high)
    polished[integer] = values[integer]
    return np.asarray(polished, dtype=np.float64)
