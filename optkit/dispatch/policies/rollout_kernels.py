"""Compiled loops of the rollout policy: what joining a queue costs, and when.

Import where needed: it loads numba.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.forecast import mix
from optkit.dispatch.problem.queue_kernels import back, move, tail

MOST = 3
"""Arrivals of one slot that are told apart."""


@compiled
def harms(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return (t_B, L + 1): what one more job costs that joins in a slot, by length."""
    limit = len(cost) - 1
    value = tail(arrivals, rate, per, discount, cost, penalty)
    harm = np.empty((per, limit + 1))
    for slot in range(per - 1, -1, -1):
        value = back(value, arrivals, rate)
        if penalty > 0.0:
            for length in range(limit + 1):
                for count in range(len(arrivals)):
                    over = length + count - limit
                    if over > 0:
                        value[length] += penalty * arrivals[count] * over
        for length in range(limit):
            harm[slot, length] = value[length + 1] - value[length]
        harm[slot, limit] = penalty
    return harm


@compiled
def prices(length: int, arrivals: Any, rate: float, harm: Any, price: Any) -> None:
    """Write the expected cost of joining in each slot after the boundary.

    Parameters
    ----------
    length
        Jobs in the queue at the boundary.
    arrivals
        (slots, A + 1): laws of the arrivals.
    rate
        μ.
    harm
        (t_B, L + 1), of :func:`harms`.
    price
        (slots,); overwritten.
    """
    per, limit = harm.shape[0], harm.shape[1] - 1
    top = min(length, limit)
    law, scratch = np.zeros(limit + 1), np.zeros(limit + 1)
    law[top] = 1.0
    for slot in range(len(arrivals)):
        expected = 0.0
        row = harm[slot % per]
        for found in range(top + 1):
            expected += law[found] * row[found]
        price[slot] = expected
        top, _ = move(law, scratch, top, arrivals[slot], rate)


@compiled
def expect(
    others: Any,
    moving: Any,
    own: Any,
    upload: Any,
    alive: Any,
    pairs: Any,
    lengths: Any,
    rates: Any,
    harm: Any,
) -> Any:
    """Return the arrivals to expect at each candidate, and what joining there costs.

    Parameters
    ----------
    others
        (servers, slots, A + 1): arrivals that others send from the boundary on.
    moving
        (jobs, 3): jobs seen under way: place of the server, pair, age.
    own
        (jobs, 2): jobs sent since the boundary: slots after it, place of the server.
    upload, alive
        (all pairs, Ξ + 1): P(U = x), P(U ≥ x).
    pairs, lengths, rates
        (servers,): the observer's pairs, the jobs queued at the boundary, and μ.
    harm
        (servers, t_B, L + 1).

    Returns
    -------
    tuple of ndarray
        (servers, slots, A + 1) and (servers, slots).
    """
    arrivals = others.copy()
    for place, pair, age in moving:
        arrive(arrivals[place], upload[pair], alive[pair], age)
    for sent, place in own:
        join(arrivals[place], upload[pairs[place]], sent)
    price = np.empty(arrivals.shape[:2])
    for place in range(len(price)):
        prices(lengths[place], arrivals[place], rates[place], harm[place], price[place])
    return arrivals, price


@compiled
def cheapest(
    now: int, per: int, discount: float, upload: Any, pairs: Any, price: Any
) -> int:
    """Return the place of the server to which sending a job now costs least.

    Parameters
    ----------
    now
        Slots since the boundary.
    per, discount
        t_B and γ.
    upload
        (all pairs, Ξ + 1).
    pairs, price
        (servers,) and (servers, slots).
    """
    best, least = 0, np.inf
    for place in range(len(pairs)):
        law = upload[pairs[place]]
        cost, under_way, weight = 0.0, 0.0, 1.0
        for wait in range(len(law)):
            slot = now + wait
            if wait > 0 and slot % per == 0:  # a boundary that is met under way
                under_way += weight
                weight *= discount
            if law[wait] > 0.0:
                last = min(slot, price.shape[1] - 1)
                cost += law[wait] * (under_way + weight * price[place, last])
        if cost < least:
            best, least = place, cost
    return best


@compiled
def flows(slots: int, sources: Any, share: Any, upload: Any) -> Any:
    """Return (slots, A + 1): what sources send that go on since the boundary.

    Parameters
    ----------
    slots
        How many to look at.
    sources, share
        (sources,): pair of each, and its arrival probability per slot.
    upload
        (all pairs, Ξ + 1).
    """
    law = np.zeros((slots, MOST + 1))
    law[:, 0] = 1.0
    for source in range(len(sources)):
        total = 0.0
        for slot in range(slots):
            if slot < upload.shape[1]:
                total += upload[sources[source], slot]
            mix(law[slot], share[source] * min(total, 1.0))
    return law


@compiled
def arrive(arrivals: Any, law: Any, alive: Any, age: int) -> None:
    """Add a job that was under way for ``age`` slots at the boundary."""
    if alive[age] > 0.0:
        for wait in range(age, len(law)):
            if law[wait] > 0.0 and wait - age < len(arrivals):
                mix(arrivals[wait - age], law[wait] / alive[age])


@compiled
def join(arrivals: Any, law: Any, sent: int) -> None:
    """Add a job that was sent ``sent`` slots after the boundary."""
    for wait in range(len(law)):
        if law[wait] > 0.0 and sent + wait < len(arrivals):
            mix(arrivals[sent + wait], law[wait])
