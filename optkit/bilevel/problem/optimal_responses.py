"""The set of all optimal responses of the follower to one decision."""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.bilevel.problem.follower import VALUE_SLACK, with_exact_integers
from optkit.bilevel.problem.models import follower_model
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


class OptimalResponses:
    """Maximises linear functions over the follower's optimal responses.

    Parameters
    ----------
    problem
        The bilevel program.
    backend
        Name of the backend that solves its programs.
    """

    def __init__(self, problem: ProblemData, backend: str = "highs") -> None:
        self._problem = problem
        rows, self._lower = problem.lower_rows, problem.lower
        self._sides = (problem.row_lower[rows], problem.row_upper[rows])
        self._model = follower_model(problem, backend)
        every = np.arange(len(self._lower))
        cost = problem.follower_cost[self._lower]
        self._value_row = self._model.add_row(-np.inf, np.inf, every, cost)

    def largest(
        self,
        decision: Floats,
        value: float,
        function: Floats,
        deadline: Deadline | None = None,
    ) -> SolveResult:
        """Return the optimal response at which a function is largest.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        value
            The follower's optimal value for it, over the lower columns alone.
        function
            Coefficients of the lower columns, shape (lower columns,).
        deadline
            Ends the solve.
        """
        problem, model, lower = self._problem, self._model, self._lower
        shift = problem.linking_matrix @ decision
        row_lower, row_upper = self._sides
        model.set_row_sides(np.arange(len(shift)), row_lower - shift, row_upper - shift)
        slack = 0.0 if problem.follower_value_is_whole else VALUE_SLACK * abs(value)
        model.set_row_upper(self._value_row, value + slack)
        model.set_cost(-function)
        result = model.solve(deadline)
        if result.status is not SolveStatus.OPTIMAL:
            return result
        values = with_exact_integers(
            model,
            result,
            problem.integer[lower],
            problem.column_lower[lower],
            problem.column_upper[lower],
        )
        return SolveResult(SolveStatus.OPTIMAL, values, float(-function @ values))
