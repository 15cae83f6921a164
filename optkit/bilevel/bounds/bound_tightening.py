"""Bounds that hold in every bilevel feasible point, by linear programs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from optkit.backends.incremental import Program, State, Stop
from optkit.bilevel.problem.linking_rows import LinkingSide
from optkit.bilevel.problem.problem_data import Problem
from optkit.core.arrays import Floats


class UnboundedError(Exception):
    """Something that has to be bounded is not; the text says what."""


class StoppedError(Exception):
    """The run was stopped before the relaxation stood."""


class Probe:
    """The linear relaxation of the high-point relaxation, asked for one bound at a time.

    Parameters
    ----------
    problem
        The bilevel program.
    sides
        The lower rows' sides; what rules a point out is asked about.
    stop
        Ends a solve.
    """

    def __init__(
        self, problem: Problem, sides: Sequence[LinkingSide], stop: Stop | None
    ) -> None:
        self._problem, self._stop = problem, stop
        self._program = Program(
            problem.matrix,
            problem.row_lower,
            problem.row_upper,
            problem.column_lower,
            problem.column_upper,
            np.zeros(problem.columns, dtype=np.bool_),
            np.zeros(problem.columns),
        )
        every = np.arange(problem.columns)
        self._goal = self._program.add_row(-np.inf, np.inf, every, problem.cost)
        self._sides = [
            self._program.add_row(-np.inf, np.inf, side.indices, side.a)
            for side in sides
        ]
        self._cost = np.where(problem.column_is_lower, problem.follower_cost, 0.0)
        self.infeasible = False

    def least(self, cost: Floats) -> float | None:
        """Return the least value of ``cost``; infinite if there is no point at all.

        Returns
        -------
        float or None
            None if it is unbounded.

        Raises
        ------
        StoppedError
            If ``stop`` said so.
        """
        self._program.set_cost(cost)
        answer = self._program.solve(self._stop)
        if answer.state is State.STOPPED:
            raise StoppedError
        return math.inf if answer.state is State.INFEASIBLE else answer.bound

    def linking_bounds(self) -> tuple[Floats, Floats]:
        """Return bounds of the columns, those of linking ones tightened.

        Raises
        ------
        UnboundedError
            If a linking column has none.
        """
        problem = self._problem
        low, high = problem.column_lower.copy(), problem.column_upper.copy()
        for j in problem.linking.tolist():
            if self.infeasible or high[j] - low[j] <= 1.0:
                continue
            for sign in (1.0, -1.0):
                cost = np.zeros(problem.columns)
                cost[j] = sign
                bound = self.least(cost)
                if bound is None:
                    continue
                if bound == math.inf:
                    self.infeasible = True
                elif sign > 0:
                    low[j] = max(low[j], math.ceil(bound - 1e-6))
                else:
                    high[j] = min(high[j], math.floor(1e-6 - bound))
            if not math.isfinite(high[j] - low[j]) and not self.infeasible:
                raise UnboundedError(
                    f"linking column {problem.names[j]!r} has no bound, neither given"
                    " nor implied by the rows; give it one"
                )
        return low, high

    def most(self, side: int = -1, threshold: float = 0.0) -> float:
        """Return the most that the follower's objective can be.

        Parameters
        ----------
        side
            Number of a side that is to rule something out; -1 for none.
        threshold
            What its ``a x`` is at least.

        Returns
        -------
        float
            Minus infinity where there is no such point.

        Raises
        ------
        UnboundedError
            If there is no such bound.
        """
        row = (
            np.array([self._sides[side]]) if side >= 0 else np.zeros(0, dtype=np.int64)
        )
        self._program.set_row_sides(
            row, np.full(len(row), threshold), np.full(len(row), np.inf)
        )
        try:
            least = self.least(-self._cost)
        finally:
            self._program.set_row_sides(
                row, np.full(len(row), -np.inf), np.full(len(row), np.inf)
            )
        if least is None:
            raise UnboundedError(
                "the follower's objective has no upper bound on the high-point relaxation;"
                " bound the lower columns"
            )
        return -least

    def demand(self, objective: float) -> None:
        """Ask from now on about points alone whose objective ``c z`` is at most this."""
        self._program.set_row_sides(
            np.array([self._goal]), np.array([-np.inf]), np.array([objective])
        )
