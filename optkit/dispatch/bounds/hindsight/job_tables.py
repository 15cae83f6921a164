"""The jobs of one type, with their joins and services at every server."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.changes import by_job
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator import service_time, upload_latency


@dataclass(frozen=True, eq=False)
class JobTable:
    """The jobs of one type, with what each would meet at each server.

    Parameters
    ----------
    index
        (N,): their positions in the arrays of the problem data.
    arrival
        (N,): slots.
    rank
        (N,): the instance's index, which orders joins in one slot.
    join, service
        (N, M): slot of joining and slots of service; −1 if the server is no candidate.
    """

    index: Ints
    arrival: Ints
    rank: Ints
    join: Ints
    service: Ints


def job_table(data: ProblemData, kind: int) -> JobTable:
    """Return the table of the jobs of one type."""
    jobs = np.flatnonzero(data.kind == kind)
    times = by_job(data, lambda network: _times(network, jobs), data.slot[jobs])
    join, service = (np.ascontiguousarray(times[:, :, k]) for k in range(2))
    return JobTable(jobs, data.slot[jobs], data.job[jobs], join, service)


def _times(data: ProblemData, jobs: Ints) -> Ints:
    """Return (N, M, 2): joins and services of jobs at every server."""
    servers = data.shape[1]
    join = np.full((len(jobs), servers), -1, dtype=np.int64)
    service = np.full((len(jobs), servers), -1, dtype=np.int64)
    for server in range(servers):
        able = np.flatnonzero(data.candidate[data.ap[jobs], server])
        if len(able):
            target = np.full(len(able), server, dtype=np.int64)
            join[able, server] = data.slot[jobs[able]] + upload_latency(
                data, jobs[able], target
            )
            service[able, server] = service_time(data, jobs[able], target)
    return np.stack([join, service], axis=2)
