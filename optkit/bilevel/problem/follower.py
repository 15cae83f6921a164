"""The follower's best responses, and the one among them that is best for the leader."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.backends.rebuilt import ChangingModel
from optkit.backends.relaxed_first import RelaxedFirstModel
from optkit.bilevel.problem.models import follower_model, high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.errors import OptkitError
from optkit.core.solving.deadline import Deadline

VALUE_SLACK = 1e-14
"""Relative rounding granted to the follower's value when it becomes a constraint. A larger
slack would be exploited by the leader."""


@dataclass(frozen=True, eq=False)
class Response:
    """The follower's response to one decision of the leader.

    Parameters
    ----------
    status
        How the follower's solve ended.
    values
        Values of the lower columns, shape (lower columns,); None unless optimal.
    value
        The follower's objective over the lower columns alone; NaN unless optimal.
    """

    status: SolveStatus
    values: Floats | None = None
    value: float = math.nan


class ResponseModel:
    """The follower's program, whose sides follow from the leader's decision.

    Parameters
    ----------
    problem
        The bilevel program.
    backend
        Name of the backend that solves it.

    Attributes
    ----------
    model
        The program itself, for further rows and another objective.
    """

    def __init__(self, problem: ProblemData, backend: str = "highs") -> None:
        self._problem = problem
        rows, lower = problem.lower_rows, problem.lower
        self._sides = (problem.row_lower[rows], problem.row_upper[rows])
        self._integer = problem.integer[lower]
        self._bounds = (problem.column_lower[lower], problem.column_upper[lower])
        self.model = follower_model(problem, backend)

    def solve(self, decision: Floats, deadline: Deadline | None = None) -> SolveResult:
        """Solve the program for a decision.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        deadline
            Ends the solve.

        Returns
        -------
        SolveResult
            Its point has exact integers, shape (lower columns,).

        Raises
        ------
        OptkitError
            As :func:`with_exact_integers` raises it.
        """
        shift = self._problem.linking_matrix @ decision
        low, high = self._sides
        self.model.set_row_sides(np.arange(len(shift)), low - shift, high - shift)
        result = self.model.solve(deadline)
        if result.status is not SolveStatus.OPTIMAL:
            return result
        values = with_exact_integers(self.model, result, self._integer, *self._bounds)
        return SolveResult(SolveStatus.OPTIMAL, values, result.bound)


class Follower:
    """The follower's problem, and the leader's choice among its optima.

    Parameters
    ----------
    problem
        The bilevel program.
    backend
        Name of the backend that solves its programs.
    """

    def __init__(self, problem: ProblemData, backend: str = "highs") -> None:
        self.problem = problem
        lower = problem.lower
        self._cost = problem.follower_cost[lower]
        self._model = ResponseModel(problem, backend)
        self._joint_model = high_point_model(
            problem, relaxed_first=True, backend=backend
        )
        self._value_row = self._joint_model.add_row(-np.inf, np.inf, lower, self._cost)
        self._responses: dict[bytes, Response] = {}
        self.solve_count = 0
        self.slowest_seconds = 0.0

    @property
    def is_linear_so_far(self) -> bool:
        """Whether linear programs alone have solved the follower's problem so far."""
        model = self._model.model
        if isinstance(model, RelaxedFirstModel):
            return model.integers > 0 and not model.fractions
        return self.problem.follower_is_linear

    def respond(self, upper: Floats, deadline: Deadline | None = None) -> Response:
        """Return an optimal response.

        Parameters
        ----------
        upper
            Values of the leader's columns, shape (upper columns,); integer ones are
            integers.
        deadline
            Ends the solve; the status is then ``STOPPED``.
        """
        key = (upper[self.problem.linking_positions] + 0.0).tobytes()
        if key not in self._responses:
            began = time.perf_counter()
            response = self._respond(upper, deadline)
            seconds = time.perf_counter() - began
            self.slowest_seconds = max(self.slowest_seconds, seconds)
            if response.status is SolveStatus.STOPPED:
                return response
            self._responses[key] = response
            self.solve_count += 1
        return self._responses[key]

    def _respond(self, upper: Floats, deadline: Deadline | None) -> Response:
        result = self._model.solve(upper, deadline)
        if result.status is not SolveStatus.OPTIMAL or result.values is None:
            return Response(result.status)
        value = float(self._cost @ result.values)
        return Response(SolveStatus.OPTIMAL, result.values, value)

    def best_for_leader(
        self,
        upper: Floats,
        value: float,
        fixed: Ints,
        deadline: Deadline | None = None,
    ) -> SolveResult:
        """Return the leader's best point with a follower's value of at most ``value``.

        Parameters
        ----------
        upper
            Values of the leader's columns, shape (upper columns,).
        value
            The follower's optimal value for them, over the lower columns alone.
        fixed
            Indices of the upper columns that keep their value in ``upper``: at least the
            linking ones, so that ``value`` remains the optimal one.
        deadline
            Ends the solve.
        """
        problem, model = self.problem, self._joint_model
        kept = upper[np.searchsorted(problem.upper, fixed)]
        model.set_column_bounds(fixed, kept, kept)
        model.set_row_upper(self._value_row, value_limit(problem, value))
        try:
            result = model.solve(deadline)
            if result.status is not SolveStatus.OPTIMAL:
                return result
            low, high = problem.column_lower.copy(), problem.column_upper.copy()
            low[fixed] = high[fixed] = kept
            values = with_exact_integers(model, result, problem.integer, low, high)
            return SolveResult(SolveStatus.OPTIMAL, values, result.bound)
        finally:
            model.set_column_bounds(
                fixed, problem.column_lower[fixed], problem.column_upper[fixed]
            )


def value_limit(problem: ProblemData, value: float) -> float:
    """Return the side of the row that keeps the follower at its optimal value."""
    if problem.follower_value_is_whole:
        return value
    return value + VALUE_SLACK * abs(value)


def with_exact_integers(
    model: ChangingModel,
    result: SolveResult,
    integer: Bools,
    low: Floats,
    high: Floats,
) -> Floats:
    """Return the optimum with its integer columns exactly integer.

    A backend takes a value within its tolerance of an integer for one, and the continuous
    columns profit from the difference. So integer columns are rounded and fixed, and the
    continuous ones are solved for again.

    Parameters
    ----------
    model, result
        The model and its optimum.
    integer, low, high
        Integrality and bounds of the model's columns, shape (columns,).

    Raises
    ------
    OptkitError
        If no continuous values fit the rounded integers.
    """
    assert result.values is not None
    values = np.clip(result.values, low, high)
    if not integer.any():
        return values
    values[integer] = np.rint(values[integer])
    if integer.all():
        return values
    fixed = np.flatnonzero(integer)
    model.set_column_bounds(fixed, values[integer], values[integer])
    try:
        again = model.solve()
    finally:
        model.set_column_bounds(fixed, low[integer], high[integer])
    if again.status is not SolveStatus.OPTIMAL or again.values is None:
        raise OptkitError(
            "the optimum of a mixed-integer program has no continuous part once its"
            " integers are rounded; the program's coefficients differ too much in size."
        )
    polished = np.clip(again.values, low, high)
    polished[integer] = values[integer]
    return np.asarray(polished, dtype=np.float64)
