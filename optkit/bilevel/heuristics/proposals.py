"""Points of the high-point relaxation, for objectives between leader's and follower's."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.exact.high_point import objective_step
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.models import high_point_model
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

LEAST_GAIN = 1e-6
"""Relative improvement of the incumbent that a proposal promises, where the objective does
not move in steps."""


class Proposals:
    """The high-point relaxation with changing objective and limits.

    Parameters
    ----------
    evaluator
        Knows the incumbent, which a proposal promises to improve.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        problem = evaluator.problem
        self._problem, self._evaluator = problem, evaluator
        self._model = high_point_model(problem, backend=evaluator.backend)
        lower, every = problem.lower, np.arange(problem.columns)
        self._value_row = self._model.add_row(
            -np.inf, np.inf, lower, problem.follower_cost[lower]
        )
        self._objective_row = self._model.add_row(-np.inf, np.inf, every, problem.cost)
        self._step = objective_step(problem)
        self._follower_cost = problem.own_follower_cost

    def best(
        self,
        weight: float,
        deadline: Deadline,
        *,
        most: float = np.inf,
        factors: Floats | float = 1.0,
    ) -> Floats | None:
        """Return the point with the best weighted objective among those worth evaluating.

        Parameters
        ----------
        weight
            The follower's weight, between 0 (the leader's objective alone) and 1.
        deadline
            Ends the solve; the best point so far is returned.
        most
            Most that the follower's objective may be, over the lower columns alone.
        factors
            Factors of the costs, shape (columns,).

        Returns
        -------
        numpy.ndarray or None
            Shape (columns,); None if no point was found.
        """
        leader, follower = self._problem.cost, self._follower_cost
        self._model.set_cost(
            (1.0 - weight) * leader / _size(leader)
            + weight * follower / _size(follower)
        )
        self._model.set_row_upper(self._value_row, most + 1e-9 * max(1.0, abs(most)))
        self._model.set_row_upper(self._objective_row, self._limit())
        result = self._model.solve(deadline, collect=True)
        return result.points[-1] if result.points else None

    def _limit(self) -> float:
        """Return the most that the leader's objective of a better point may be."""
        best = self._evaluator.best
        if best is None:
            return np.inf
        value = float(self._problem.cost @ best)
        if self._step is not None:
            return value - 0.5 * self._step
        return value - LEAST_GAIN * max(1.0, abs(value))


def _size(cost: Floats) -> float:
    return float(np.linalg.norm(cost)) or 1.0
