"""The relaxation of the pessimistic program: the optimistic one, with no-good cuts."""

from __future__ import annotations

from optkit.backends.incremental import SolveResult
from optkit.bilevel.exact.high_point import HighPointRelaxation
from optkit.bilevel.problem.follower import Response
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline


class PessimisticRelaxation:
    """The optimistic relaxation, from which evaluated decisions are excluded.

    A follower that takes the worst of its optima is never better for the leader than one
    that takes the best. So the optimistic relaxation bounds the pessimistic program. But
    its value at a decision may be better than the pessimistic one, so that its cuts alone
    would not end.

    Parameters
    ----------
    relaxation
        The relaxation of the optimistic program.
    """

    def __init__(self, relaxation: HighPointRelaxation) -> None:
        self._relaxation = relaxation

    def solve(self, deadline: Deadline, start: Floats | None = None) -> SolveResult:
        """Solve it; its points have the shape (columns of the problem,)."""
        return self._relaxation.solve(deadline, start)

    def cut(self, decision: Floats, response: Response) -> None:
        """Add the cut that follows from a response, and exclude the decision."""
        if response.values is not None:
            self._relaxation.add_value_function_cut(response.values, response.value)
        self.exclude(decision)

    def exclude(self, decision: Floats) -> None:
        """Cut off one assignment of the linking columns."""
        self._relaxation.exclude(decision)
