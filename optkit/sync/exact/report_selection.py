"""The best report slots for redrawing a series: a yardstick for Table I.

The squared error is a sum over the pieces between neighbouring reports, plus the tail after
the last one, where its value is kept. PCHIP's slope at a report depends on the reports next
to it, so a piece depends on four reports, and the best reports are a shortest path over
triples of neighbours: O(T · longest gap³). A price λ per report replaces counting them: the
reports of a path are the best of their number (no gap longer than allowed). Which numbers
occur depends on the convexity of the trade-off; the one nearest to the budget from below is
taken.

The slopes of a cubic spline depend on all reports, so no such path is exact. Its reports
are sought with the slopes of the parabola through three neighbours, which splines come
close to, and with PCHIP's, under several limits on gaps, since uneven gaps make splines
overshoot. Of these, and of even spacing, the reports with the best spline are taken.

:func:`error_bound` holds for both curves: no piece has less error than with the end slopes
that suit it best (for PCHIP, within the range that keeps pieces monotone), and with these
the error is a sum over pairs of neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.piece_kernels import (
    cheapest_pairs,
    end_triples,
    extend_triples,
)
from optkit.sync.exact.pieces import least_errors, piece_errors, tail_errors
from optkit.sync.problem.reconstruction import Method, reconstruction_mse

MAX_PRICES = 40
"""Most prices of a report that are tried."""

CLOSE = 1.001
"""Ratio of two prices below which no price between them is tried."""

LOWEST = 1e-10
"""The lowest price tried, as a share of the highest."""

CHUNK = 1_000_000
"""Triples of gaps between two calls of ``should_stop``."""

PCHIP, PARABOLA = 0, 1
"""Rules for the slope at a report, from the two pieces that meet there."""


@dataclass(frozen=True, eq=False)
class BestReports:
    """Reports chosen for the reconstruction of a series.

    Parameters
    ----------
    slots
        Their slots; slot 0 is known without a report.
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
    """Return the reports from which a series is redrawn best, at most ``count`` of them.

    Parameters
    ----------
    load
        (T,), in percent.
    count
        Most reports. More are returned only where the longest gap demands it.
    method
        The curve.
    longest_gap
        Most slots from one report to the next, and from slot 0 to the first.
    tail
        Most slots after the last report.
    should_stop
        Asked now and then; True ends the search.

    Returns
    -------
    BestReports or None
        For PCHIP, the best reports of their number; for the cubic spline, good ones. None
        if the search was stopped.
    """
    if should_stop():
        return None
    gap = min(longest_gap, len(load) - 1)
    if gap < 1:
        return BestReports(
            np.empty(0, dtype=np.int64), reconstruction_mse(method, load, [])
        )
    candidates = []
    for rule, longest in _trials(method, gap, len(load) / (count + 1)):
        paths = _Paths(load, longest, rule, tail, should_stop)
        slots = _cheapest_within(paths.cheapest, count, _prohibitive(load))
        if slots is None:
            return None
        candidates.append(BestReports(slots, reconstruction_mse(method, load, slots)))
    if method == "cubic":
        even = np.arange(1, count + 1) * len(load) // (count + 1)
        slots = np.unique(even[even > 0])
        knots = np.append(0, slots)
        if max(np.diff(knots), default=0) <= gap and len(load) - 1 - knots[-1] <= tail:
            mse = reconstruction_mse(method, load, slots)
            candidates.append(BestReports(slots, mse))
    return min(candidates, key=lambda reports: reports.mse)


def _trials(method: Method, gap: int, mean: float) -> Iterator[tuple[int, int]]:
    """Yield rules for the slopes, each with a longest gap.

    There are several for splines, which overshoot where gaps are uneven.
    """
    if method == "pchip":
        yield PCHIP, gap
        return
    limits = {min(gap, math.ceil(mean) + extra) for extra in (1, 2, 4)}
    for longest in sorted(limits):
        yield PCHIP, longest
        yield PARABOLA, longest


def _cheapest_within(
    path: Callable[[float], Ints | None], count: int, prohibitive: float
) -> Ints | None:
    """Return the longest cheapest path of at most ``count`` reports, over prices."""
    best = path(0.0)
    if best is None or len(best) <= count:
        return best
    low, high = LOWEST * prohibitive, prohibitive
    best = path(high)
    if best is None:
        return None
    for _ in range(MAX_PRICES):
        if len(best) >= count or high < CLOSE * low:
            break
        price = math.sqrt(low * high)
        reports = path(price)
        if reports is None:
            return None
        if len(reports) <= count:
            high = price
            best = reports if len(reports) >= len(best) else best
        else:
            low = price
    return best


def _prohibitive(load: Floats) -> float:
    """Return a price that no report is worth: PCHIP stays within the range of the load."""
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
        Most reports, slot 0 not counted.
    method
        The curve.
    longest_gap
        Most slots from one report to the next; None for no limit.

    Returns
    -------
    float
        In percent². For every λ ≥ 0, the least of error + λ · reports, minus
        λ · ``count``, is a bound; the best over many λ is returned.
    """
    gap = len(load) - 1 if longest_gap is None else min(longest_gap, len(load) - 1)
    if gap < 1 or count < 1:
        return float(tail_errors(load)[0]) / len(load) if count < 1 else 0.0
    least = least_errors(load, piece_errors(load, gap), method == "pchip")
    after = tail_errors(load)
    best, high = 0.0, _prohibitive(load)
    low = LOWEST * high
    for _ in range(MAX_PRICES):
        if high < CLOSE * low:
            break
        price = math.sqrt(low * high)
        value, used = cheapest_pairs(least, after, price)
        best = max(best, value - price * count)
        if used > count:
            low = price
        else:
            high = price
    return best * (1.0 - 1e-9) / len(load)


class _Paths:
    """Cheapest paths over triples of reports, for one price of a report after another."""

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
        # Reused for every price: entries are written before they are read.
        self.cost = np.full((len(load), longest + 1, longest + 1), np.inf)
        self.origin = np.zeros(self.cost.shape, dtype=np.int16)
        self.should_stop = should_stop

    def cheapest(self, price: float) -> Ints | None:
        """Return the reports with the least error plus price; None if stopped."""
        slots, gaps = self.sums.shape[:2]
        step = max(1, CHUNK // gaps**3)
        for first in range(0, slots, step):
            if self.should_stop():
                return None
            extend_triples(
                self.load,
                self.sums,
                price,
                self.rule,
                self.cost,
                self.origin,
                first,
                min(first + step, slots),
            )
        slot, second, third = end_triples(
            self.load, self.sums, self.after, self.rule, self.cost, self.tail
        )
        reports = []
        while slot > 0:
            reports.append(slot)
            origin = int(self.origin[slot, second, third])
            slot, second, third = slot - second, third, origin
        return np.array(reports[::-1], dtype=np.int64)
