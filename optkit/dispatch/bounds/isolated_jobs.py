"""A lower bound on the cost of any policy: every job alone in the system.

Whatever is decided, a job that is sent to server m is under way for its upload there, and
then either served, for at least its own service, or dropped at a penalty. Waiting only
adds, and so do full queues. So the least of these costs over its candidates, added up over
all jobs, is a bound for this sample path, clairvoyant policies included.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Ints
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.simulator import service_time, upload_latency

SOURCE = "every job alone in the system, at the best of its candidates"


def alone(world: World) -> float:
    """Return the bound on the objective.

    Parameters
    ----------
    world
        The instance.
    """
    return float(least_costs(world).sum()) / world.intervals


def least_costs(world: World) -> npt.NDArray[np.float64]:
    """Return the least cost of each job, in jobs times boundaries, (N,)."""
    least = np.full(len(world.slot), np.inf)
    for server in range(world.shape[1]):
        jobs = np.flatnonzero(world.candidate[world.ap, server])
        if not len(jobs):
            continue
        target = np.full(len(jobs), server, dtype=np.int64)
        join = world.slot[jobs] + upload_latency(world, jobs, target)
        finish = join + service_time(world, jobs, target) - 1
        served = _boundaries(world, world.slot[jobs], finish)
        dropped = _boundaries(world, world.slot[jobs], join) + world.drop_penalty
        # Who joins after the last slot can no longer be dropped.
        dropped = np.where(join < world.horizon, dropped, served)
        least[jobs] = np.minimum(least[jobs], np.minimum(served, dropped))
    return least


def quickest(world: World) -> Ints:
    """Return (N,): for each job the server where it would be done first if alone."""
    first = np.full(len(world.slot), np.iinfo(np.int64).max)
    target = np.full(len(world.slot), -1, dtype=np.int64)
    for server in range(world.shape[1]):
        jobs = np.flatnonzero(world.candidate[world.ap, server])
        if not len(jobs):
            continue
        sent = np.full(len(jobs), server, dtype=np.int64)
        done = world.slot[jobs] + upload_latency(world, jobs, sent)
        done += service_time(world, jobs, sent)
        better = jobs[done < first[jobs]]
        first[jobs] = np.minimum(first[jobs], done)
        target[better] = server
    return target


def _boundaries(world: World, first: Ints, last: Ints) -> Ints:
    """Count the boundaries 1 … T with first < B ≤ last."""
    per, most = world.slots_per_interval, world.intervals
    count: Ints = np.minimum(last // per, most) - np.minimum(first // per, most)
    return count
