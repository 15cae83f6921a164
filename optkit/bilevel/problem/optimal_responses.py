"""The set of all optimal responses of the follower to one decision."""

from __future__ import annotations

import numpy as np

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.bilevel.problem.follower import ResponseModel, value_limit
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
        self._responses = ResponseModel(problem, backend)
        self._model = self._responses.model
        every = np.arange(len(problem.lower))
        cost = problem.follower_cost[problem.lower]
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

        Returns
        -------
        SolveResult
            Its bound is the negated value of the function there.

        Raises
        ------
        OptkitError
            If integers of the optimum cannot be made exact.
        """
        self._model.set_row_upper(self._value_row, value_limit(self._problem, value))
        self._model.set_cost(-function)
        result = self._responses.solve(decision, deadline)
        if result.status is not SolveStatus.OPTIMAL or result.values is None:
            return result
        bound = float(-function @ result.values)
        return SolveResult(SolveStatus.OPTIMAL, result.values, bound)
