"""A lower bound over all reports for routers with several devices or classes of links.

Two things couple a router's problem: its classes of links share the same reports, and its
devices' values travel in the same notifications. Give every pair of a device and a class a
copy of both decisions, and demand that the copies agree:

* the copies of a device's report in a slot, one per class, share the report's price;
* the copies of a class's notification in a slot, one per device, share its fee.

However the prices are split over the copies, slot by slot and even with negative shares,
dropping the agreement leaves problems that :mod:`optkit.sync.exact.pair` solves exactly.
The sum of their optima is a lower bound (Lagrangian decomposition), because a solution of
the whole gives each copy a solution at the same total price. The mean over devices makes
the pair's age a sum over them. The limit on that mean is kept as what it implies for one
device (:meth:`optkit.sync.exact.router.Router.max_copy_age`).

Subgradient steps of Polyak's length improve the split: what one copy uses and the others do
not becomes dearer for that copy. The reports of each class's copies are reports for the
router, and with the cheapest notifications for them they form a solution.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.sync.exact.pair import pair_path
from optkit.sync.exact.router import Router, RouterPlan, plan_for_reports

ROUNDING = 1e-12
"""Subtracted from bounds, relative to the size of the numbers that were summed."""

STEPS_BEFORE_SHORTER = 6
"""Steps without a better bound after which steps become shorter."""


class SharedPrices:
    """Prices of a router's reports and notifications, split over copies.

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
        Seconds of the slowest copy so far; solving a copy cannot be stopped.
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
        self._steps_without_gain = 0
        self._tried: set[bytes] = set()

    @property
    def exact(self) -> bool:
        """Whether there is only one copy, so that the first bound is the optimum."""
        return self.report.shape[:2] == (1, 1)

    @property
    def closed(self) -> bool:
        """Whether bound and solution meet."""
        return self.best.cost - self.bound <= 1e-9 * abs(self.best.cost)

    def steps(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Improve bound and solution, step by step, until no step helps."""
        while not should_stop():
            relaxed = self._solve_copies(should_stop)
            if relaxed is None:
                return
            value, arrives, notifies = relaxed
            self._try_reports(arrives, should_stop)
            improved = value > self.bound + 1e-7 * abs(value)
            self.bound = max(self.bound, value)
            yield
            if self.exact or self.closed or not self._step(arrives, notifies, improved):
                return

    def _solve_copies(
        self, should_stop: Callable[[], bool]
    ) -> tuple[float, Bools, Bools] | None:
        """Solve every copy; return the sum of costs, the arrivals and notifications."""
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

    def _try_reports(self, arrives: Bools, should_stop: Callable[[], bool]) -> None:
        """Keep the reports of a class's copies if they give a better solution."""
        for class_arrives in arrives:
            if should_stop():
                return
            key = np.packbits(class_arrives).tobytes()
            if key in self._tried:
                continue
            self._tried.add(key)
            reports = _report_slots(class_arrives, self.router.transmit)
            plan = plan_for_reports(self.router, reports)
            if plan.cost < self.best.cost:
                self.best = plan

    def _step(self, arrives: Bools, notifies: Bools, improved: bool) -> bool:
        """Raise the price of what one copy uses alone; return whether any price moved."""
        self._steps_without_gain = 0 if improved else self._steps_without_gain + 1
        if self._steps_without_gain >= STEPS_BEFORE_SHORTER:
            self._length, self._steps_without_gain = 0.5 * self._length, 0
        by_report = arrives - arrives.mean(axis=0, keepdims=True)
        by_fee = notifies - notifies.mean(axis=1, keepdims=True)
        norm = float((by_report**2).sum() + (by_fee**2).sum())
        if norm == 0.0 or self._length < 0.02:
            return False
        step = self._length * (self.best.cost - self.bound) / norm
        self.report += step * by_report
        self.fee += step * by_fee
        return True


def _report_slots(arrives: Bools, transmit: Ints) -> list[Ints]:
    """Return the report slots of each device, given the slots of arrival, (n, T)."""
    return [
        np.flatnonzero(row) - delay
        for row, delay in zip(arrives, transmit, strict=True)
    ]
