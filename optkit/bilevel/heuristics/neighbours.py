"""Local search around the incumbent: decisions that differ in one linking column or two."""

from __future__ import annotations

from collections.abc import Iterator

from optkit.backends.incremental import SolveStatus
from optkit.bilevel.heuristics.moves import decisions_around
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.bilevel.problem.models import high_point_model
from optkit.core.arrays import Floats


class Neighbours:
    """Local search over the linking columns, one evaluation per step.

    Source: local branching of Fischetti and Lodi, Math. Program. 98 (2003), with
    neighbourhoods that are small enough to be enumerated.

    Parameters
    ----------
    evaluator
        Has the incumbent, and evaluates its neighbours.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._problem, self._evaluator = evaluator.problem, evaluator
        self._relaxed = high_point_model(evaluator.problem, relaxed=True)
        self._rng = evaluator.run.rng("neighbours")

    def steps(self, *, jumps: bool = False) -> Iterator[None]:
        """Evaluate neighbours of the incumbent until none is better; pause after each.

        Parameters
        ----------
        jumps
            As :func:`decisions_around` takes it.
        """
        evaluator = self._evaluator
        base = evaluator.best
        while base is not None:
            centre = evaluator.decision(base)
            for decision in self._decisions(centre, jumps):
                if not evaluator.is_evaluated(decision) and self._is_worth(decision):
                    evaluator.evaluate(decision)
                yield
                if evaluator.best is not base:
                    break
            else:
                return
            base = evaluator.best

    def _decisions(self, centre: Floats, jumps: bool) -> Iterator[Floats]:
        return decisions_around(self._problem, centre, self._rng, jumps=jumps)

    def _is_worth(self, decision: Floats) -> bool:
        """Say whether the linear relaxation leaves room for a better point there."""
        problem, model = self._problem, self._relaxed
        columns = problem.linking
        values = decision[problem.linking_positions]
        model.set_column_bounds(columns, values, values)
        try:
            result = model.solve(self._evaluator.deadline())
        finally:
            model.set_column_bounds(
                columns, problem.column_lower[columns], problem.column_upper[columns]
            )
        if result.status is SolveStatus.INFEASIBLE:
            return False
        if result.status is not SolveStatus.OPTIMAL or result.bound is None:
            return True
        return not self._evaluator.ruled_out(result.bound + problem.offset)
