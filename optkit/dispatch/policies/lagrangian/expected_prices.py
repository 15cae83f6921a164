"""Prices of access points and intervals, and what a queue's length then costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime import stopping
from optkit.dispatch.bounds.policy.price_ascent import ascend
from optkit.dispatch.policies.lagrangian.expected_kernels import (
    costs_within,
    expected_admissions,
)
from optkit.dispatch.problem.problem_data import ProblemData

MOST_STEPS = 150
"""Most steps of a search."""

FEWEST_STEPS = 50
"""Fewest steps of a search. Where that takes too long, fewer intervals are planned."""

FEWEST_INTERVALS = 8
"""Fewest intervals that are planned."""

MOST_WORK = 5e9
"""Lengths of queues times slots times sources, over all steps of all types: some 3 s."""


@dataclass(frozen=True, eq=False)
class _Queue:
    """The sources of one queue; arrays as in :func:`expected_admissions`."""

    server: int
    sources: Ints
    rate: Floats
    transit: Floats
    delay: Ints
    late: Floats
    ends: float


class LengthCosts:
    """What the length of each queue of one type costs, at the best prices.

    Costs are those of one queue: for its own jobs, present and later ones, less the prices
    of those that it admits. A run that is longer than what is planned begins and ends like
    the plan, and has the costs of the plan's middle in between.

    Parameters
    ----------
    data
        The model.
    kind
        The type.

    Attributes
    ----------
    values
        (M, intervals + 1, L + 1): least cost from the beginning of an interval of the plan
        on, by length.
    """

    def __init__(self, data: ProblemData, kind: int) -> None:
        points, servers, _ = data.shape
        steps, planned = effort(data)
        self._intervals, self._planned = data.intervals, planned
        self._shape = (servers, data.slots_per_interval, data.queue_limit + 1)
        self.values = np.zeros((servers, planned + 1, data.queue_limit + 1))
        self._queues = [
            queue
            for server in range(servers)
            if len((queue := _queue(data, server, kind, planned)).sources)
        ]
        self._constants = (
            data.queue_limit,
            data.slots_per_interval,
            planned,
            data.overflow_penalty,
            data.drop_penalty,
        )
        self._arrivals = np.repeat(
            data.arrival[:, kind, None] * data.slots_per_interval,
            planned,
            axis=1,
        )
        start = np.full((points, planned), np.inf)
        for queue in self._queues:
            served = queue.transit + 1.0 / queue.ends / data.slots_per_interval
            start[queue.sources] = np.minimum(
                start[queue.sources], np.minimum(served[:, None], queue.late)
            )
        start[self._arrivals == 0.0] = 0.0
        found = ascend(self._bound, start, steps)
        assert found is not None  # nothing but an exception stops it
        self._price = found.price
        self._bound(found.price)

    def _bound(self, price: Floats) -> tuple[float, Floats]:
        """Return the mean cost at these prices, and its subgradient per expected job."""
        stopping.check()
        total, surplus = float((price * self._arrivals).sum()), self._arrivals.copy()
        for queue in self._queues:
            admitted = np.empty((len(queue.sources), price.shape[1]))
            total += expected_admissions(
                price[queue.sources],
                queue.rate,
                queue.transit,
                queue.delay,
                queue.late,
                queue.ends,
                self._constants,
                admitted,
                self.values[queue.server],
            )
            surplus[queue.sources] -= admitted
        share = np.zeros_like(surplus)
        arrives = self._arrivals > 0.0
        return total, np.divide(surplus, self._arrivals, out=share, where=arrives)

    def _in_plan(self, interval: int) -> int:
        """Return the interval of the plan that stands for one of the run."""
        middle = self._planned // 2
        left = self._intervals - interval
        return max(min(interval, middle), self._planned - left)

    def within(self, interval: int) -> Floats:
        """Return (M, t_B, L + 1): least cost from each slot of an interval on."""
        costs = np.zeros(self._shape)
        interval = self._in_plan(interval)
        for queue in self._queues:
            costs[queue.server] = costs_within(
                interval,
                self._price[queue.sources],
                queue.rate,
                queue.transit,
                queue.delay,
                queue.ends,
                self._constants,
                self.values[queue.server, interval + 1],
            )
        return costs


def effort(data: ProblemData) -> tuple[int, int]:
    """Return how many steps a search takes, and how many intervals it plans.

    Both are smaller on large instances, so that planning takes some seconds at most.
    """
    pairs = int(np.count_nonzero(data.candidate)) * data.shape[2]
    work = 2.0 * data.queue_limit * data.slots_per_interval * pairs
    least = min(FEWEST_INTERVALS, data.intervals)
    planned = int(np.clip(MOST_WORK / work / FEWEST_STEPS, least, data.intervals))
    steps = int(np.clip(MOST_WORK / work / planned, FEWEST_STEPS, MOST_STEPS))
    return steps, planned


def _queue(data: ProblemData, server: int, kind: int, intervals: int) -> _Queue:
    able = data.candidate[:, server] & (data.arrival[:, kind] > 0.0)
    sources = np.flatnonzero(able)
    upload = data.mean_upload[sources, server, kind]
    transit = upload / data.slots_per_interval
    left = intervals - np.arange(intervals) - 0.5
    return _Queue(
        server,
        sources,
        np.ascontiguousarray(data.arrival[sources, kind]),
        transit,
        np.rint(upload).astype(np.int64),
        np.minimum(transit[:, None], left),
        1.0 / float(data.service[server, kind]),
    )
