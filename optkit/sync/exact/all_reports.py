"""The search over all reports, router by router, with solutions and bounds that converge.

Each router starts with evenly spaced reports, and with the bound for devices that are as
young as possible, at no cost. Shared prices (:mod:`optkit.sync.exact.lagrangian`) then
improve both; a router with one device and one class of links is solved by the first step.
Where a gap remains and the table of :mod:`optkit.sync.exact.joint` is not too large, the
table closes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Ints
from optkit.sync.exact.joint import joint_optimum, states
from optkit.sync.exact.lagrangian import SharedPrices
from optkit.sync.exact.router import (
    Router,
    plan_for_reports,
    rarest_reports,
    source_routers,
)
from optkit.sync.problem.problem_data import ProblemData

SECONDS_PER_STATE = 1e-8
"""Rough time for one entry of a pair's table."""

MAX_BYTES = 1e9
"""Largest table of decisions that a pair's path is traced back through."""

FIRST_STEPS = 10
"""Steps of the prices before the joint table, where that is small enough."""


class RouterSearch:
    """The search for one router: a solution and a bound.

    Parameters
    ----------
    router
        The router.
    max_states
        Solve the joint table if its entries times slots are no more than this.
    affords
        Says whether there is time for a step of some seconds that cannot be stopped.
    """

    def __init__(
        self, router: Router, max_states: int, affords: Callable[[float], bool]
    ) -> None:
        self.router = router
        self.bound = -math.inf
        if not router.classes:  # only the limit on device ages asks for reports
            self.plan = plan_for_reports(router, rarest_for(router))
            self.bound = self.plan.cost
            return
        # If the limits can be kept at all, reports in every slot keep them.
        self.plan = plan_for_reports(router, evenly_spaced(router, 1))
        if math.isinf(self.plan.cost):
            self.bound = math.inf
        self._max_states = max_states
        self._affords = affords

    @property
    def closed(self) -> bool:
        """Whether the solution is proven optimal, or proven not to exist."""
        return (
            self.bound == self.plan.cost
            or self.plan.cost - self.bound <= 1e-9 * abs(self.plan.cost)
        )

    def search(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Improve solution and bound step by step."""
        if self.closed:
            return
        self.bound = router_age_bound(self.router)
        yield
        for reports in spacings(self.router):
            plan = plan_for_reports(self.router, reports)
            if plan.cost < self.plan.cost:
                self.plan = plan
                yield
            if should_stop():
                return
        small = states(self.router) * self.router.slots <= self._max_states
        if self._pairs_fit():
            prices = SharedPrices(self.router, self.plan)

            def late() -> bool:
                return should_stop() or not self._affords(prices.slowest)

            for step, _ in enumerate(prices.steps(late)):
                self.bound = max(self.bound, prices.bound)
                self.plan = prices.best
                yield
                if small and step >= FIRST_STEPS:
                    break
        if self.closed or should_stop():
            return
        if small:
            optimum = joint_optimum(self.router, should_stop)
            if optimum is not None:
                self.bound = optimum.cost
                if optimum.cost < self.plan.cost:
                    self.plan = optimum
                yield

    def _pairs_fit(self) -> bool:
        """Return whether the pairs' tables fit into memory and the time that is left."""
        router = self.router
        ages = router.max_age + 2
        residences = (group.residence for group in router.classes)
        copy_ages = max(map(router.max_copy_age, residences)) + 2
        if 4.0 * (ages + copy_ages) * router.slots > MAX_BYTES:
            return False
        return self._affords(SECONDS_PER_STATE * ages * copy_ages * router.slots)


class AllReports:
    """The search for a whole instance over all reports.

    Parameters
    ----------
    data
        The instance.
    max_states, affords
        As in :class:`RouterSearch`.

    Attributes
    ----------
    searches
        One for each router with devices.
    """

    def __init__(
        self,
        data: ProblemData,
        max_states: int,
        affords: Callable[[float], bool] = lambda _: True,
    ) -> None:
        self.data = data
        self.searches = [
            RouterSearch(router, max_states, affords) for router in source_routers(data)
        ]

    @property
    def bound(self) -> float:
        """A lower bound on the objective of any solution."""
        return float(sum(search.bound for search in self.searches))

    @property
    def cost(self) -> float:
        """The objective of the best solution so far."""
        return float(sum(search.plan.cost for search in self.searches))

    @property
    def closed(self) -> bool:
        """Whether every router's solution is proven optimal."""
        return all(search.closed for search in self.searches)

    def improve(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Take one step of each router in turn, until no router has any left."""
        running = [search.search(should_stop) for search in self.searches]
        while running and not should_stop():
            still_running = []
            for steps in running:
                for _ in steps:
                    still_running.append(steps)
                    yield
                    break
            running = still_running

    def slots(self) -> tuple[list[Ints], list[Ints]]:
        """Return the report slots of each device and notification slots of each link."""
        none = np.empty(0, dtype=np.int64)
        reports = [none] * self.data.devices
        notifications = [none] * self.data.links
        for search in self.searches:
            plan, router = search.plan, search.router
            for device, slots in zip(router.devices, plan.reports, strict=True):
                reports[device] = slots
            for group, slots in zip(router.classes, plan.notifications, strict=True):
                for link in group.links:
                    notifications[link] = slots
        return reports, notifications


def evenly_spaced(router: Router, gap: int) -> list[Ints]:
    """Return reports in slots 1, 1 + gap, …, as far as they arrive.

    The gap is shorter where the limit on device ages demands it.
    """
    reports = []
    for transmit in router.transmit.tolist():
        step = max(1, min(gap, router.max_age + 1 - transmit))
        reports.append(np.arange(1, router.slots - transmit, step, dtype=np.int64))
    return reports


def rarest_for(router: Router) -> list[Ints]:
    """Return the fewest reports that keep the limit on device ages."""
    return [
        rarest_reports(router.slots, transmit, router.max_age)
        for transmit in router.transmit.tolist()
    ]


def spacings(router: Router) -> Iterator[list[Ints]]:
    """Yield evenly spaced reports, from frequent to rare."""
    gap = 2
    while gap <= router.max_age + 1:
        yield evenly_spaced(router, gap)
        gap += max(1, gap // 3)
    yield rarest_for(router)


def router_age_bound(router: Router) -> float:
    """Return a bound on a router's cost: least ages, no error, free reports."""
    relaxed = replace(router, error=0.0, report=0.0)
    return plan_for_reports(relaxed, evenly_spaced(router, 1)).cost
