"""Repair decisions whose responses break the leader's rows."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from optkit.bilevel.heuristics.moves import decisions_around
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.core.arrays import Floats


class Repair:
    """Local search for smaller breaches of the leader's rows, up to the first incumbent.

    It is a feasibility pump for bilevel programs: the leader moves, the follower answers.

    Parameters
    ----------
    evaluator
        Solves the follower, and evaluates decisions.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._problem, self._evaluator = evaluator.problem, evaluator
        rows = evaluator.problem.upper_rows
        self._matrix = evaluator.problem.matrix[rows]
        self._low = evaluator.problem.row_lower[rows]
        self._high = evaluator.problem.row_upper[rows]
        # Rows are compared by their largest coefficient.
        self._size = np.maximum(abs(self._matrix).max(axis=1).toarray().ravel(), 1e-9)
        self._rng = evaluator.run.rng("repair")

    def steps(self, decision: Floats) -> Iterator[None]:
        """Move to better decisions until there is an incumbent; pause after each response.

        Parameters
        ----------
        decision
            Where to start, shape (upper columns,).
        """
        evaluator, least = self._evaluator, math.inf
        improved = True
        while improved and evaluator.best is None:
            improved = False
            around = decisions_around(self._problem, decision, self._rng, jumps=True)
            for moved in around:
                breach = self._breach(moved)
                if breach < least - 1e-9:
                    decision, least, improved = moved, breach, True
                    evaluator.evaluate(moved)
                yield
                if improved:
                    break

    def _breach(self, decision: Floats) -> float:
        """Return how much the response breaks the leader's rows; infinite without one."""
        problem, evaluator = self._problem, self._evaluator
        response = evaluator.follower.respond(decision, evaluator.deadline())
        if response.values is None:
            return math.inf
        point = np.empty(problem.columns)
        point[problem.upper], point[problem.lower] = decision, response.values
        activity = self._matrix @ point
        beyond = np.maximum(self._low - activity, activity - self._high)
        return float((np.maximum(beyond, 0.0) / self._size).sum())
