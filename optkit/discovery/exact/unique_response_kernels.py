"""The exchanges of :mod:`optkit.discovery.exact.unique_response`."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda group, *_: len(group) ** 2 // 2 + 1)
def best_exchange(
    group: Any,
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    agent_sum: float,
    self_sum: float,
    window: Any,
    inside: bool,
) -> Any:
    """Return the two states (or one twice) that are best to take; -1 if none helps.

    First the rows have to be filled, as nearly as possible; then cost counts. Taking a
    state that is taken already is among the exchanges.

    Parameters
    ----------
    group
        Group of each state, shape (s,).
    cost, agent_gain, self_gain
        Changes by taking each state instead of the one taken in its group, shape (s,).
    agent_sum, self_sum
        Current sums of the gains.
    window
        Least agent sum, largest self sum, price of slack in either row, and limit on the
        priced slack, shape (5,).
    inside
        Whether the rows are filled already.

    Returns
    -------
    tuple of int, int, bool
        The states, and whether the rows are filled after the exchange.
    """
    need, room, agent_price, self_price, slack = window
    best, least = (-1e-9, 0.0) if inside else (np.inf, np.inf)
    first, second = -1, -1
    for i in range(len(cost)):
        for j in range(i, len(cost)):
            if j > i and group[j] == group[i]:
                continue
            total, agent, own = cost[i], agent_gain[i], self_gain[i]
            if j > i:
                total += cost[j]
                agent += agent_gain[j]
                own += self_gain[j]
            if least <= 0.0 and total >= best:
                continue
            above, below = agent_sum + agent - need, room - self_sum - own
            miss = max(0.0, agent_price * above + self_price * below - slack)
            if above < 0.0:
                miss -= (agent_price + 1.0) * above
            if below < 0.0:
                miss -= (self_price + 1.0) * below
            if miss < least or (miss <= least and total < best):
                best, least, first, second = total, miss, i, j
    return first, second, inside or least <= 0.0
