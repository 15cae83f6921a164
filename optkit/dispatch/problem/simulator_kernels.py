"""Compiled loops of the simulator: upload and service times, and what happens in slots.

A queue serves one job at a time in the order of joining, so a job's last slot of service
is known when it joins: its own slots come after those of the job before it. Nothing is
left to do in the slots in which a queue only serves, and the time that a simulation takes
depends on its jobs, hardly on its queues.

Import where needed: it loads numba.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.finish_slots import DROPPED


def _uploads(
    pair: Any,
    reached: Any,
    guide: Any,
    ap: Any,
    kind: Any,
    target: Any,
    quantile: Any,
) -> Any:
    """Return upload latencies in slots, as ``quantile_of`` has it; looked up in a guide."""
    slots = np.empty(len(quantile), dtype=np.int64)
    for i in range(len(quantile)):
        p, k, u = pair[ap[i], target[i]], kind[i], quantile[i]
        x = guide[p, k, int(u * guide.shape[2])]
        while reached[p, k, x] <= u:
            x += 1
        slots[i] = x
    return slots


def _services(log_stay: Any, kind: Any, target: Any, quantile: Any) -> Any:
    """Return slots of service: the quantiles of geometric laws."""
    # The C library's logarithm, as in plain Python: the last digit of numpy's on arrays
    # may differ, and the floor would show it.
    slots = np.empty(len(quantile), dtype=np.int64)
    for i in range(len(quantile)):
        ratio = math.log(1.0 - quantile[i]) / log_stay[target[i], kind[i]]
        slots[i] = 1 + math.floor(ratio)
    return slots


uploads = compiled(_uploads)
services = compiled(_services)


def _advance(
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
    """Move on over the slots ``begin`` … ``end`` − 1, in which jobs ``job`` … arrive.

    Jobs under way stand in lists in order of the instance's indices, one for each slot of
    joining: a header, numbered after all jobs, whose first job follows it, and
    ``under_way``, its last one. The lists are used again; 2^i of them, more than Ξ.

    ``leave`` has a job's slots of service until it joins, from then on the last of them.
    ``latest`` has the last slots of the newest ``queue_limit`` jobs of each queue: it is
    full if the ``oldest`` of them has not left.
    """
    if np.searchsorted(arrival, end) != stop:
        raise ValueError("advance() takes one target for each job of arrivals()")
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
    # One by one: assigning a slice makes numba compile a message about its shape, too.
    for i in range(job, stop):
        join[i] = arrival[i] + under[i - job]
        leave[i] = served[i - job]
    for slot in range(begin, end):
        while job < stop and arrival[job] == slot:
            place = join[job] & (lists - 1)
            before = under_way[place]
            if index[before] < index[job]:
                under_way[place] = job
            else:
                before = jobs + place
                while index[following[before]] < index[job]:
                    before = following[before]
            following[job], following[before] = following[before], job
            job += 1
        place = slot & (lists - 1)
        joining, last = jobs + place, under_way[place]
        under_way[place] = joining
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


advance = compiled(_advance)
