"""Where the leader's choices are cheapest if the follower keeps to a threshold rule.

Were next to nothing granted to the follower for rounding, the bound of a small triangle of
multipliers would be about what the best choice there is worth. Triangles are cut best
first by that figure, which is no bound for the instance; in the middle of the lowest,
choices are looked for that the follower answers just so.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.run import Run
from optkit.discovery.bounds.multiplier_triangles import (
    Scope,
    halves,
    simplex,
    follower_terms,
)
from optkit.discovery.bounds.triangle_bound import ROWS, raise_prices
from optkit.discovery.exact.unique_response import threshold_choice
from optkit.discovery.problem.evaluation import Choice
from optkit.discovery.problem.problem_data import ProblemData

SHARE = 1e-3
"""Of what is granted for rounding, how much is here."""

STEPS = 60
"""Steps along subgradients in a triangle."""

SMALL = 1e-6
"""Size of a triangle, relative to the whole, that is not cut any more."""

TRIES: tuple[tuple[float, float | None], ...] = (
    (0.05, None),
    (0.01, None),
    (0.003, 0.01),
    (0.0, 0.01),
    (0.0, 0.003),
)
"""Margins and widths for :func:`threshold_choice`."""


class ThresholdSearch:
    """A search for the leader's best multipliers in one scope.

    Parameters
    ----------
    problem, index
        The instance, and which scope.
    scope
        The same scope, as links.
    """

    def __init__(self, problem: ProblemData, index: int, scope: Scope) -> None:
        self._problem, self._index, self._scope = problem, index, scope
        self._count = 0
        self._heap: list[tuple[float, int, Floats, Floats]] = []
        self._tried: set[bytes] = set()

    def choices(self, run: Run, cells: int, value: float) -> Iterator[Choice]:
        """Yield choices in the middle of the lowest triangle after cutting some more.

        Parameters
        ----------
        run
            Says when to stop.
        cells
            Triangles to look at.
        value
            What choices should be better than.
        """
        if not self._heap:
            self._push(simplex(self._scope), np.zeros(ROWS), value, 5 * STEPS)
        until = self._count + cells
        while self._count < until and not run.should_stop():
            _, _, cell, prices = self._heap[0]
            if np.ptp(cell * self._scope.unit, axis=0).max() < SMALL:
                break
            heapq.heappop(self._heap)
            for half in halves(self._scope, cell):
                self._push(half, prices, value, STEPS)
        middle = self._heap[0][2].mean(axis=0)
        if middle.tobytes() in self._tried or self._heap[0][0] >= value:
            return
        self._tried.add(middle.tobytes())
        for margin, width in TRIES:
            if run.should_stop():
                return
            found = threshold_choice(
                self._problem, self._index, self._scope, middle, margin, width
            )
            if found is not None:
                yield found

    def _push(self, cell: Floats, prices: Floats, value: float, steps: int) -> None:
        scope = self._scope
        terms = follower_terms(scope, cell)
        strict = replace(
            terms,
            regret=terms.regret / SHARE,
            agent_price=terms.agent_price / SHARE,
            self_price=terms.self_price / SHARE,
            self_more=terms.self_more * SHARE,
        )
        target = min(value, scope.ceiling) - scope.base
        worth, found, _ = raise_prices(scope.links, strict, prices, target, steps)
        self._count += 1
        heapq.heappush(self._heap, (worth + scope.base, self._count, cell, found))
