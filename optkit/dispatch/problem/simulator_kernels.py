"""Compiled loops of the simulator: upload and service times, and what happens in slots.

A queue serves one job at a time in the order of joining, so a job's last slot of service
is known when it joins: its own slots come after those of the job before it. Slots in
which a queue only serves need no work, so the running time depends on the number of jobs
and hardly on the number of queues.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop
from optkit.dispatch.problem.finish_slots import DROPPED


@loop(lambda pair, reached, guide, ap, kind, target, quantile: 4 * len(quantile))
def uploads(
    pair: Any,
    reached: Any,
    guide: Any,
    ap: Any,
    kind: Any,
    target: Any,
    quantile: Any,
) -> Any:
    """Return upload latencies in slots, as ``quantile_of`` does, by a guide table."""
    slots = np.empty(len(quantile), dtype=np.int64)
    for i in range(len(quantile)):
        p, k, u = pair[ap[i], target[i]], kind[i], quantile[i]
        x = guide[p, k, int(u * guide.shape[2])]
        while reached[p, k, x] <= u:
            x += 1
        slots[i] = x
    return slots


@loop(lambda log_stay, kind, target, quantile: 2 * len(quantile))
def services(log_stay: Any, kind: Any, target: Any, quantile: Any) -> Any:
    """Return slots of service: the quantiles of geometric laws."""
    # math.log is the C library's, as in the checker. numpy's on arrays may differ in the
    # last digit, and the floor would turn that into a slot.
    slots = np.empty(len(quantile), dtype=np.int64)
    for i in range(len(quantile)):
        ratio = math.log(1.0 - quantile[i]) / log_stay[target[i], kind[i]]
        slots[i] = 1 + math.floor(ratio)
    return slots


@loop(lambda begin, end, job, stop, *_: end - begin + 20 * (stop - job))
def advance(
    begin: int,
    end: int,
    job: int,
    stop: int,
    index: Any,
    arrival: Any,
    ap: Any,
    kind: Any,
    upload_u: Any,
    service_u: Any,
    pair: Any,
    reached: Any,
    upload_guide: Any,
    log_stay: Any,
    target: Any,
    join: Any,
    leave: Any,
    following: Any,
    under_way: Any,
    latest: Any,
    oldest: Any,
) -> None:
    """Simulate the slots ``begin`` … ``end`` − 1, in which the jobs ``job`` … arrive.

    Jobs under way are kept in linked lists, one per slot of joining, in order of the
    instance's indices. A list begins with a header, numbered after all jobs; ``following``
    leads to its first job and on, and ``under_way`` holds its last one. There are 2^i
    lists, more than Ξ, and they are reused in turn.

    ``leave`` holds a job's number of slots of service until it joins, and its last slot
    of service from then on. ``latest`` holds the last slots of the newest ``queue_limit``
    jobs of each queue: the queue is full if the ``oldest`` of them has not left.
    """
    jobs, lists, kinds = len(arrival), len(under_way), log_stay.shape[1]
    new = slice(job, stop)
    under = uploads(
        pair,
        reached,
        upload_guide,
        ap[new],
        kind[new],
        target[new],
        upload_u[new],
    )
    served = services(log_stay, kind[new], target[new], service_u[new])
    # One by one: assigning a slice would make numba compile an error message as well.
    for i in range(job, stop):
        join[i] = arrival[i] + under[i - job]
        leave[i] = served[i - job]
    for slot in range(begin, end):
        while job < stop and arrival[job] == slot:
            number = join[job] & (lists - 1)
            before = under_way[number]
            if index[before] < index[job]:
                under_way[number] = job
            else:
                before = jobs + number
                while index[following[before]] < index[job]:
                    before = following[before]
            following[job], following[before] = following[before], job
            job += 1
        number = slot & (lists - 1)
        joining, last = jobs + number, under_way[number]
        under_way[number] = joining
        while joining != last:
            joining = following[joining]
            queue = target[joining] * kinds + kind[joining]
            if latest[queue, oldest[queue]] >= slot:
                leave[joining] = DROPPED
                continue
            start = max(slot, latest[queue, oldest[queue] - 1] + 1)
            leave[joining] += start - 1
            latest[queue, oldest[queue]] = leave[joining]
            oldest[queue] += 1
            if oldest[queue] == latest.shape[1]:
                oldest[queue] = 0
