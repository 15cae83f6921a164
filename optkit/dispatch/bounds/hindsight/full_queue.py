"""What it takes to fill a queue: without a full one, no job is dropped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.bounds.hindsight.job_tables import Known
from optkit.dispatch.bounds.hindsight.price_kernels import IN_SERVICE
from optkit.dispatch.problem.problem_data import World


@dataclass(frozen=True, eq=False)
class Crowd:
    """Who is there when a queue of one type is full, for each server.

    Parameters
    ----------
    share
        (M,): what one job that waits long contributes to a full queue, 1 / (L − q + 1);
        0 where too few jobs may come to fill it ever.
    lag
        (M,), ℓ in slots: jobs from the q-th on start so much later or more.
    longest_wait
        (M,), slots: no job that finds room starts later than this after its join.
    """

    share: Floats
    lag: Ints
    longest_wait: Ints

    @classmethod
    def of(cls, world: World, seen: Known) -> Crowd:
        """Return what holds for the jobs of one type."""
        limit, servers = world.queue_limit, world.shape[1]
        first = max(2, round(FIRST * limit))
        share = np.zeros(servers)
        lag = np.full(servers, IN_SERVICE, dtype=np.int64)
        wait = np.zeros(servers, dtype=np.int64)
        for server in range(servers):
            services = np.sort(seen.service[seen.join[:, server] >= 0, server])
            if limit > 1:
                lag[server] = 1 + services[: first - 2].sum()
                wait[server] = services[::-1][: limit - 1].sum()
            if len(services) > limit:
                share[server] = 1.0 / (limit - first + 1) if limit > 1 else 1.0
        return cls(share, lag, wait)


FIRST = 0.5
"""Place in a full queue, as a share of its room, from which on jobs are counted."""
