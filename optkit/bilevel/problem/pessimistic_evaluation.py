"""Evaluate decisions of a leader who has to reckon with the worst optimal response."""

from __future__ import annotations

import math

import numpy as np

from optkit.backends.incremental import SolveResult, SolveStatus
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.follower import Response, with_exact_integers
from optkit.bilevel.problem.models import leader_model
from optkit.bilevel.problem.optimal_responses import OptimalResponses
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.run import Run


class PessimisticEvaluator(Evaluator):
    """Evaluates decisions by the follower's worst optimal response.

    The linking columns settle which responses are optimal. So the leader's other columns
    are chosen best for them, such that every optimal response satisfies the upper rows.

    Parameters
    ----------
    problem
        The bilevel program.
    run
        Receives incumbents and bounds; has the clock and the limits.
    backend
        Name of the backend that solves the programs.
    """

    def __init__(self, problem: ProblemData, run: Run, backend: str = "highs") -> None:
        super().__init__(problem, run, backend)
        self._optima = OptimalResponses(problem, backend)
        self._of_follower = problem.matrix[problem.upper_rows][:, problem.lower]
        self._leader = leader_model(problem, backend)

    def respond(self, decision: Floats) -> Response:
        """Solve the follower; its response is not reported, as another may be worse."""
        return self.follower.respond(decision, self.deadline())

    def _report_best(self, decision: Floats, response: Response) -> SolveStatus:
        """Report the leader's best point against the worst optimal responses."""
        problem = self.problem
        rows = problem.upper_rows
        sides = (problem.row_lower[rows].copy(), problem.row_upper[rows].copy())
        for i in np.flatnonzero(np.diff(self._of_follower.indptr)).tolist():
            function = self._of_follower[[i]].toarray()[0]
            for sign, side in zip((-1.0, 1.0), sides, strict=True):
                if not math.isfinite(side[i]):
                    continue
                worst = self._largest(decision, response, sign * function)
                if worst.status is not SolveStatus.OPTIMAL:
                    return worst.status  # unbounded: an optimal response breaks the row
                assert worst.bound is not None
                side[i] += sign * worst.bound
        worst = self._largest(decision, response, problem.cost[problem.lower])
        if worst.status is not SolveStatus.OPTIMAL:
            return worst.status
        assert worst.values is not None
        best = self._best_decision(decision, sides)
        if best.status is SolveStatus.OPTIMAL and best.values is not None:
            values = np.empty(problem.columns)
            values[problem.upper], values[problem.lower] = best.values, worst.values
            self.report(values)
        return best.status

    def _largest(
        self, decision: Floats, response: Response, function: Floats
    ) -> SolveResult:
        """Return where a function of the optimal responses is largest; bound is negated."""
        if not function.any():
            return SolveResult(SolveStatus.OPTIMAL, response.values, 0.0)
        deadline = self.deadline()
        return self._optima.largest(decision, response.value, function, deadline)

    def _best_decision(
        self, decision: Floats, sides: tuple[Floats, Floats]
    ) -> SolveResult:
        """Choose the leader's columns that the follower does not see.

        Parameters
        ----------
        decision
            Values of the leader's columns, shape (upper columns,).
        sides
            Sides of the upper rows that the worst responses leave, shape (upper rows,).
        """
        problem, model = self.problem, self._leader
        upper, fixed = problem.upper, problem.linking_positions
        kept = decision[fixed]
        if (sides[0] > sides[1] + 1e-9 * np.maximum(1.0, np.abs(sides[1]))).any():
            return SolveResult(SolveStatus.INFEASIBLE)
        model.set_row_sides(
            np.arange(len(sides[0])), np.minimum(*sides), np.maximum(*sides)
        )
        model.set_column_bounds(fixed, kept, kept)
        result = model.solve(self.deadline())
        if result.status is not SolveStatus.OPTIMAL:
            return result
        low, high = problem.column_lower[upper], problem.column_upper[upper]
        low, high = low.copy(), high.copy()
        low[fixed] = high[fixed] = kept
        values = with_exact_integers(model, result, problem.integer[upper], low, high)
        return SolveResult(SolveStatus.OPTIMAL, values, result.bound)
