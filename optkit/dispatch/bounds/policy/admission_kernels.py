"""Compiled loops of the bound: which jobs a queue admits at given prices."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@loop(
    lambda prices, first, slot, job, transit, rate, constants: (
        2 * constants[0] * (len(rate) * constants[1] * constants[2] + len(slot))
    )
)
def admission_costs(
    prices: Any,
    first: Any,
    slot: Any,
    job: Any,
    transit: Any,
    rate: Any,
    constants: Any,
) -> tuple[Any, Any]:
    """Return the least cost of each queue, and how likely each job is admitted.

    A queue may admit each job that would join it, knowing its own length. Then it pays for
    the job's boundaries, under way and queued, and is paid the job's price.

    Parameters
    ----------
    prices
        (N,): λ.
    first, slot, job, transit, rate
        As in :class:`optkit.dispatch.bounds.policy.possible_joins.PossibleJoins`.
    constants
        Queue limit, slots per interval, intervals, overflow penalty, drop penalty.

    Returns
    -------
    tuple of ndarray
        (M,): least mean cost of each queue. (N,): expected number of queues that admit
        each job.
    """
    limit = constants[0]
    servers = len(rate)
    costs = np.zeros(servers)
    admitted = np.zeros(len(prices))
    most = 0
    for server in range(servers):
        most = max(most, first[server + 1] - first[server])
    admits = np.zeros((most, limit + 1), dtype=np.bool_)
    for server in range(servers):
        begin, end = first[server], first[server + 1]
        if begin == end:
            continue
        costs[server] = _decide(
            prices, begin, end, slot, job, transit, rate[server], constants, admits
        )
        _follow(begin, end, slot, job, rate[server], limit, admits, admitted)
    return costs, admitted


@inner_loop
def _decide(
    prices: Any,
    begin: int,
    end: int,
    slot: Any,
    job: Any,
    transit: Any,
    rate: float,
    constants: Any,
    admits: Any,
) -> float:
    """Return the least cost of an empty queue from slot 0 on; write whom it admits.

    Backwards through the slots, ``value`` has the least cost from then on, by length.
    """
    limit, per, intervals, overflow, drop = constants
    value = np.zeros(limit + 1)
    current = end - 1
    for now in range(per * intervals - 1, -1, -1):
        if (now + 1) % per == 0:
            for length in range(limit + 1):
                value[length] += length
            value[limit] += overflow
        for length in range(limit, 0, -1):
            value[length] += rate * (value[length - 1] - value[length])
        while current >= begin and slot[current] == now:
            fixed = transit[current] - prices[job[current]]
            row = admits[current - begin]
            for length in range(limit):
                change = fixed + (value[length + 1] - value[length])
                row[length] = change < 0.0
                if change < 0.0:
                    value[length] += change
            change = fixed + drop
            row[limit] = change < 0.0
            if change < 0.0:
                value[limit] += change
            current -= 1
    least: float = value[0]
    return least


@inner_loop
def _follow(
    begin: int,
    end: int,
    slot: Any,
    job: Any,
    rate: float,
    limit: int,
    admits: Any,
    admitted: Any,
) -> None:
    """Add up how likely each job is admitted; ``law`` is that of the queue's length."""
    law = np.zeros(limit + 1)
    law[0] = 1.0
    now, top = slot[begin], 0
    for current in range(begin, end):
        while now < slot[current]:
            for length in range(top):
                left = rate * law[length + 1]
                law[length] += left
                law[length + 1] -= left
            now += 1
        row = admits[current - begin]
        total, joined = 0.0, 0.0
        for length in range(min(top, limit - 1) + 1):
            share = law[length] if row[length] else 0.0
            total += share
            law[length] += joined - share
            joined = share
        if top == limit:
            if row[limit]:
                total += law[limit]
            law[limit] += joined
        else:
            top += 1
            law[top] += joined
        admitted[job[current]] += total
