"""The checker's own replay of a sample path: event by event, one queue at a time.

The solvers' simulator steps through slots and fixes a job's last slot of service when it
joins. Here the history of each job is computed at once: it joins, starts when its
predecessor has left, and leaves. Nothing of the simulator is used.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.dispatch.check.network_in_force import (
    NetworkInForce,
    met_by_jobs,
    networks_in_force,
)
from optkit.dispatch.instance import DispatchInstance

CELLS = 1 << 20
"""Entries of the arrays in which laws are looked up."""

FEW_JOBS = 8
"""Jobs of a queue up to which a loop is quicker than arrays."""


@dataclass(frozen=True, eq=False)
class Histories:
    """The histories of all jobs, in the order of the instance; slots count from 0.

    Parameters
    ----------
    arrival, join, finish
        (N,): as in :class:`JobHistory`; -1 where a job was dropped.
    accepted
        (N,): whether it was not dropped.
    """

    arrival: Ints
    join: Ints
    finish: Ints
    accepted: Bools


@dataclass(frozen=True)
class JobHistory:
    """The history of one job; slots count from 0.

    Parameters
    ----------
    arrival
        Slot in which it arrived at its access point.
    join
        Slot in which it reached its server: arrival plus upload latency.
    finish
        Last slot of its service; None if it was dropped.
    """

    arrival: int
    join: int
    finish: int | None


def upload_slots(law: Sequence[float], quantile: float) -> int:
    """Return the least number of slots whose cumulative probability is above a quantile.

    If rounding leaves no such number, it is the last one with positive probability.
    """
    for slots, total in enumerate(accumulate(law)):
        if total > quantile:
            return slots
    return max(slots for slots, mass in enumerate(law) if mass > 0.0)


def service_slots(mean: float, quantile: float) -> int:
    """Return the quantile of a geometric law on 1, 2, … with the given mean."""
    if mean == 1.0:
        return 1
    return 1 + math.floor(math.log(1.0 - quantile) / math.log(1.0 - 1.0 / mean))


def replay(instance: DispatchInstance, target: Sequence[int]) -> list[JobHistory]:
    """Return the history of every job, given the server of each.

    Parameters
    ----------
    instance
        The instance, with its sample path.
    target
        Index of a server for every job; a candidate of the job's access point.
    """
    histories = replay_all(instance, target)
    return [
        JobHistory(arrival, join, finish if accepted else None)
        for arrival, join, finish, accepted in zip(
            histories.arrival.tolist(),
            histories.join.tolist(),
            histories.finish.tolist(),
            histories.accepted.tolist(),
            strict=True,
        )
    ]


def replay_all(instance: DispatchInstance, target: Sequence[int]) -> Histories:
    """Return the histories of all jobs as arrays; see :func:`replay`."""
    jobs = instance.jobs
    server = np.array(target, dtype=np.int64)
    kind = np.array(jobs.type, dtype=np.int64)
    arrival = np.array(jobs.slot, dtype=np.int64)
    join = arrival + upload_times(instance, np.arange(len(server)), server)
    service = _services(instance, server)
    finish = np.full(len(server), -1, dtype=np.int64)
    queue = server * len(instance.job_types) + kind
    order = np.lexsort((np.arange(len(queue)), join, queue))
    ends = np.flatnonzero(np.diff(queue[order])) + 1
    for members in np.split(order, ends):
        finish[members] = _finishes(
            join[members], service[members], instance.queue_limit
        )
    return Histories(arrival, join, finish, finish >= 0)


def _finishes(join: Ints, service: Ints, limit: int) -> Ints:
    """Return the last slots of service of one queue's jobs; -1 for those dropped.

    Parameters
    ----------
    join, service
        (n,): slots in which jobs reach the queue, in this order, and slots of service.
    limit
        Jobs that the queue holds.
    """
    if len(join) <= FEW_JOBS:
        return _finishes_one_by_one(join, service, limit)
    # Each job starts when it joins or when its predecessor has left, whichever is later.
    total = np.cumsum(service)
    finish: Ints = np.maximum.accumulate(join - (total - service)) + total - 1
    left = np.searchsorted(finish, join, side="left")
    if (np.arange(len(join)) - left).max() < limit:
        return finish  # so nothing was dropped
    return _finishes_one_by_one(join, service, limit)


def _finishes_one_by_one(join: Ints, service: Ints, limit: int) -> Ints:
    finishes = []
    waiting: deque[int] = deque()  # last slots of the jobs that have not left
    for joined, slots in zip(join.tolist(), service.tolist(), strict=True):
        while waiting and waiting[0] < joined:
            waiting.popleft()
        finish = -1
        if len(waiting) < limit:
            start = max(joined, waiting[-1] + 1) if waiting else joined
            finish = start + slots - 1
            waiting.append(finish)
        finishes.append(finish)
    return np.array(finishes, dtype=np.int64)


def upload_times(instance: DispatchInstance, job: Ints, server: Ints) -> Ints:
    """Return upload latencies, as :func:`upload_slots` has them.

    Parameters
    ----------
    instance
        The instance.
    job, server
        (n,): a job and a candidate of its access point, each.
    """
    jobs = instance.jobs
    networks = networks_in_force(instance)
    shape = (
        len(networks),
        len(instance.aps),
        len(instance.servers),
        len(instance.job_types),
    )
    ap = np.array(jobs.ap, dtype=np.int64)[job]
    kind = np.array(jobs.type, dtype=np.int64)[job]
    met = met_by_jobs(instance, networks)[job]
    keys, of_job = np.unique(
        np.ravel_multi_index((met, ap, server, kind), shape), return_inverse=True
    )
    laws = [
        _law(networks[number], k, m, j)
        for number, k, m, j in zip(
            *map(np.ndarray.tolist, np.unravel_index(keys, shape)), strict=True
        )
    ]
    quantile = np.array(jobs.upload_u, dtype=np.float64)[job]
    by_law = np.argsort(of_job, kind="stable")
    first = np.searchsorted(of_job[by_law], np.arange(len(laws) + 1))
    slots = np.empty(len(server), dtype=np.int64)
    for begin, end in _batches(list(map(len, laws))):
        reached, last = _cumulative(laws[begin:end])
        members = by_law[first[begin] : first[end]]
        step = max(1, CELLS // reached.shape[1])
        for start in range(0, len(members), step):
            some = members[start : start + step]
            law = of_job[some] - begin
            passed = (reached[law] <= quantile[some, None]).sum(axis=1)
            slots[some] = np.where(passed < reached.shape[1], passed, last[law])
    return slots


def _law(network: NetworkInForce, ap: int, server: int, kind: int) -> Sequence[float]:
    """Return the law of an upload latency; raise if the server is no candidate."""
    laws = network.upload_pmf[ap][server]
    law = laws[kind] if laws is not None else None
    if law is None:
        raise ValueError(f"server {server} is no candidate of access point {ap}")
    return law


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ranges of laws whose rectangle, as wide as the longest, is small enough."""
    begin = longest = 0
    for end, length in enumerate(lengths):
        longest = max(longest, length)
        if end > begin and longest * (end + 1 - begin) > CELLS:
            yield begin, end
            begin, longest = end, length
    if lengths:
        yield begin, len(lengths)


