"""A lower bound over all reports for routers with many devices or unlike links.

Two things tie a router's problem together: its classes of links are told of the same
reports, and its devices' values travel in the same notifications. Give every pair of a
device and a class a copy of both decisions, and ask that the copies agree:

* the copies of a device's report in a slot, one a class, share the report's price;
* the copies of a class's notification in a slot, one a device, share its fee.

However the prices are split over the copies, slot by slot and even with negative shares,
leaving the agreement out gives problems that :mod:`optkit.sync.exact.pair` solves exactly,
and the sum of their optima is a lower bound (Lagrangian decomposition): a solution of the
whole gives each copy a solution, at the same price in total. The mean over devices makes
the pair's age a sum over them; its limit holds for the mean, and what it implies for one
device is kept (:meth:`optkit.sync.exact.router.Router.oldest_told`).

The split is improved by subgradient steps of Polyak's length: what one copy uses and the
others do not is made dearer for that copy. Reports of each class's copies are reports for
the router, and with the cheapest notifications for them a solution.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.pair import pair_path
from optkit.sync.exact.router import Router, RouterPlan, plan_for_reports

ROUNDING = 1e-12
"""Taken off bounds, sums of many numbers, relative to what may have been added up."""

PATIENCE = 6
"""Steps without a better bound before steps become shorter."""


class SharedPrices:
    """Prices of a router's reports and notifications, shared out among copies.

    Parameters
    ----------
    router
        The router; it has links.
    best
        A solution of it.

    Attributes
    ----------
    bound
        The best lower bound so far.
    best
        The best solution so far.
    slowest
        Seconds of the slowest copy so far, which nothing stops.
    """

    def __init__(self, router: Router, best: RouterPlan) -> None:
        self.router = router
        self.best = best
        self.bound = -math.inf
        shape = (len(router.classes), len(router.devices), router.slots)
        sizes = np.array([len(group.links) for group in router.classes], dtype=float)
        share = (sizes / sizes.sum())[:, None, None]
        fees = np.array([group.fee for group in router.classes])[:, None, None]
        self.report: Floats = np.broadcast_to(router.report * share, shape).copy()
        self.fee: Floats = np.broadcast_to(fees / shape[1], shape).copy()
        self.slowest = 0.0
        self._length = 1.0
        self._waited = 0
        self._tried: set[bytes] = set()

    @property
    def exact(self) -> bool:
        """Whether there is one copy only, so that the first bound is the optimum."""
        return self.report.shape[:2] == (1, 1)

    @property
    def closed(self) -> bool:
        """Whether bound and solution meet."""
        return self.best.cost - self.bound <= 1e-9 * abs(self.best.cost)

    def steps(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Improve bound and solution, step by step, until nothing more comes of it."""
        while not should_stop():
            found = self._relaxed(should_stop)
            if found is None:
                return
            value, arrives, notifies = found
            self._try(arrives, should_stop)
            improved = value > self.bound + 1e-7 * abs(value)
            self.bound = max(self.bound, value)
            yield
            if self.exact or self.closed or not self._step(arrives, notifies, improved):
                return

    def _relaxed(
        self, should_stop: Callable[[], bool]
    ) -> tuple[float, npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None:
        """Solve every copy; return their sum, arrivals and notifications."""
        router = self.router
        arrives = np.zeros(self.report.shape, dtype=bool)
        notifies = np.zeros(self.report.shape, dtype=bool)
        value = 0.0
        for k, group in enumerate(router.classes):
            for n in range(len(router.devices)):
                if should_stop():
                    return None
                began = time.perf_counter()
                path = pair_path(router, n, group, self.report[k, n], self.fee[k, n])
                self.slowest = max(self.slowest, time.perf_counter() - began)
                arrives[k, n] = path.arrives
                notifies[k, n] = path.notifies
                value += path.cost
        if not self.exact:
            value -= ROUNDING * (
                abs(value) + abs(self.report).sum() + abs(self.fee).sum()
            )
        return value, arrives, notifies

    def _try(
        self, arrives: npt.NDArray[np.bool_], should_stop: Callable[[], bool]
    ) -> None:
        """See what the reports of each class's copies cost the router."""
        for wanted in arrives:
            if should_stop():
                return
            key = np.packbits(wanted).tobytes()
            if key in self._tried:
                continue
            self._tried.add(key)
            plan = plan_for_reports(self.router, _reports(wanted, self.router.transmit))
            if plan.cost < self.best.cost:
                self.best = plan

    def _step(
        self,
        arrives: npt.NDArray[np.bool_],
        notifies: npt.NDArray[np.bool_],
        improved: bool,
    ) -> bool:
        """Make dearer what one copy does and others do not; say whether any did."""
        self._waited = 0 if improved else self._waited + 1
        if self._waited >= PATIENCE:
            self._length, self._waited = 0.5 * self._length, 0
        by_report = arrives - arrives.mean(axis=0, keepdims=True)
        by_fee = notifies - notifies.mean(axis=1, keepdims=True)
        norm = float((by_report**2).sum() + (by_fee**2).sum())
        if norm == 0.0 or self._length < 0.02:
            return False
        step = self._length * (self.best.cost - self.bound) / norm
        self.report += step * by_report
        self.fee += step * by_fee
        return True


def _reports(arrives: npt.NDArray[np.bool_], transmit: Ints) -> list[Ints]:
    return [
        np.flatnonzero(row) - behind
        for row, behind in zip(arrives, transmit, strict=True)
    ]
