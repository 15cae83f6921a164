"""Bounds that hold at every bilevel feasible point, by linear programs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from optkit.bilevel.bounds.linear_optimum import largest_value
from optkit.bilevel.problem.linking_rows import LinkingRow
from optkit.bilevel.problem.models import high_point_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


class UnboundedError(Exception):
    """A quantity that has to be bounded is not; the text names it."""


class BoundTightener:
    """The linear relaxation of the high-point relaxation, solved for one bound at a time.

    Parameters
    ----------
    problem
        The bilevel program.
    linking_rows
        The sides of lower rows that may rule out a response.
    deadline
        Ends a solve.
    """

    def __init__(
        self,
        problem: ProblemData,
        linking_rows: Sequence[LinkingRow],
        deadline: Deadline | None,
    ) -> None:
        self._problem, self._deadline = problem, deadline
        self._model = high_point_model(problem, relaxed=True)
        every = np.arange(problem.columns)
        self._objective_row = self._model.add_row(-np.inf, np.inf, every, problem.cost)
        self._linking_rows = [
            self._model.add_row(-np.inf, np.inf, linking.indices, linking.a)
            for linking in linking_rows
        ]
        self._follower_cost = problem.own_follower_cost
        self.infeasible = False

    def _least(self, cost: Floats) -> float | None:
        """Return the least value of ``cost``; infinite if there is no point.

        Returns
        -------
        float or None
            None if it is unbounded.

        Raises
        ------
        StoppedError
            If the deadline was reached.
        """
        largest = largest_value(self._model, -cost, self._deadline)
        return None if largest is None else -largest

    def linking_bounds(self) -> tuple[Floats, Floats]:
        """Return bounds of all columns, with those of linking columns tightened.

        Raises
        ------
        UnboundedError
            If a linking column has no bound.
        StoppedError
            If the deadline was reached.
        """
        problem = self._problem
        low, high = problem.column_lower.copy(), problem.column_upper.copy()
        for j in problem.linking.tolist():
            if self.infeasible or high[j] - low[j] <= 1.0:
                continue
            for sign in (1.0, -1.0):
                cost = np.zeros(problem.columns)
                cost[j] = sign
                bound = self._least(cost)
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

    def largest_follower_value(self) -> float:
        """Return an upper bound on the follower's objective.

        Returns
        -------
        float
            Minus infinity if there is no point, infinity if there is no bound.

        Raises
        ------
        StoppedError
            If the deadline was reached.
        """
        least = self._least(-self._follower_cost)
        return math.inf if least is None else -least

    def largest_follower_value_beyond(self, index: int, threshold: float) -> float:
        """Return the same bound for the points at which a linking row rules a response out.

        Parameters
        ----------
        index
            Position of the linking row among those given to the constructor.
        threshold
            Least value of its ``a x``.
        """
        row = np.array([self._linking_rows[index]])
        self._model.set_row_sides(row, np.array([threshold]), np.array([np.inf]))
        try:
            return self.largest_follower_value()
        finally:
            self._model.set_row_sides(row, np.array([-np.inf]), np.array([np.inf]))

    def require_objective(self, limit: float) -> None:
        """Consider from now on only points whose objective ``c z`` is at most ``limit``."""
        self._model.set_row_upper(self._objective_row, limit)
