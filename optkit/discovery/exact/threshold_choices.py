"""Search for multipliers where the leader's choices are cheap under a threshold rule.

If next to nothing were granted to the follower for rounding, the bound of a small triangle
of multipliers would be about the value of the best choice there. Triangles are cut best
first by that value, which is no bound for the instance. In the middle of the lowest
triangle, the search looks for choices to which the follower responds by the threshold rule.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Floats
from optkit.discovery.bounds.follower_terms import follower_terms
from optkit.discovery.bounds.multiplier_triangles import (
    SingleAgentScope,
    halves,
    simplex,
)
from optkit.discovery.bounds.triangle_bound import ROWS, raise_prices
from optkit.discovery.exact.unique_response import threshold_choice
from optkit.discovery.problem.evaluation import Choice
from optkit.discovery.problem.problem_data import ProblemData

GRANTED_SHARE = 1e-3
"""Share of what a bound grants for rounding that is granted here."""

STEPS = 40
"""Most steps that raise prices in a triangle."""

SMALLEST = 1e-6
"""Size of a triangle, relative to the whole, below which it is not cut any more."""

ATTEMPTS: tuple[tuple[float, float | None], ...] = (
    (0.05, None),
    (0.01, None),
    (0.003, 0.01),
    (0.0, 0.01),
    (0.0, 0.003),
    (0.0, 0.03),
    (0.0, 0.1),
    (0.0, 0.3),
)
"""Margins and widths for :func:`threshold_choice`."""


class ThresholdSearch:
    """A search for the leader's best multipliers in one scope.

    Parameters
    ----------
    problem, index
        The instance, and the number of the scope.
    scope
        The same scope, as links.
    """

    def __init__(
        self, problem: ProblemData, index: int, scope: SingleAgentScope
    ) -> None:
        self._problem, self._index, self._scope = problem, index, scope
        self._count = 0
        self._heap: list[tuple[float, int, Floats, Floats]] = []
        self._tried: set[bytes] = set()

    def choices(
        self, should_stop: Callable[[], bool], triangles: int, value: float
    ) -> Iterator[Choice]:
        """Cut some more triangles; yield choices in the middle of the lowest.

        Parameters
        ----------
        should_stop
            Says when to stop.
        triangles
            Number of triangles to evaluate.
        value
            The value that choices should improve on.
        """
        if not self._heap:
            self._push(simplex(self._scope), np.zeros(ROWS), value, 5 * STEPS)
        limit = self._count + triangles
        while self._count < limit and not should_stop():
            _, _, triangle, prices = self._heap[0]
            if np.ptp(triangle * self._scope.magnitudes, axis=0).max() < SMALLEST:
                break
            heapq.heappop(self._heap)
            for half in halves(self._scope, triangle):
                self._push(half, prices, value, STEPS)
        middle = self._heap[0][2].mean(axis=0)
        if middle.tobytes() in self._tried or self._heap[0][0] >= value:
            return
        self._tried.add(middle.tobytes())
        for margin, width in ATTEMPTS:
            if should_stop():
                return
            choice = threshold_choice(
                self._problem, self._index, self._scope, middle, margin, width
            )
            if choice is not None:
                yield choice

    def _push(self, triangle: Floats, prices: Floats, value: float, steps: int) -> None:
        scope = self._scope
        terms = follower_terms(scope, triangle)
        strict = replace(
            terms,
            regret=terms.regret / GRANTED_SHARE,
            agent_price=terms.agent_price / GRANTED_SHARE,
            self_price=terms.self_price / GRANTED_SHARE,
            fractional=replace(
                terms.fractional, room=terms.fractional.room * GRANTED_SHARE
            ),
        )
        target = min(value, scope.ceiling) - scope.base
        priced = raise_prices(scope.links, strict, prices, target, steps)
        self._count += 1
        heapq.heappush(
            self._heap,
            (priced.bound + scope.base, self._count, triangle, priced.prices),
        )
