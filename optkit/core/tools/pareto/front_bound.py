"""What is proven of a front: the region in which there is no solution.

Two kinds of facts bound a front of two aims that are minimised. A bound under weights says
that w1 · first + w2 · second is at least b for every solution. Corners say that every
solution is, in both aims, at least as large as one of them. Both hold at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.tools.pareto.point_sets import nondominated

LEVELS = 400
"""Values of the second aim at which bounds under weights are evaluated."""

WeightedBound = tuple[float, float, float]
"""Weights of both aims, and the least weighted sum of any solution."""


@dataclass(frozen=True, eq=False)
class FrontBound:
    """Bounds on every solution.

    Parameters
    ----------
    weighted
        Bounds under weights that are not negative.
    corners
        Shape (n, 2); None where nothing of that kind is known.
    """

    weighted: Sequence[WeightedBound] = ()
    corners: Floats | None = None

    def least_first(self, limits: Floats, *, below: bool = False) -> Floats:
        """Return a lower bound on the first aim where the second is limited.

        Parameters
        ----------
        limits
            Largest values of the second aim, shape (m,).
        below
            Whether the second aim is less than its limit, and not equal to it.

        Returns
        -------
        Floats
            Shape (m,). Infinite where no solution keeps the limit, minus infinity where
            nothing is known.
        """
        least = np.full(len(limits), -np.inf)
        for first, second, bound in self.weighted:
            if first > 0.0:
                rest = second * limits if second > 0.0 else 0.0
                least = np.maximum(least, (bound - rest) / first)
            elif second > 0.0:
                least = np.where(second * limits < bound, np.inf, least)
        if self.corners is not None and len(self.corners):
            corners = self.corners[np.argsort(self.corners[:, 1], kind="stable")]
            running = np.append(np.inf, np.minimum.accumulate(corners[:, 0]))
            within = np.searchsorted(
                corners[:, 1], limits, side="left" if below else "right"
            )
            least = np.maximum(least, running[within])
        return least

    def staircase(self, found: Floats) -> Floats:
        """Return corners of which every solution is as large as one, as far as is known.

        Parameters
        ----------
        found
            Points that were found, shape (n, 2), not empty.

        Returns
        -------
        Floats
            Shape (m, 2), sorted by the first aim; none where nothing is known.
        """
        top, bottom = float(found[:, 1].max()), self._least_second()
        anywhere = self.least_first(np.array([np.inf]))
        if bottom == -np.inf or anywhere[0] == -np.inf:
            return np.zeros((0, 2))
        bottom = min(bottom, float(found[:, 1].min()))
        levels: list[Floats] = [found[:, 1], np.linspace(bottom, top, LEVELS)]
        if self.corners is not None:
            levels.append(self.corners[:, 1])
        heights: Floats = np.unique(np.concatenate(levels))[::-1]
        heights = heights[(heights <= top) & (heights >= bottom)]
        # From one level up to the next, the first aim is bounded as below that one. What is
        # as high as the highest found point, or higher, is bounded as everything is.
        first = np.append(anywhere, self.least_first(heights[:-1], below=True))
        first = np.maximum.accumulate(first)
        possible = first < np.inf
        stairs = np.column_stack([first[possible], heights[possible]])
        corners: Floats = stairs[nondominated(stairs)]
        return corners

    def _least_second(self) -> float:
        """Return a lower bound on the second aim; minus infinity where none is known."""
        known = [
            bound / second
            for first, second, bound in self.weighted
            if first == 0.0 < second
        ]
        if self.corners is not None and len(self.corners):
            known.append(float(self.corners[:, 1].min()))
        return max(known, default=-np.inf)

    def gap(self, found: Floats) -> float | None:
        """Return how much better than the found points a solution may be.

        For every solution, some found point is at most this share of its own values worse
        in each aim. None where too little is known.

        Parameters
        ----------
        found
            Points that were found, shape (n, 2), not empty.
        """
        stairs = self.staircase(found)
        if not len(stairs):
            return None
        size = np.where(found == 0.0, 1.0, np.abs(found))
        worst = 0.0
        for corner in stairs:
            shares = np.max((found - corner) / size, axis=1)
            worst = max(worst, float(shares.min()))
        return worst
