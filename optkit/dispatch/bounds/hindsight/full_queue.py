"""Conditions for a full queue; without one no job is dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.bounds.hindsight.job_tables import JobTable
from optkit.dispatch.bounds.hindsight.price_kernels import IN_SERVICE
from optkit.dispatch.problem.problem_data import ProblemData

FIRST_COUNTED = 0.5
"""Position in a full queue, as a share of its room, from which on jobs are counted."""


@dataclass(frozen=True, eq=False)
class FullQueue:
    """The jobs in a full queue of one type, for each server.

    Parameters
    ----------
    share
        (M,): what one job that waits long contributes to a full queue, 1 / (L − q + 1);
        0 where there are too few jobs ever to fill it.
    lag
        (M,), ℓ in slots: jobs from the q-th on start at least so much later.
    longest_wait
        (M,), slots: no job that finds room starts later than this after its join.
    """

    share: Floats
    lag: Ints
    longest_wait: Ints

    @classmethod
    def of(cls, data: ProblemData, jobs: JobTable) -> FullQueue:
        """Return what holds for the jobs of one type."""
        limit, servers = data.queue_limit, data.shape[1]
        first = max(2, round(FIRST_COUNTED * limit))
        share = np.zeros(servers)
        lag = np.full(servers, IN_SERVICE, dtype=np.int64)
        wait = np.zeros(servers, dtype=np.int64)
        for server in range(servers):
            services = np.sort(jobs.service[jobs.join[:, server] >= 0, server])
            if limit > 1:
                lag[server] = 1 + services[: first - 2].sum()
                wait[server] = services[::-1][: limit - 1].sum()
            if len(services) > limit:
                share[server] = 1.0 / (limit - first + 1) if limit > 1 else 1.0
        return cls(share, lag, wait)
