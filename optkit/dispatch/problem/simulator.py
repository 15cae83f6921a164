"""The simulator: the state of the system, moved on by as many slots as asked for.

In slot n: jobs that arrive leave their access point; jobs whose upload ends join their
queue, the lower index first, and are dropped if it is full; every nonempty queue gives its
head one slot of service, and a job that has had all of its own leaves.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.finish_slots import PENDING
from optkit.dispatch.problem.observation import Transit
from optkit.dispatch.problem.problem_data import World


class Slots:
    """The state of the system, moved on by slots.

    Parameters
    ----------
    world
        The instance.
    """

    def __init__(self, world: World) -> None:
        from optkit.dispatch.problem.simulator_kernels import advance

        _, servers, kinds = world.shape
        jobs, queues = len(world.slot), servers * kinds
        self._world = world
        self._run = advance
        self.slot = 0
        self._dispatched = 0
        self.target: Ints = np.full(jobs, -1, dtype=np.int64)
        self.join: Ints = np.full(jobs, -1, dtype=np.int64)
        self._leave = np.full(jobs, PENDING, dtype=np.int64)
        lists = 1 << world.longest_upload.bit_length()
        self._index = np.append(world.job, np.full(lists, -1))
        self._following = np.arange(jobs + lists)
        self._under_way = np.arange(jobs, jobs + lists)
        # A queue never holds more jobs than there are.
        room = max(1, min(world.queue_limit, jobs))
        self._latest = np.full((queues, room), -1, dtype=np.int64)
        self._oldest = np.zeros(queues, dtype=np.int64)

    @property
    def finish(self) -> Ints:
        """(N,): last slot of each job's service, or ``DROPPED``, or ``PENDING``."""
        left = (self.join < self.slot) & (self._leave < self.slot)
        return np.where(left, self._leave, PENDING)

    @property
    def queues(self) -> Ints:
        """(M, J): jobs in each queue now, just before the next slot."""
        _, servers, kinds = self._world.shape
        length: Ints = np.count_nonzero(self._latest >= self.slot, axis=1)
        return length.reshape(servers, kinds)

    @property
    def transit(self) -> Transit:
        """Jobs under way now, just before the next slot."""
        world = self._world
        oldest = world.slot.searchsorted(self.slot - world.longest_upload)
        recent = np.arange(oldest, self._dispatched)
        under_way = recent[self.join[recent] >= self.slot]
        return Transit(
            world.ap[under_way],
            self.target[under_way],
            world.kind[under_way],
            self.slot - world.slot[under_way],
        )

    def arrivals(self, slots: int) -> Ints:
        """Return the jobs that arrive within the next ``slots`` slots."""
        end = int(self._world.slot.searchsorted(self.slot + slots))
        return np.arange(self._dispatched, end)

    def advance(self, slots: int, target: Ints) -> None:
        """Move on.

        Parameters
        ----------
        slots
            Slots to simulate.
        target
            Server for each job that arrives within them, in the order of
            :meth:`arrivals`.

        Raises
        ------
        ValueError
            If there are more or fewer targets than such jobs.
        """
        world, begin = self._world, self._dispatched
        end = begin + len(target)
        self.target[begin:end] = target
        self._run(
            self.slot,
            self.slot + slots,
            begin,
            end,
            self._index,
            world.slot,
            world.ap,
            world.kind,
            world.upload_u,
            world.service_u,
            world.pair,
            world.reached,
            world.upload_guide,
            world.log_stay,
            self.target,
            self.join,
            self._leave,
            self._following,
            self._under_way,
            self._latest,
            self._oldest,
        )
        self.slot += slots
        self._dispatched = end


def upload_latency(world: World, jobs: Ints, target: Ints) -> Ints:
    """Return the upload latency of jobs, in slots, to the servers they are sent to."""
    from optkit.dispatch.problem.simulator_kernels import uploads

    latency: Ints = uploads(
        world.pair,
        world.reached,
        world.upload_guide,
        world.ap[jobs],
        world.kind[jobs],
        target,
        world.upload_u[jobs],
    )
    return latency


def service_time(world: World, jobs: Ints, target: Ints) -> Ints:
    """Return the slots of service that jobs need at the servers they are sent to."""
    from optkit.dispatch.problem.simulator_kernels import services

    slots: Ints = services(
        world.log_stay, world.kind[jobs], target, world.service_u[jobs]
    )
    return slots
