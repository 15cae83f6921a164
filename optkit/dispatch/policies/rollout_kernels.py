"""Compiled loops of the rollout policy: what joining a queue costs, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop
from optkit.dispatch.problem.arrival_kernels import add_job, add_merged_source
from optkit.dispatch.problem.queue_kernels import (
    advance_law,
    expected_next,
    stationary_cost,
    stationary_steps,
)

MAX_ARRIVALS = 3
"""Largest number of arrivals in one slot that is told apart, A."""


@loop(
    lambda arrivals, rate, per, discount, cost, penalty: (
        2 * stationary_steps(arrivals, per, cost)
    )
)
def marginal_costs(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return (t_B, L + 1): what one more job that joins in a slot costs, by length."""
    limit = len(cost) - 1
    value = stationary_cost(arrivals, rate, per, discount, cost, penalty)
    marginal = np.empty((per, limit + 1))
    for slot in range(per - 1, -1, -1):
        value = expected_next(value, arrivals, rate)
        if penalty > 0.0:
            for length in range(limit + 1):
                for count in range(len(arrivals)):
                    over = length + count - limit
                    if over > 0:
                        value[length] += penalty * arrivals[count] * over
        for length in range(limit):
            marginal[slot, length] = value[length + 1] - value[length]
        marginal[slot, limit] = penalty
    return marginal


@loop(lambda queued, arrivals, rate, marginal, cost: arrivals.size * marginal.shape[1])
def joining_costs(
    queued: int, arrivals: Any, rate: float, marginal: Any, cost: Any
) -> None:
    """Write the expected cost of joining in each slot after the boundary.

    Parameters
    ----------
    queued
        Jobs in the queue at the boundary.
    arrivals
        (slots, A + 1): laws of the arrivals.
    rate
        μ.
    marginal
        (t_B, L + 1), of :func:`marginal_costs`.
    cost
        (slots,); overwritten.
    """
    per, limit = marginal.shape[0], marginal.shape[1] - 1
    top = min(queued, limit)
    law, scratch = np.zeros(limit + 1), np.zeros(limit + 1)
    law[top] = 1.0
    for slot in range(len(arrivals)):
        expected = 0.0
        row = marginal[slot % per]
        for length in range(top + 1):
            expected += law[length] * row[length]
        cost[slot] = expected
        top, _ = advance_law(law, scratch, top, arrivals[slot], rate)


@loop(
    lambda arrivals, moving, own, upload, alive, pairs, lengths, rates, marginal, costs: (
        arrivals.size * (marginal.shape[2] + len(moving) + len(own))
    )
)
def expected_arrivals(
    arrivals: Any,
    moving: Any,
    own: Any,
    upload: Any,
    alive: Any,
    pairs: Any,
    lengths: Any,
    rates: Any,
    marginal: Any,
    costs: Any,
) -> None:
    """Compute the arrivals to expect at each candidate, and what joining there costs.

    Parameters
    ----------
    arrivals
        (servers, slots, A + 1): arrivals that others send from the boundary on; all others
        are added.
    moving
        (jobs, 3): jobs observed under way: position of the server, pair, age.
    own
        (jobs, 2): jobs sent since the boundary: slots after it, position of the server.
    upload, alive
        (all pairs, Ξ + 1): P(U = x), P(U ≥ x).
    pairs, lengths, rates
        (servers,): the observer's pairs, the jobs queued at the boundary, and μ.
    marginal
        (servers, t_B, L + 1), of :func:`marginal_costs`.
    costs
        (servers, slots); overwritten.
    """
    for job in range(len(moving)):
        position, pair, age = moving[job, 0], moving[job, 1], moving[job, 2]
        add_job(arrivals[position], upload[pair], alive[pair, age], age)
    new = np.int64(0)  # for a literal, numba would compile another version
    for job in range(len(own)):
        sent, position = own[job, 0], own[job, 1]
        add_job(arrivals[position, sent:], upload[pairs[position]], 1.0, new)
    for server in range(len(costs)):
        joining_costs(
            lengths[server],
            arrivals[server],
            rates[server],
            marginal[server],
            costs[server],
        )


@loop(lambda now, per, discount, upload, pairs, joining: len(pairs) * upload.shape[1])
def cheapest_server(
    now: int, per: int, discount: float, upload: Any, pairs: Any, joining: Any
) -> int:
    """Return the position of the server to which sending a job now costs least.

    Parameters
    ----------
    now
        Slots since the boundary.
    per, discount
        t_B and γ.
    upload
        (all pairs, Ξ + 1).
    pairs, joining
        (servers,), and the cost of joining, (servers, slots).
    """
    best, least = 0, np.inf
    for server in range(len(pairs)):
        law = upload[pairs[server]]
        cost, under_way, weight = 0.0, 0.0, 1.0
        for wait in range(len(law)):
            slot = now + wait
            if wait > 0 and slot % per == 0:  # a boundary that is met under way
                under_way += weight
                weight *= discount
            if law[wait] > 0.0:
                last = min(slot, joining.shape[1] - 1)
                cost += law[wait] * (under_way + weight * joining[server, last])
        if cost < least:
            best, least = server, cost
    return best


@loop(lambda laws, pairs, rates, reached: laws.size * (1 + len(pairs)))
def split_arrivals(laws: Any, pairs: Any, rates: Any, reached: Any) -> None:
    """Add what sources bring in that send from the boundary on, in place.

    Parameters
    ----------
    laws
        (slots, A + 1).
    pairs, rates
        (sources,): pair of each, and its arrival probability per slot.
    reached
        (all pairs, Ξ + 1): P(U ≤ x).
    """
    for source in range(len(pairs)):
        add_merged_source(laws, reached[pairs[source]], rates[source], 0, -1)
