"""Compiled loops of the bound by prices."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop

IN_SERVICE = -1
"""In place of a lag: the queue has room for a single job, which is in service."""


@inner_loop
def sum_before(value: Any) -> Any:
    """Return (M, H + 1): sums of (M, H) values over all earlier slots."""
    servers, horizon = value.shape
    total = np.zeros((servers, horizon + 1))
    for server in range(servers):
        for slot in range(horizon):
            total[server, slot + 1] = total[server, slot] + value[server, slot]
    return total


@inner_loop
def waiting_payments(join: Any, drop_price: Any, share: Any, horizon: int) -> Any:
    """Return (M, H): what a job receives for waiting through a slot."""
    jobs, servers = join.shape
    payment = np.zeros((servers, horizon))
    for job in range(jobs):
        for server in range(servers):
            slot = join[job, server]
            if 0 <= slot < horizon:
                payment[server, slot] += share[server] * drop_price[job, server]
    return payment


@inner_loop
def least_later_costs(earned: Any, lag: Any, per: int, intervals: int) -> Any:
    """Return the least cost of a start in a slot or any later one, prices left out.

    It counts the boundaries up to the start, less all payments since slot 0. After the
    last payment nothing changes any more.
    """
    servers, slots = earned.shape
    horizon = slots - 1
    longest = 0
    for server in range(servers):
        longest = max(longest, lag[server])
    most = horizon + longest + 1
    least = np.empty((servers, most + 1))
    for server in range(servers):
        rest = np.inf
        for start in range(most, -1, -1):
            end = min(max(start - lag[server] + 1, 0), horizon)
            if lag[server] == IN_SERVICE:
                end = horizon
            rest = min(rest, min(start // per, intervals) - earned[server, end])
            least[server, start] = rest
    return least


@loop(lambda arrival, join, service, price, *_: 10 * join.size + 10 * price.size)
def bound_at_prices(
    arrival: Any,
    join: Any,
    service: Any,
    price: Any,
    drop_price: Any,
    share: Any,
    lag: Any,
    longest_wait: Any,
    constants: Any,
) -> tuple[float, Any, Any]:
    """Return the bound at some prices, and its subgradients.

    Parameters
    ----------
    arrival, join, service
        As in :class:`optkit.dispatch.bounds.hindsight.job_tables.JobTable`.
    price
        (M, H): π.
    drop_price
        (N, M): what a drop costs in addition to its penalty.
    share, lag, longest_wait
        (M,): as in :class:`optkit.dispatch.bounds.hindsight.full_queue.FullQueue`.
    constants
        Slots per interval, intervals, drop penalty.

    Returns
    -------
    tuple of float and two ndarrays
        The bound; (M, H): jobs that use each slot; (N, M): by how much each drop
        constraint is violated.
    """
    per, intervals, penalty = constants
    jobs, servers = join.shape
    horizon = per * intervals
    paid = sum_before(price)
    earned = sum_before(waiting_payments(join, drop_price, share, horizon))
    floor = least_later_costs(earned, lag, per, intervals)
    furthest = floor.shape[1] - 1
    busy = np.zeros((servers, horizon + 1))
    waiting = np.zeros((servers, horizon + 1))
    violated = np.zeros((jobs, servers))
    total = 0.0
    for server in range(servers):
        for slot in range(horizon):
            total += price[server, slot]
    total = -total
    for job in range(jobs):
        arrived = min(arrival[job] // per, intervals)
        least, where, when, dropped = np.inf, -1, -1, False
        for server in range(servers):
            begin = join[job, server]
            if begin < 0:
                continue
            length = service[job, server]
            if begin < horizon and share[server] > 0.0:
                cost = begin // per - arrived + penalty + drop_price[job, server]
                if cost < least:
                    least, where, dropped = cost, server, True
            since = earned[server, min(begin, horizon)]
            last = min(begin + longest_wait[server], max(begin, furthest))
            for slot in range(begin, last + 1):
                rest = floor[server, min(slot, furthest)] + since
                if min(rest, min(slot // per, intervals)) - arrived >= least:
                    break
                ahead = lag[server] if lag[server] != IN_SERVICE else 1 - length
                until = max(begin, min(slot - ahead + 1, horizon))
                cost = min((slot + length - 1) // per, intervals) - arrived
                cost += paid[server, min(slot + length, horizon)]
                cost -= paid[server, min(slot, horizon)]
                cost -= earned[server, min(until, horizon)] - since
                if cost < least:
                    least, where, when, dropped = cost, server, slot, False
        total += least
        if dropped:
            violated[job, where] += 1.0
            continue
        begin, length = join[job, where], service[job, where]
        busy[where, min(when, horizon)] += 1.0
        busy[where, min(when + length, horizon)] -= 1.0
        ahead = lag[where] if lag[where] != IN_SERVICE else 1 - length
        until = max(begin, min(when - ahead + 1, horizon))
        waiting[where, min(begin, horizon)] += 1.0
        waiting[where, min(until, horizon)] -= 1.0
    used = sum_before(busy[:, :horizon])[:, 1:]
    through = sum_before(waiting[:, :horizon])[:, 1:]
    for job in range(jobs):
        for server in range(servers):
            slot = join[job, server]
            if 0 <= slot < horizon:
                violated[job, server] -= share[server] * through[server, slot]
    return total, used, violated