def _cumulative(laws: Sequence[Sequence[float]]) -> tuple[Floats, Ints]:
    """Return sums of laws from the left, (n, longest), and their last positive slots.

    A row goes on with its total, so that a quantile beyond it passes the whole row.
    """
    lengths = np.array([len(law) for law in laws], dtype=np.int64)
    longest = int(lengths.max())
    inside = np.arange(longest) < lengths[:, None]
    mass = np.zeros((len(laws), longest))
    mass[inside] = np.fromiter(chain.from_iterable(laws), np.float64, lengths.sum())
    last = longest - 1 - np.argmax(mass[:, ::-1] > 0.0, axis=1)
    return np.cumsum(mass, axis=1), last


def _services(instance: DispatchInstance, server: Ints) -> Ints:
    """Return, (N,), the slots of service of all jobs, as :func:`service_slots` has them.

    Logarithms are those of the module :mod:`math`: others may differ in the last digit.
    """
    jobs = instance.jobs
    networks = networks_in_force(instance)
    met = met_by_jobs(instance, networks)
    means = [
        networks[number].mean_service_slots[m][j]
        for number, m, j in zip(met.tolist(), server.tolist(), jobs.type, strict=True)
    ]
    stays = {mean: math.log(1.0 - 1.0 / mean) for mean in set(means) if mean != 1.0}
    over = [math.log(1.0 - quantile) for quantile in jobs.service_u]
    # A certain end after one slot: any quotient below 1 says so.
    quotient = np.array(over) / np.array([stays.get(mean, -math.inf) for mean in means])
    slots: Ints = 1 + np.floor(quotient).astype(np.int64)
    return slots
