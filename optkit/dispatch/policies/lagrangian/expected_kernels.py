"""Compiled loops of the prices for expected arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@inner_loop
def _go_back(
    interval: int,
    prices: Any,
    rate: Any,
    transit: Any,
    delay: Any,
    ends: float,
    constants: Any,
    value: Any,
    joined: Any,
) -> None:
    """Go back through the slots of an interval.

    Parameters
    ----------
    value
        (L + 1,): least cost from the end of the interval on, by length; afterwards from
        its beginning on.
    joined
        (t_B, L + 1): the same from within each slot on, after its joins; overwritten.
    """
    limit, per, _, overflow, drop = constants
    before = np.zeros(limit + 1)
    for length in range(limit + 1):
        value[length] += length
    value[limit] += overflow
    for slot in range(per - 1, -1, -1):
        for length in range(limit, 0, -1):
            value[length] += ends * (value[length - 1] - value[length])
        for length in range(limit + 1):
            joined[slot, length] = value[length]
            before[length] = value[length]
        for source in range(len(rate)):
            arrival = interval * per + slot - delay[source]
            if arrival >= 0:
                fixed = transit[source] - prices[source, arrival // per]
                for length in range(limit):
                    change = fixed + (value[length + 1] - value[length])
                    if change < 0.0:
                        before[length] += rate[source] * change
                if fixed + drop < 0.0:
                    before[limit] += rate[source] * (fixed + drop)
        for length in range(limit + 1):
            value[length] = before[length]


@loop(
    lambda interval, prices, rate, transit, delay, ends, constants, value: (
        len(rate) * constants[0] * constants[1]
    )
)
def costs_within(
    interval: int,
    prices: Any,
    rate: Any,
    transit: Any,
    delay: Any,
    ends: float,
    constants: Any,
    value: Any,
) -> Any:
    """Return (t_B, L + 1): least cost from each slot of an interval on, after its joins.

    Parameters
    ----------
    interval
        The interval.
    prices, rate, transit, delay, ends, constants
        As in :func:`expected_admissions`.
    value
        (L + 1,): least cost from the end of the interval on.
    """
    joined = np.empty((constants[1], constants[0] + 1))
    rest = value.copy()
    _go_back(interval, prices, rate, transit, delay, ends, constants, rest, joined)
    return joined


@loop(
    lambda prices, rate, transit, delay, late, ends, constants, admitted, values: (
        2 * len(rate) * constants[0] * constants[1] * constants[2]
    )
)
def expected_admissions(
    prices: Any,
    rate: Any,
    transit: Any,
    delay: Any,
    late: Any,
    ends: float,
    constants: Any,
    admitted: Any,
    values: Any,
) -> float:
    """Return the least cost of one queue if its jobs arrive by their rates.

    In each slot at most one job joins. Whether it is admitted may depend on the length of
    the queue and on its source, not on what arrives later.

    Parameters
    ----------
    prices
        (S, T): price of a job of each source that arrives in an interval.
    rate
        (S,): jobs per slot of each source.
    transit
        (S,): mean boundaries that a job meets under way.
    delay
        (S,): slots from arrival to joining.
    late
        (S, T): boundaries that a job meets if it never joins.
    ends
        Probability that a service ends in a slot.
    constants
        Queue limit, slots per interval, intervals, overflow penalty, drop penalty.
    admitted
        (S, T): expected jobs admitted, by interval of arrival; overwritten.
    values
        (T + 1, L + 1): least cost from the beginning of an interval on, by the length of
        the queue; overwritten.
    """
    limit, per, intervals, _, drop = constants
    sources, horizon = len(rate), per * intervals
    joined = np.zeros((horizon, limit + 1))
    value = np.zeros(limit + 1)
    for length in range(limit + 1):
        values[intervals, length] = 0.0
    for interval in range(intervals - 1, -1, -1):
        first = interval * per
        _go_back(
            interval,
            prices,
            rate,
            transit,
            delay,
            ends,
            constants,
            value,
            joined[first : first + per],
        )
        for length in range(limit + 1):
            values[interval, length] = value[length]
    cost: float = value[0]
    for source in range(sources):
        for interval in range(intervals):
            admitted[source, interval] = 0.0
    law, after = np.zeros(limit + 1), np.zeros(limit + 1)
    law[0] = 1.0
    for now in range(horizon):
        for length in range(limit + 1):
            after[length] = law[length]
        for source in range(sources):
            if now >= delay[source]:
                interval = (now - delay[source]) // per
                fixed = transit[source] - prices[source, interval]
                total = 0.0
                for length in range(limit):
                    if fixed + (joined[now, length + 1] - joined[now, length]) < 0.0:
                        share = rate[source] * law[length]
                        total += share
                        after[length] -= share
                        after[length + 1] += share
                if fixed + drop < 0.0:
                    total += rate[source] * law[limit]
                admitted[source, interval] += total
        for length in range(limit):
            left = ends * after[length + 1]
            after[length] += left
            after[length + 1] -= left
        for length in range(limit + 1):
            law[length] = after[length]
    for source in range(sources):
        for arrival in range(max(0, horizon - delay[source]), horizon):
            interval = arrival // per
            change = late[source, interval] - prices[source, interval]
            if change < 0.0:
                cost += rate[source] * change
                admitted[source, interval] += rate[source]
    return cost
