"""The only door from an engine to its problem: counts, limits, incumbent.

Every engine evaluates through an :class:`Evaluator` and nowhere else. So an evaluation
means the same for all of them, one solution scored, as a whole or by increments, and
equal budgets can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from optkit.search.columns import Bits
from optkit.search.problem import BinaryProblem, Flips, Score, Walk


class Ended(StrEnum):
    """Why a search ended."""

    CONVERGED = "converged"
    """By its own rule."""
    EVALUATIONS = "evaluations"
    """All evaluations are spent."""
    ITERATIONS = "iterations"
    """All iterations are done."""
    STOPPED = "stopped"
    """The stop callback said so."""


def _never() -> bool:
    return False


def _nobody(score: Score, bits: Bits) -> None:
    pass


@dataclass(frozen=True)
class Control:
    """What holds for a search from outside.

    Parameters
    ----------
    evaluations
        Solutions that may be evaluated; None for no limit.
    iterations
        Iterations that may be done; None for no limit. What one is, each engine says.
    stop
        Asked before each evaluation and each iteration; true ends the search.
    incumbent
        Told each feasible solution that is better than all before; the bits are the
        callee's to keep.
    """

    evaluations: int | None = None
    iterations: int | None = None
    stop: Callable[[], bool] = _never
    incumbent: Callable[[Score, Bits], None] = _nobody


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found.

    Parameters
    ----------
    bits, score
        The best solution and what it is worth; None if nothing was evaluated. It is
        infeasible only if nothing feasible was met.
    ended
        Why the search ended.
    evaluations, iterations
        Work done.
    """

    bits: Bits | None
    score: Score | None
    ended: Ended
    evaluations: int
    iterations: int


class _Exhausted(Exception):  # noqa: N818 (no error: it ends a search)
    def __init__(self, ended: Ended) -> None:
        super().__init__(ended)
        self.ended = ended


class Evaluator:
    """Evaluates, counts, keeps the best, and ends the search when its time has come.

    Parameters
    ----------
    problem
        The problem.
    control
        Limits and callbacks.
    """

    def __init__(self, problem: BinaryProblem, control: Control) -> None:
        self.problem = problem
        self.evaluations = 0
        self.iterations = 0
        self.best: Score | None = None
        self._bits: Bits | None = None
        self._control = control

    def conduct(self, search: Callable[[Evaluator], None]) -> Found:
        """Run ``search`` until it returns or a limit ends it."""
        try:
            search(self)
            ended = Ended.CONVERGED
        except _Exhausted as exhausted:
            ended = exhausted.ended
        return Found(self._bits, self.best, ended, self.evaluations, self.iterations)

    def left(self) -> int | None:
        """Return how many more evaluations are allowed; None for no limit."""
        most = self._control.evaluations
        return None if most is None else most - self.evaluations

    def iterations_left(self) -> int | None:
        """Return how many more iterations are allowed; None for no limit."""
        most = self._control.iterations
        return None if most is None else most - self.iterations

    def iterate(self) -> None:
        """Begin an iteration."""
        if self.iterations_left() == 0:
            raise _Exhausted(Ended.ITERATIONS)
        self.poll()
        self.iterations += 1

    def poll(self) -> None:
        """End the search if the stop callback says so."""
        if self._control.stop():
            raise _Exhausted(Ended.STOPPED)

    def best_bits(self) -> Bits:
        """Return the best solution so far; something must have been evaluated."""
        assert self._bits is not None, "nothing was evaluated"
        return self._bits

    def evaluate(self, bits: Bits) -> Score:
        """Evaluate a solution as a whole."""
        self._admit()
        score = self.problem.evaluate(bits)
        self._book(score, bits)
        return score

    def walk(self, bits: Bits) -> CountedWalk:
        """Return a walk that stands at ``bits``; this evaluates it."""
        self._admit()
        walk = self.problem.walk(bits)
        self._book(walk.score, walk.bits)
        return CountedWalk(self, walk)

    def trial(self, walk: Walk, flips: Flips) -> Score:
        """Evaluate a neighbour of where ``walk`` stands."""
        self._admit()
        score = walk.trial(flips)
        if self.best is None or score.better_than(self.best):
            bits = walk.bits.copy()
            bits[list(flips)] ^= True
            self._book(score, bits)
        else:
            self.evaluations += 1
        return score

    def _admit(self) -> None:
        most = self._control.evaluations
        if most is not None and self.evaluations >= most:
            raise _Exhausted(Ended.EVALUATIONS)
        if self._control.stop():
            raise _Exhausted(Ended.STOPPED)

    def _book(self, score: Score, bits: Bits) -> None:
        self.evaluations += 1
        if self.best is not None and not score.better_than(self.best):
            return
        # The callee may keep what it is told, and a walk goes on changing its bits.
        self.best, self._bits = score, bits.copy()
        if score.feasible:
            self._control.incumbent(score, bits.copy())


class CountedWalk:
    """A walk whose trials go through an evaluator.

    Parameters
    ----------
    evaluator
        The evaluator.
    walk
        The problem's walk.
    """

    def __init__(self, evaluator: Evaluator, walk: Walk) -> None:
        self._evaluator = evaluator
        self._walk = walk

    @property
    def bits(self) -> Bits:
        """The solution; read only."""
        return self._walk.bits

    @property
    def score(self) -> Score:
        """What it is worth."""
        return self._walk.score

    def trial(self, flips: Flips) -> Score:
        """Evaluate a neighbour; counted."""
        return self._evaluator.trial(self._walk, flips)

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to a neighbour that was tried; not counted again."""
        self._walk.apply(flips, score)
