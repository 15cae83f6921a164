"""The only way from an engine to its problem: counts, limits, best solution.

Every engine evaluates through an :class:`Evaluator` and nowhere else. So an evaluation
means the same for all of them: one solution scored, as a whole or by increments. That makes
equal budgets comparable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from optkit.search.columns import Bits
from optkit.search.problem import BinaryProblem, Flips, Score, Walk


class StopReason(StrEnum):
    """Why a search ended."""

    CONVERGED = "converged"
    """By its own rule."""
    EVALUATIONS = "evaluations"
    """All evaluations are used."""
    ITERATIONS = "iterations"
    """All iterations are done."""
    STOPPED = "stopped"
    """The callback ``should_stop`` returned true."""


def _never() -> bool:
    return False


def _ignore(score: Score, bits: Bits) -> None:
    pass


@dataclass(frozen=True)
class Control:
    """Limits and callbacks of a search.

    Parameters
    ----------
    evaluations
        Solutions that may be evaluated; None for no limit.
    iterations
        Iterations that may be done; None for no limit. Each engine says what an iteration
        is.
    should_stop
        Called before each evaluation and each iteration; true ends the search.
    on_incumbent
        Called with each feasible solution that is better than all before; it may keep
        the bits.
    """

    evaluations: int | None = None
    iterations: int | None = None
    should_stop: Callable[[], bool] = _never
    on_incumbent: Callable[[Score, Bits], None] = _ignore


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The result of a search.

    Parameters
    ----------
    bits, score
        The best solution and its score; None if nothing was evaluated. It is infeasible
        only if no feasible solution was met.
    stop_reason
        Why the search ended.
    evaluations, iterations
        Work done.
    """

    bits: Bits | None
    score: Score | None
    stop_reason: StopReason
    evaluations: int
    iterations: int


class _Stopped(Exception):  # noqa: N818 (no error: it ends a search)
    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Evaluator:
    """Evaluate solutions, count, keep the best, and end the search at its limits.

    Parameters
    ----------
    problem
        The problem.
    control
        Limits and callbacks.
    """

    def __init__(self, problem: BinaryProblem, control: Control) -> None:
        self.problem = problem
        self.evaluations_done = 0
        self.iterations_done = 0
        self.best: Score | None = None
        self._bits: Bits | None = None
        self._control = control

    def run(self, search: Callable[[Evaluator], None]) -> SearchResult:
        """Run ``search`` until it returns or a limit ends it."""
        try:
            search(self)
            reason = StopReason.CONVERGED
        except _Stopped as stopped:
            reason = stopped.reason
        return SearchResult(
            self._bits, self.best, reason, self.evaluations_done, self.iterations_done
        )

    def evaluations_left(self) -> int | None:
        """Return how many more evaluations are allowed; None for no limit."""
        limit = self._control.evaluations
        return None if limit is None else limit - self.evaluations_done

    def iterations_left(self) -> int | None:
        """Return how many more iterations are allowed; None for no limit."""
        limit = self._control.iterations
        return None if limit is None else limit - self.iterations_done

    def iterations(self, idle_limit: int) -> Iterator[int]:
        """Begin iterations, until so many in a row have not improved the best solution.

        Yields
        ------
        int
            Number of the iteration, from 0.
        """
        number = idle = 0
        while idle < idle_limit:
            self.begin_iteration()
            before = self.best
            yield number
            number += 1
            idle = 0 if self.best is not before else idle + 1

    def begin_iteration(self) -> None:
        """Begin an iteration; end the search if no more are allowed."""
        if self.iterations_left() == 0:
            raise _Stopped(StopReason.ITERATIONS)
        self.check_stop()
        self.iterations_done += 1

    def check_stop(self) -> None:
        """End the search if the callback ``should_stop`` says so."""
        if self._control.should_stop():
            raise _Stopped(StopReason.STOPPED)

    def best_bits(self) -> Bits:
        """Return the best solution so far; something must have been evaluated."""
        assert self._bits is not None, "nothing was evaluated"
        return self._bits

    def evaluate(self, bits: Bits) -> Score:
        """Evaluate a solution as a whole."""
        self._check_limits()
        score = self.problem.evaluate(bits)
        self._record(score, bits)
        return score

    def walk(self, bits: Bits) -> CountedWalk:
        """Return a walk that stands at ``bits``; this evaluates ``bits``."""
        self._check_limits()
        walk = self.problem.walk(bits)
        self._record(walk.score, walk.bits)
        return CountedWalk(self, walk)

    def trial(self, walk: Walk, flips: Flips) -> Score:
        """Evaluate a neighbour of where ``walk`` stands."""
        self._check_limits()
        score = walk.trial(flips)
        if self.best is None or score.better_than(self.best):
            bits = walk.bits.copy()
            bits[list(flips)] ^= True
            self._record(score, bits)
        else:
            self.evaluations_done += 1
        return score

    def _check_limits(self) -> None:
        limit = self._control.evaluations
        if limit is not None and self.evaluations_done >= limit:
            raise _Stopped(StopReason.EVALUATIONS)
        self.check_stop()

    def _record(self, score: Score, bits: Bits) -> None:
        self.evaluations_done += 1
        if self.best is not None and not score.better_than(self.best):
            return
        # The callback may keep the bits it gets, and a walk goes on changing its own.
        self.best, self._bits = score, bits.copy()
        if score.feasible:
            self._control.on_incumbent(score, bits.copy())


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
        """The current solution; read only."""
        return self._walk.bits

    @property
    def score(self) -> Score:
        """Score of the current solution."""
        return self._walk.score

    def trial(self, flips: Flips) -> Score:
        """Evaluate a neighbour; counted."""
        return self._evaluator.trial(self._walk, flips)

    def apply(self, flips: Flips, score: Score) -> None:
        """Go to a neighbour that was tried; not counted again."""
        self._walk.apply(flips, score)
