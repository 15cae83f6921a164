"""The master problem of interdiction: the leader's columns, and the follower's gain."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveResult
from optkit.bilevel.problem.follower import Response
from optkit.bilevel.problem.models import leader_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.bilevel.problem.structure.interdiction import InterdictionStructure
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


class InterdictionMaster:
    """The leader's rows and columns, and one column for the follower's gain.

    Parameters
    ----------
    problem
        The bilevel program.
    structure
        Its interdiction structure.
    least_gain
        The follower's gain if everything is forbidden.
    backend
        Name of the backend that solves it.
    """

    def __init__(
        self,
        problem: ProblemData,
        structure: InterdictionStructure,
        least_gain: float,
        backend: str = "highs",
    ) -> None:
        self._problem, self._structure = problem, structure
        upper = problem.upper
        self._model = leader_model(problem, backend)
        self._gain = self._model.add_column(least_gain, np.inf, False)
        self._model.set_cost(np.append(problem.cost[upper], structure.scale))
        self._leader_positions = np.searchsorted(upper, structure.leader)

    def solve(self, deadline: Deadline, start: Floats | None = None) -> SolveResult:
        """Solve the master problem; in its points the follower's columns are zero."""
        problem = self._problem
        if start is not None:
            gain = -float(problem.follower_cost[problem.lower] @ start[problem.lower])
            start = np.append(start[problem.upper], gain)
        result = self._model.solve(deadline, start=start, collect=True)
        return SolveResult(
            result.status,
            None if result.values is None else self._point(result.values),
            None if result.bound is None else result.bound + problem.offset,
            tuple(self._point(values) for values in result.points),
        )

    def _point(self, values: Floats) -> Floats:
        point = np.zeros(self._problem.columns)
        point[self._problem.upper] = values[: self._gain]
        return point

    def cut(self, decision: Floats, response: Response) -> None:
        """Add: the follower gains at least the worth of a plan without forbidden columns.

        Parameters
        ----------
        decision
            The decision to which the plan is a response.
        response
            The plan.
        """
        if response.values is None:
            self.exclude(decision)
            return
        structure = self._structure
        cost = self._problem.follower_cost[self._problem.lower]
        planned = response.values[structure.follower]
        lost = planned - np.minimum(planned, structure.remaining_bound)
        loss = -cost[structure.follower] * lost
        row = np.zeros(self._gain + 1)
        np.add.at(row, self._leader_positions, np.maximum(loss, 0.0))
        row[self._gain] = 1.0
        slack = 1e-9 * max(1.0, abs(response.value))
        whole = math.isclose(response.value, round(response.value), abs_tol=1e-12)
        right = -response.value - (0.0 if whole else slack)
        self._model.add_row(right, np.inf, np.arange(self._gain + 1), row)

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the forbidding columns."""
        self._model.disable_presolve()  # it has answered no-good cuts wrongly
        positions = np.unique(self._leader_positions)
        row = np.zeros(self._gain + 1)
        row[positions] = np.where(decision[positions] > 0.5, -1.0, 1.0)
        right = 1.0 - float((decision[positions] > 0.5).sum())
        self._model.add_row(right, np.inf, np.arange(self._gain + 1), row)
