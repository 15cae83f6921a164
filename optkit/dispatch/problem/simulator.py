"""The simulator: the state of the system, advanced by as many slots as asked for.

In slot n: jobs that arrive leave their access point; jobs whose upload ends join their
queue, in the order of the instance, and are dropped if it is full; every nonempty queue
gives its head one slot of service, and a job that has received all of its service leaves.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.finish_slots import PENDING
from optkit.dispatch.problem.observation import Transit
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator_kernels import advance, services, uploads


class Simulator:
    """The state of the system, advanced slot by slot.

    Parameters
    ----------
    data
        The instance. A job's upload and service take the laws of the network that is in
        force when it arrives; queues outlive the network.
    """

    def __init__(self, data: ProblemData) -> None:
        _, servers, kinds = data.shape
        jobs, queues = len(data.slot), servers * kinds
        self._data = data
        self._later = list(data.later)
        self._since = 0
        self.slot = 0
        self._dispatched = 0
        self.target: Ints = np.full(jobs, -1, dtype=np.int64)
        self.join: Ints = np.full(jobs, -1, dtype=np.int64)
        self._leave = np.full(jobs, PENDING, dtype=np.int64)
        longest = max(
            [data.longest_upload, *(x.data.longest_upload for x in data.later)]
        )
        lists = 1 << longest.bit_length()
        self._index = np.append(data.job, np.full(lists, -1))
        self._following = np.arange(jobs + lists)
        self._under_way = np.arange(jobs, jobs + lists)
        # A queue never holds more jobs than there are.
        room = max(1, min(data.queue_limit, jobs))
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
        _, servers, kinds = self._data.shape
        length: Ints = np.count_nonzero(self._latest >= self.slot, axis=1)
        return length.reshape(servers, kinds)

    @property
    def transit(self) -> Transit:
        """Jobs under way now, just before the next slot.

        Those that were sent before the network changed are missing: its laws do not say
        when they arrive.
        """
        data = self._data
        since = max(self._since, self.slot - data.longest_upload)
        oldest = data.slot.searchsorted(since)
        recent = np.arange(oldest, self._dispatched)
        under_way = recent[self.join[recent] >= self.slot]
        return Transit(
            data.ap[under_way],
            self.target[under_way],
            data.kind[under_way],
            self.slot - data.slot[under_way],
        )

    def arrivals(self, slots: int) -> Ints:
        """Return the jobs that arrive within the next ``slots`` slots."""
        end = int(self._data.slot.searchsorted(self.slot + slots))
        return np.arange(self._dispatched, end)

    def interval_targets(self, actions: Ints, later: Ints) -> Ints:
        """Return where actions send the jobs of the interval that begins now.

        Parameters
        ----------
        actions, later
            (K, J): in force before, and from each access point's signal slot on.

        Returns
        -------
        ndarray
            A server for each job, in the order of :meth:`arrivals`.
        """
        data = self._data
        interval = self.slot // data.slots_per_interval
        jobs = self.arrivals(data.slots_per_interval)
        ap, kind = data.ap[jobs], data.kind[jobs]
        switched = data.slot[jobs] - self.slot >= data.signal[interval, ap]
        return np.where(switched, later[ap, kind], actions[ap, kind])

    def advance(self, slots: int, target: Ints) -> None:
        """Simulate some slots.

        Parameters
        ----------
        slots
            How many.
        target
            Server for each job that arrives within them, in the order of
            :meth:`arrivals`.

        Raises
        ------
        ValueError
            If there are more or fewer targets than such jobs.
        """
        begin, last = self._dispatched, self.slot + slots
        if begin + len(target) != self._data.slot.searchsorted(last):
            raise ValueError("advance() takes one target for each job of arrivals()")
        self.target[begin : begin + len(target)] = target
        for change in list(self._later):
            since = change.interval * self._data.slots_per_interval
            if since > last:
                break
            self._advance(since)
            self._data, self._since = change.data, since
            self._later.remove(change)
        self._advance(last)

    def _advance(self, until: int) -> None:
        """Simulate the slots before ``until``, with the network that is in force."""
        data, begin = self._data, self._dispatched
        end = int(data.slot.searchsorted(until))
        advance(
            self.slot,
            until,
            begin,
            end,
            self._index,
            data.slot,
            data.ap,
            data.kind,
            data.upload_u,
            data.service_u,
            data.pair,
            data.reached,
            data.upload_guide,
            data.log_stay,
            self.target,
            self.join,
            self._leave,
            self._following,
            self._under_way,
            self._latest,
            self._oldest,
        )
        self.slot = until
        self._dispatched = end


def upload_latency(data: ProblemData, jobs: Ints, target: Ints) -> Ints:
    """Return the upload latency of jobs, in slots, to the servers they are sent to."""
    latency: Ints = uploads(
        data.pair,
        data.reached,
        data.upload_guide,
        data.ap[jobs],
        data.kind[jobs],
        target,
        data.upload_u[jobs],
    )
    return latency


def service_time(data: ProblemData, jobs: Ints, target: Ints) -> Ints:
    """Return the slots of service that jobs need at the servers they are sent to."""
    slots: Ints = services(data.log_stay, data.kind[jobs], target, data.service_u[jobs])
    return slots
