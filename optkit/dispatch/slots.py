"""The slot-by-slot simulator: the dynamics as written, compiled.

In slot n: jobs that arrive leave their access point; jobs whose upload ends join their
queue, the lower index first, and are dropped if it is full; every nonempty queue gives its
head one slot of service, and a job that has had all of its own leaves.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.core.compiled import compiled
from optkit.dispatch.observation import Transit
from optkit.dispatch.world import Integers, World

DROPPED = -1
"""In place of a finish slot: the job found its queue full."""

PENDING = -2
"""In place of a finish slot: the job has not left within the slots simulated."""


class Slots:
    """The state of the system, moved on slot by slot.

    Parameters
    ----------
    world
        The instance.
    """

    def __init__(self, world: World) -> None:
        _, servers, kinds = world.shape
        jobs = len(world.slot)
        queues = servers * kinds
        self._world = world
        self.slot = 0
        self._dispatched = 0
        self.target: Integers = np.full(jobs, -1, dtype=np.int64)
        self.join: Integers = np.full(jobs, -1, dtype=np.int64)
        self.finish: Integers = np.full(jobs, PENDING, dtype=np.int64)
        self._queue = np.zeros(jobs, dtype=np.int64)
        self._service = np.zeros(jobs, dtype=np.int64)
        self._length = np.zeros(queues, dtype=np.int64)
        self._front = np.zeros(queues, dtype=np.int64)
        self._leaves = np.full(queues, -1, dtype=np.int64)
        # A queue never holds more jobs than there are.
        room = max(1, min(world.queue_limit, jobs))
        self._ring = np.zeros((queues, room), dtype=np.int64)
        self._first = np.full(world.longest_upload + 1, -1, dtype=np.int64)
        self._next = np.full(jobs, -1, dtype=np.int64)

    @property
    def queues(self) -> Integers:
        """(M, J): jobs in each queue now, just before the next slot."""
        _, servers, kinds = self._world.shape
        return self._length.reshape(servers, kinds).copy()

    @property
    def transit(self) -> Transit:
        """Jobs under way now, just before the next slot."""
        world = self._world
        oldest = np.searchsorted(world.slot, self.slot - world.longest_upload)
        recent = np.arange(oldest, self._dispatched)
        under_way = recent[self.join[recent] >= self.slot]
        return Transit(
            world.ap[under_way],
            self.target[under_way],
            world.kind[under_way],
            self.slot - world.slot[under_way],
        )

    def arrivals(self, slots: int) -> Integers:
        """Return the jobs that arrive within the next ``slots`` slots."""
        end = int(np.searchsorted(self._world.slot, self.slot + slots))
        return np.arange(self._dispatched, end)

    def advance(self, slots: int, target: Integers) -> None:
        """Move on.

        Parameters
        ----------
        slots
            Slots to simulate.
        target
            Server for each job that arrives within them, in the order of
            :meth:`arrivals`.
        """
        world = self._world
        jobs = self.arrivals(slots)
        self.target[jobs] = target
        self.join[jobs] = world.slot[jobs] + upload_latency(world, jobs, target)
        self._service[jobs] = service_time(world, jobs, target)
        self._queue[jobs] = target * world.shape[2] + world.kind[jobs]
        compiled(_advance)(
            self.slot,
            self.slot + slots,
            self._dispatched,
            world.slot,
            world.job,
            self._queue,
            self.join,
            self.finish,
            self._service,
            self._leaves,
            self._length,
            self._front,
            self._ring,
            self._first,
            self._next,
            world.queue_limit,
        )
        self.slot += slots
        self._dispatched += len(jobs)


def upload_latency(world: World, jobs: Integers, target: Integers) -> Integers:
    """Return the upload latency of jobs, in slots, to the servers they are sent to."""
    latency: Integers = compiled(_quantiles)(
        world.reached,
        world.last_upload,
        world.pair[world.ap[jobs], target],
        world.kind[jobs],
        world.upload_u[jobs],
    )
    return latency


def service_time(world: World, jobs: Integers, target: Integers) -> Integers:
    """Return the slots of service that jobs need at the servers they are sent to."""
    mean = world.service[target, world.kind[jobs]]
    slots: Integers = compiled(_geometric)(mean, world.service_u[jobs])
    return slots


def _quantiles(reached: Any, last: Any, pair: Any, kind: Any, quantile: Any) -> Any:
    # As quantile_of has it, for many laws.
    slots = np.empty(len(quantile), dtype=np.int64)
    for i in range(len(quantile)):
        low, high = 0, last[pair[i], kind[i]]
        while low < high:
            middle = (low + high) // 2
            if reached[pair[i], kind[i], middle] > quantile[i]:
                high = middle
            else:
                low = middle + 1
        slots[i] = low
    return slots


def _geometric(mean: Any, quantile: Any) -> Any:
    # The C library's logarithm, as in plain Python: the last digit of numpy's on arrays
    # may differ, and the floor would show it.
    slots = np.ones(len(mean), dtype=np.int64)
    for i in range(len(mean)):
        if mean[i] > 1.0:
            ratio = math.log(1.0 - quantile[i]) / math.log(1.0 - 1.0 / mean[i])
            slots[i] += math.floor(ratio)
    return slots


def _advance(
    begin: int,
    end: int,
    job: int,
    arrival: Any,
    rank: Any,
    queue_of: Any,
    join: Any,
    finish: Any,
    service: Any,
    leaves: Any,
    length: Any,
    front: Any,
    ring: Any,
    first: Any,
    following: Any,
    limit: int,
) -> None:
    span = len(first)
    room = ring.shape[1]
    for slot in range(begin, end):
        while job < len(arrival) and arrival[job] == slot:
            # Each bucket is a list kept in order of the instance's indices.
            bucket = join[job] % span
            at = first[bucket]
            if at < 0 or rank[at] > rank[job]:
                following[job] = at
                first[bucket] = job
            else:
                while following[at] >= 0 and rank[following[at]] < rank[job]:
                    at = following[at]
                following[job] = following[at]
                following[at] = job
            job += 1
        joining = first[slot % span]
        first[slot % span] = -1
        while joining >= 0:
            queue = queue_of[joining]
            if length[queue] >= limit:
                finish[joining] = DROPPED
            else:
                ring[queue, (front[queue] + length[queue]) % room] = joining
                if length[queue] == 0:
                    leaves[queue] = slot + service[joining] - 1
                length[queue] += 1
            joining = following[joining]
        for queue in range(len(leaves)):
            if leaves[queue] == slot:  # the head has had all its slots of service
                finish[ring[queue, front[queue]]] = slot
                front[queue] = (front[queue] + 1) % room
                length[queue] -= 1
                if length[queue] > 0:
                    leaves[queue] = slot + service[ring[queue, front[queue]]]
