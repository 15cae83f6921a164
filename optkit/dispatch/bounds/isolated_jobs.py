"""A lower bound on the cost of any policy: every job alone in the system.

Whatever is decided, a job that is sent to server m is under way for its upload there. Then
it is either served, for at least its own service, or dropped at a penalty. Waiting and full
queues only add to that. So the least of these costs over a job's candidates, added up over
all jobs, is a bound for this sample path, on clairvoyant policies too.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.changes import by_job
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator import service_time, upload_latency

SOURCE = "every job alone in the system, at its best candidate"


def alone(data: ProblemData) -> float:
    """Return the bound on the objective.

    Parameters
    ----------
    data
        The instance.
    """
    return float(least_costs(data).sum()) / data.intervals


def least_costs(data: ProblemData) -> Floats:
    """Return the least cost of each job, in jobs times boundaries, (N,)."""
    return by_job(data, _least_costs)


def _least_costs(data: ProblemData) -> Floats:
    least = np.full(len(data.slot), np.inf)
    for server in range(data.shape[1]):
        jobs = np.flatnonzero(data.candidate[data.ap, server])
        if not len(jobs):
            continue
        target = np.full(len(jobs), server, dtype=np.int64)
        join = data.slot[jobs] + upload_latency(data, jobs, target)
        finish = join + service_time(data, jobs, target) - 1
        served = _boundaries(data, data.slot[jobs], finish)
        dropped = _boundaries(data, data.slot[jobs], join) + data.drop_penalty
        # A job that joins after the last slot can no longer be dropped.
        dropped = np.where(join < data.horizon, dropped, served)
        least[jobs] = np.minimum(least[jobs], np.minimum(served, dropped))
    return least


def quickest(data: ProblemData) -> Ints:
    """Return (N,): for each job the server that would finish it first if it were alone."""
    return by_job(data, _quickest)


def _quickest(data: ProblemData) -> Ints:
    first = np.full(len(data.slot), np.iinfo(np.int64).max)
    target = np.full(len(data.slot), -1, dtype=np.int64)
    for server in range(data.shape[1]):
        jobs = np.flatnonzero(data.candidate[data.ap, server])
        if not len(jobs):
            continue
        sent = np.full(len(jobs), server, dtype=np.int64)
        done = data.slot[jobs] + upload_latency(data, jobs, sent)
        done += service_time(data, jobs, sent)
        better = jobs[done < first[jobs]]
        first[jobs] = np.minimum(first[jobs], done)
        target[better] = server
    return target


def _boundaries(data: ProblemData, first: Ints, last: Ints) -> Ints:
    """Return how many of the boundaries B of 1 … T satisfy first < B ≤ last."""
    per, most = data.slots_per_interval, data.intervals
    count: Ints = np.minimum(last // per, most) - np.minimum(first // per, most)
    return count
