"""The bound on the mean cost of every policy, recomputed from the prices of a solution.

Each queue may admit every job that could join it, and is paid the job's price. A backward
recursion over slots finds the least mean cost of all queues at once. ``docs/dispatch.md``
proves that the prices plus these costs bound every policy. Nothing of the solvers' code is
used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.check.network_in_force import met_by_jobs, networks_in_force
from optkit.dispatch.check.replay import upload_times
from optkit.dispatch.instance import DispatchInstance

SOURCE = "prices of jobs; each queue alone, with arrivals and uploads known"
"""What proves the bound."""


@dataclass(frozen=True, eq=False)
class _Joins:
    """Jobs that could join queues before the last slot, from the last join to the first.

    Parameters
    ----------
    slot, queue, fixed
        (n,): slot of joining, number of the queue, and the boundaries under way less the
        price.
    group
        (groups + 1,): where groups begin. No queue is twice in a group, and all joins of a
        group are in one slot.
    """

    slot: Ints
    queue: Ints
    fixed: Floats
    group: Ints


def policy_bound(instance: DispatchInstance, prices: Sequence[float]) -> float | None:
    """Return the bound on the mean objective of every policy; None where there is none.

    There is none where the network changes how long services take, since a queue's length
    no longer says when its jobs leave, and where the prices are so high that sums overflow.

    Parameters
    ----------
    instance
        The instance.
    prices
        One per job, in boundaries.
    """
    if any(change.mean_service_slots for change in instance.changes or ()):
        return None
    price = np.array(prices, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        joins, late = _possible_joins(instance, price)
        costs = _least_costs(instance, joins)
        total = price.sum() + costs.sum() + np.minimum(late, 0.0).sum()
        # The sums round by less than this: each value passes through every slot.
        terms = instance.intervals * instance.slots_per_interval + len(joins.slot) + 1
        size = np.abs(price).sum() + np.abs(costs).sum()
        total -= 4.0 * np.finfo(float).eps * terms * size
    if not np.isfinite(total):
        return None
    return float(total) / instance.intervals


def _possible_joins(instance: DispatchInstance, price: Floats) -> tuple[_Joins, Floats]:
    """Return the joins, and per job what going to a server too late for it costs.

    The latter is infinite for jobs that reach all their candidates in time.
    """
    jobs = instance.jobs
    per, intervals = instance.slots_per_interval, instance.intervals
    horizon = per * intervals
    kinds = len(instance.job_types)
    arrival = np.array(jobs.slot, dtype=np.int64)
    ap = np.array(jobs.ap, dtype=np.int64)
    kind = np.array(jobs.type, dtype=np.int64)
    networks = networks_in_force(instance)
    position = {server.id: m for m, server in enumerate(instance.servers)}
    reach = np.zeros((len(networks), len(instance.aps), len(position)), dtype=bool)
    for number, network in enumerate(networks):
        for k, names in enumerate(network.candidates):
            reach[number, k, [position[name] for name in names]] = True
    job, server = np.nonzero(reach[met_by_jobs(instance, networks), ap])
    join = arrival[job] + upload_times(instance, job, server)
    under_way = np.minimum(join // per, intervals) - arrival[job] // per
    fixed = under_way - price[job]
    in_time = join < horizon
    late = np.full(len(arrival), np.inf)
    np.minimum.at(late, job[~in_time], fixed[~in_time])
    job, queue = job[in_time], (server * kinds + kind[job])[in_time]
    join, fixed = join[in_time], fixed[in_time]
    order = np.lexsort((-job, queue, -join))
    join, queue, fixed = join[order], queue[order], fixed[order]
    # Joins of one queue in one slot come one after another, the last of them first.
    new = np.ones(len(join), dtype=bool)
    new[1:] = (np.diff(join) != 0) | (np.diff(queue) != 0)
    row = np.arange(len(join))
    rank = row - np.maximum.accumulate(np.where(new, row, 0))
    order = np.lexsort((queue, rank, -join))
    join, queue, fixed, rank = join[order], queue[order], fixed[order], rank[order]
    change = np.flatnonzero((np.diff(join) != 0) | (np.diff(rank) != 0)) + 1
    group = np.concatenate([[0], change, [len(join)]])
    return _Joins(join, queue, fixed, group), late


def _least_costs(instance: DispatchInstance, joins: _Joins) -> Floats:
    """Return (queues,), the least mean cost of each queue, empty before the first slot."""
    per, limit = instance.slots_per_interval, instance.queue_limit
    ends = 1.0 / np.array(instance.mean_service_slots, dtype=np.float64).reshape(-1, 1)
    boundary = np.arange(limit + 1, dtype=np.float64)
    boundary[limit] += instance.overflow_penalty
    cost = np.zeros((len(ends), limit + 1))
    group = 0
    for slot in range(per * instance.intervals - 1, -1, -1):
        if (slot + 1) % per == 0:
            cost += boundary
        cost[:, 1:] -= ends * np.diff(cost, axis=1)
        while group + 1 < len(joins.group) and joins.group[group] < len(joins.slot):
            some = slice(joins.group[group], joins.group[group + 1])
            if joins.slot[some.start] != slot:
                break
            queue, fixed = joins.queue[some], joins.fixed[some, None]
            before = cost[queue]
            after = np.empty_like(before)
            after[:, :-1] = before[:, 1:]
            after[:, -1] = before[:, -1] + instance.drop_penalty
            cost[queue] = np.minimum(before, after + fixed)
            group += 1
    return cost[:, 0].copy()
