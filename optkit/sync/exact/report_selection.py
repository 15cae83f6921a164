"""The best report slots for drawing a series through them: a yardstick for Table I.

The squared error is a sum over the pieces between neighbouring reports, and what is kept
after the last one. PCHIP's slope at a report depends on the reports next to it, so a piece
depends on four reports, and the best ones are a shortest path over triples of neighbours:
O(T · longest gap³). A price λ for every report takes the place of counting them: the
reports found are the best among all with as many (no gap longer than allowed); which
counts occur depends on the convexity of the trade-off, and the nearest within the budget is
taken.

A cubic spline's slopes depend on all reports, and no such path is exact. Its reports are
sought with slopes of the parabola through three neighbours, which is what splines are near
to, and with PCHIP's, under several limits on gaps, since uneven gaps make splines
overshoot; whichever draws the best spline is taken, even spacing included.

:func:`error_bound` holds for either: whatever the reports, no piece has less error than
with the end slopes that suit it best (for PCHIP, within the range that keeps pieces
monotone), and for these the error is a sum over pairs of neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime.compiled import compiled
from optkit.sync.exact.pieces import least_errors, piece_errors, tail_errors
from optkit.sync.problem.reconstruction import Method, reconstruction_mse

PRICES = 40
"""Prices of a report that are tried at most."""

CLOSE = 1.001
"""Ratio of two prices between which no other is tried."""

LOWEST = 1e-10
"""The lowest price tried, of the highest."""

CHUNK = 1_000_000
"""Triples of gaps between two looks at the clock."""

PCHIP, PARABOLA = 0, 1
"""How slopes are made from the two pieces that meet."""


@dataclass(frozen=True, eq=False)
class BestReports:
    """Reports chosen for a series' reconstruction.

    Parameters
    ----------
    slots
        Their slots; slot 0 is known without.
    mse
        Mean squared error of the reconstruction, in percent².
    """

    slots: Ints
    mse: float


def best_reports(
    load: Floats,
    count: int,
    method: Method,
    longest_gap: int,
    tail: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> BestReports | None:
    """Return the reports that draw a series best, at most ``count`` of them.

    Parameters
    ----------
    load
        (T,), in percent.
    count
        How many reports there may be. More are returned only where the longest gap
        asks for more.
    method
        How the series is drawn.
    longest_gap
        Most slots from one report to the next, and from slot 0 to the first.
    tail
        Most slots after the last report.
    should_stop
        Asked now and then; true ends the search.

    Returns
    -------
    BestReports or None
        For PCHIP, the best of all that have as many reports; for the cubic spline, good
        ones. None if it was stopped.
    """
    if should_stop():
        return None
    gap = min(longest_gap, len(load) - 1)
    if gap < 1:
        return BestReports(
            np.empty(0, dtype=np.int64), reconstruction_mse(method, load, [])
        )
    found = []
    for rule, longest in _trials(method, gap, len(load) / (count + 1)):
        paths = _Paths(load, longest, rule, tail, should_stop)
        slots = _within(paths.cheapest, count, _most(load))
        if slots is None:
            return None
        found.append(BestReports(slots, reconstruction_mse(method, load, slots)))
    if method == "cubic":
        even = np.arange(1, count + 1) * len(load) // (count + 1)
        slots = np.unique(even[even > 0])
        knots = np.append(0, slots)
        if max(np.diff(knots), default=0) <= gap and len(load) - 1 - knots[-1] <= tail:
            found.append(BestReports(slots, reconstruction_mse(method, load, slots)))
    return min(found, key=lambda reports: reports.mse)


def _trials(method: Method, gap: int, mean: float) -> Iterator[tuple[int, int]]:
    """Yield rules for the slopes and longest gaps; more for splines, which overshoot."""
    if method == "pchip":
        yield PCHIP, gap
        return
    limits = {min(gap, math.ceil(mean) + more) for more in (1, 2, 4)}
    for longest in sorted(limits):
        yield PCHIP, longest
        yield PARABOLA, longest


def _within(
    path: Callable[[float], Ints | None], count: int, most: float
) -> Ints | None:
    """Return the best path of at most ``count`` reports that a price leads to."""
    best = path(0.0)
    if best is None or len(best) <= count:
        return best
    low, high = LOWEST * most, most
    best = path(high)
    if best is None:
        return None
    for _ in range(PRICES):
        if len(best) >= count or high < CLOSE * low:
            break
        price = math.sqrt(low * high)
        tried = path(price)
        if tried is None:
            return None
        if len(tried) <= count:
            high = price
            best = tried if len(tried) >= len(best) else best
        else:
            low = price
    return best


def _most(load: Floats) -> float:
    """Return a price that no report is worth: PCHIP stays within the loads' range."""
    return float(len(load) * (load.max() - load.min()) ** 2) + 1.0


def error_bound(
    load: Floats, count: int, method: Method, longest_gap: int | None = None
) -> float:
    """Return a lower bound on the mean squared error with at most ``count`` reports.

    Parameters
    ----------
    load
        (T,), in percent.
    count
        How many reports there may be, slot 0 not counted.
    method
        How the series is drawn.
    longest_gap
        Most slots from one report to the next where that is limited; None otherwise.

    Returns
    -------
    float
        In percent²: for every λ ≥ 0, the least of error + λ · reports, minus
        λ · ``count``, is a bound; the best of many λ is returned.
    """
    gap = len(load) - 1 if longest_gap is None else min(longest_gap, len(load) - 1)
    if gap < 1 or count < 1:
        return float(tail_errors(load)[0]) / len(load) if count < 1 else 0.0
    least = least_errors(load, piece_errors(load, gap), method == "pchip")
    after = tail_errors(load)
    best, high = 0.0, _most(load)
    low = LOWEST * high
    for _ in range(PRICES):
        if high < CLOSE * low:
            break
        price = math.sqrt(low * high)
        value, used = compiled(_pairs)(least, after, price)
        best = max(best, value - price * count)
        if used > count:
            low = price
        else:
            high = price
    return best * (1.0 - 1e-9) / len(load)


class _Paths:
    """Paths over reports, cheapest for one price of a report after another."""

    def __init__(
        self,
        load: Floats,
        longest: int,
        rule: int,
        tail: int,
        should_stop: Callable[[], bool],
    ) -> None:
        self.load, self.rule, self.tail = load, rule, tail
        self.sums, self.after = piece_errors(load, longest), tail_errors(load)
        # Every price writes the same entries before it reads them.
        self.cost = np.full((len(load), longest + 1, longest + 1), np.inf)
        self.origin = np.zeros(self.cost.shape, dtype=np.int16)
        self.should_stop = should_stop

    def cheapest(self, price: float) -> Ints | None:
        """Return the reports of least error and price; None if stopped."""
        from optkit.sync.exact import piece_kernels  # loads numba

        slots, gaps = self.sums.shape[:2]
        step = max(1, CHUNK // gaps**3)
        for first in range(0, slots, step):
            if self.should_stop():
                return None
            piece_kernels.extend(
                self.load,
                self.sums,
                price,
                self.rule,
                self.cost,
                self.origin,
                first,
                min(first + step, slots),
            )
        here, second, third = piece_kernels.end(
            self.load, self.sums, self.after, self.rule, self.cost, self.tail
        )
        found = []
        while here > 0:
            found.append(here)
            origin = int(self.origin[here, second, third])
            here, second, third = here - second, third, origin
        return np.array(found[::-1], dtype=np.int64)
