"""The jobs of one type, with what each would meet wherever it were sent.

Import where needed: it loads numba.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.simulator import service_time, upload_latency


@dataclass(frozen=True, eq=False)
class Known:
    """The jobs of one type, with what each would meet at each server.

    Parameters
    ----------
    jobs
        (N,): their places in the world's arrays.
    arrival
        (N,): slots.
    rank
        (N,): the instance's index, which orders joins in one slot.
    join, service
        (N, M): slot of joining and slots of service; −1 where no candidate.
    """

    jobs: Ints
    arrival: Ints
    rank: Ints
    join: Ints
    service: Ints


def known_jobs(world: World, kind: int) -> Known:
    """Return what is known about the jobs of one type."""
    jobs = np.flatnonzero(world.kind == kind)
    servers = world.shape[1]
    join = np.full((len(jobs), servers), -1, dtype=np.int64)
    service = np.full((len(jobs), servers), -1, dtype=np.int64)
    for server in range(servers):
        able = np.flatnonzero(world.candidate[world.ap[jobs], server])
        if len(able):
            target = np.full(len(able), server, dtype=np.int64)
            join[able, server] = world.slot[jobs[able]] + upload_latency(
                world, jobs[able], target
            )
            service[able, server] = service_time(world, jobs[able], target)
    return Known(jobs, world.slot[jobs], world.job[jobs], join, service)
