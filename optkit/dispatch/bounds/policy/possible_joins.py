"""The queues that each job of one type could join, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.changes import by_job
from optkit.dispatch.problem.problem_data import ProblemData
from optkit.dispatch.problem.simulator import upload_latency


@dataclass(frozen=True, eq=False)
class PossibleJoins:
    """The queues that each of N jobs of one type could join before the last slot.

    Parameters
    ----------
    index
        (N,): positions of the jobs in the arrays of the problem data.
    first
        (M + 1,): where the joins of each server begin in the arrays that follow. Those of
        one server are in order of joining.
    slot, job
        Slot of each join; position of its job among the N.
    transit
        Boundaries that the job meets under way.
    late
        (N,): the same on the way to a server that it would reach after the last slot, if
        there are several the least; infinite if there is none.
    rate
        (M,): probability that a service ends in a slot, 1/c.
    alone
        (N,): least mean cost of the job at a server of its own, in boundaries.
    """

    index: Ints
    first: Ints
    slot: Ints
    job: Ints
    transit: Floats
    late: Floats
    rate: Floats
    alone: Floats


def possible_joins(data: ProblemData, kind: int) -> PossibleJoins:
    """Return the joins that are possible to the jobs of one type.

    Parameters
    ----------
    data
        The instance.
    kind
        The type.
    """
    index = np.flatnonzero(data.kind == kind)
    per, intervals = data.slots_per_interval, data.intervals
    arrival = data.slot[index]
    joins = by_job(data, lambda network: _joins(network, index), arrival)
    alone, late = np.full(len(index), np.inf), np.full(len(index), np.inf)
    slots, jobs, transits = [], [], []
    for server in range(data.shape[1]):
        able = np.flatnonzero(joins[:, server] >= 0)
        join = joins[able, server]
        passed = np.minimum(join // per, intervals) - arrival[able] // per
        transit = passed.astype(np.float64)
        in_time = join < data.horizon
        service = np.where(in_time, data.service[server, kind] / per, 0.0)
        alone[able] = np.minimum(alone[able], transit + service)
        after = able[~in_time]
        late[after] = np.minimum(late[after], transit[~in_time])
        kept = np.flatnonzero(in_time)
        kept = kept[np.lexsort((data.job[index[able[kept]]], join[kept]))]
        slots.append(join[kept])
        jobs.append(able[kept])
        transits.append(transit[kept])
    counts = [0, *map(len, slots)]
    return PossibleJoins(
        index,
        np.cumsum(counts),
        np.concatenate(slots),
        np.concatenate(jobs),
        np.concatenate(transits),
        late,
        1.0 / np.ascontiguousarray(data.service[:, kind]),
        alone,
    )


def _joins(data: ProblemData, index: Ints) -> Ints:
    """Return (N, M): slots of joining; −1 if the server is no candidate."""
    join = np.full((len(index), data.shape[1]), -1, dtype=np.int64)
    for server in range(data.shape[1]):
        able = np.flatnonzero(data.candidate[data.ap[index], server])
        if len(able):
            target = np.full(len(able), server, dtype=np.int64)
            upload = upload_latency(data, index[able], target)
            join[able, server] = data.slot[index[able]] + upload
    return join
