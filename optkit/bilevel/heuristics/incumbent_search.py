"""Look for incumbents in a share of a run's time, whatever the exact method is.

Every decision is evaluated: the follower is solved, then the leader's best point among the
follower's optima becomes the incumbent. So no heuristic can report a point that is not
bilevel feasible.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from optkit.bilevel.heuristics.neighbours import Neighbours
from optkit.bilevel.heuristics.proposals import Proposals
from optkit.bilevel.heuristics.repair import Repair
from optkit.bilevel.problem.evaluation import Evaluator
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

WEIGHTS = (0.0, 0.5, 1.0, 0.1, 0.9, 0.25, 0.75)
"""The follower's weights in the objectives of proposals, in this order."""

NOISE = (0.3, 1.7)
"""Factors of the costs in proposals after the first ones."""

MOST_FAILURES = 10
"""Proposals in a row without a point after which no more are made."""

LONGEST_DESCENT = 20
"""Most decisions that are evaluated from one proposal on."""

EARLY_PROPOSAL_SECONDS, PROPOSAL_SECONDS = 1.0, 0.2
"""Time for one proposal, which need not be optimal, in the beginning and later."""

EARLY_SECONDS = 1.0
"""Processor time up to which steps are counted, not timed. So short runs always go the same
way, however busy the machine is."""

EARLY_STEPS = 4
"""Steps per call until then, after the first call and up to the first incumbent."""

SHARE, SHARE_WITHOUT_INCUMBENT = 0.1, 0.5
"""Parts of a run's processor time from then on, with and without an incumbent."""

NEAR_STEP = 0.1
"""Turns that a step around the incumbent counts for; a solve of a relaxation is one."""


class IncumbentSearch:
    """Heuristics that go on where they stopped, whenever the method lets them.

    Parameters
    ----------
    evaluator
        Evaluates decisions, and reports.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._began, self._spent = time.thread_time(), 0.0
        self._proposal_seconds = PROPOSAL_SECONDS
        self._deadline = Deadline(0.0)
        self._far, self._near = _Search(1.0, self._descents()), _Search(NEAR_STEP)
        self._calls = 0
        self._searched: Floats | None = None
        self._broken: list[Floats] = []

    def improve(self) -> None:
        """Search for a share of the time that the run has taken so far.

        The share is larger while there is no incumbent. In the beginning, the search ends
        with the first incumbent.
        """
        evaluator = self._evaluator
        found = evaluator.run.objective is not None
        elapsed = time.thread_time() - self._began
        self._calls += 1
        if elapsed < EARLY_SECONDS:
            if self._calls > 1 and not found:
                self.search(evaluator.deadline(), EARLY_STEPS)
            return
        share = SHARE if found else SHARE_WITHOUT_INCUMBENT
        seconds = share * elapsed - self._spent
        if seconds > evaluator.follower.slowest_seconds:
            self.search(evaluator.deadline(seconds))

    def search(self, deadline: Deadline, steps: int | None = None) -> None:
        """Search until the deadline, or until no heuristic finds more.

        Parameters
        ----------
        deadline
            Ends the search.
        steps
            Most steps; None for any number.
        """
        began = time.thread_time()
        self._deadline = deadline
        early = steps is not None
        self._proposal_seconds = EARLY_PROPOSAL_SECONDS if early else PROPOSAL_SECONDS
        for _ in itertools.count() if steps is None else range(steps):
            if deadline() or not self._step():
                break
        self._spent += time.thread_time() - began

    def _step(self) -> bool:
        """Take one step of the heuristic whose turn it is; return False if none has any."""
        if not self._near.steps:
            self._near.steps = self._next_near()
        active = [search for search in (self._far, self._near) if search.steps]
        if not active:
            return False
        min(active, key=lambda search: search.turns).advance()
        return True

    def _next_near(self) -> Iterator[None] | None:
        """Return the search around the incumbent, or around what is to be repaired."""
        evaluator = self._evaluator
        if evaluator.best is not None:
            if evaluator.best is self._searched:
                return None
            return self._around_incumbent()
        if not self._broken:
            return None
        return Repair(evaluator).steps(self._broken.pop())

    def _around_incumbent(self) -> Iterator[None]:
        yield from self._neighbours.steps()
        yield from self._neighbours.steps(jumps=True)
        self._searched = self._evaluator.best

    @cached_property
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._evaluator)

    def _proposal_deadline(self) -> Deadline:
        seconds = min(self._proposal_seconds, self._deadline.remaining)
        return Deadline(seconds, self._deadline)

    def _descents(self) -> Iterator[None]:
        """Descend from a proposal for each weight, then for random ones, with noise."""
        proposals, rng = Proposals(self._evaluator), self._evaluator.run.rng("descents")
        columns, failures = self._evaluator.problem.columns, 0
        for weight in itertools.chain(WEIGHTS, iter(rng.random, None)):
            factors = np.ones(columns)
            if weight not in WEIGHTS:
                factors = rng.uniform(*NOISE, columns)
            point = proposals.best(weight, self._proposal_deadline(), factors=factors)
            yield
            if point is not None:
                yield from self._descend(proposals, point)
            failures = 0 if point is not None else failures + 1
            if failures > MOST_FAILURES:
                return

    def _descend(self, proposals: Proposals, point: Floats) -> Iterator[None]:
        """Evaluate a decision, then the leader's best one with no larger follower's value.

        With each decision the follower's optimum becomes the limit for the next one. The
        descent ends where the limit is met: such a point is bilevel feasible.
        """
        evaluator = self._evaluator
        for _ in range(LONGEST_DESCENT):
            decision = evaluator.decision(point)
            if evaluator.is_evaluated(decision):
                return
            response = evaluator.evaluate(decision)
            yield
            if response.values is None:
                return
            if evaluator.best is None:
                self._broken.append(decision)
            next_point = proposals.best(
                0.0, self._proposal_deadline(), most=response.value
            )
            if next_point is None:
                return
            point = next_point


class _Search:
    """One heuristic, with the turns that it has had.

    Parameters
    ----------
    step
        Turns that one step counts for.
    steps
        Its steps, with a pause after each; None if there is nothing to do.
    """

    def __init__(self, step: float, steps: Iterator[None] | None = None) -> None:
        self._step = step
        self.steps = steps
        self.turns = 0.0

    def advance(self) -> None:
        """Take one step."""
        assert self.steps is not None
        if next(self.steps, self) is self:
            self.steps = None
        self.turns += self._step
