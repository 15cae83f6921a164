"""The checker's own replay of a sample path: event by event, one queue at a time.

The solvers' simulator steps through slots and fixes a job's last slot of service when it
joins. Here the history of each job is computed at once: it joins, starts when its
predecessor has left, and leaves. Nothing of the simulator is used.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from optkit.dispatch.instance import DispatchInstance


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
    jobs = instance.jobs
    joins: list[int] = []
    queues: dict[tuple[int, int], list[int]] = defaultdict(list)
    for job, server in enumerate(target):
        laws = instance.upload_pmf[jobs.ap[job]][server]
        law = laws[jobs.type[job]] if laws is not None else None
        if law is None:
            raise ValueError(f"server {server} is no candidate of job {job}")
        joins.append(jobs.slot[job] + upload_slots(law, jobs.upload_u[job]))
        queues[server, jobs.type[job]].append(job)
    histories: list[JobHistory | None] = [None] * len(joins)
    for (server, kind), members in queues.items():
        mean = instance.mean_service_slots[server][kind]
        members.sort(key=lambda job: (joins[job], job))
        waiting: deque[int] = deque()  # last slots of the jobs that have not left
        for job in members:
            join = joins[job]
            while waiting and waiting[0] < join:
                waiting.popleft()
            finish = None
            if len(waiting) < instance.queue_limit:
                start = max(join, waiting[-1] + 1) if waiting else join
                finish = start + service_slots(mean, jobs.service_u[job]) - 1
                waiting.append(finish)
            histories[job] = JobHistory(jobs.slot[job], join, finish)
    return [history for history in histories if history is not None]
