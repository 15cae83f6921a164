"""The subgradient ascent of :mod:`optkit.discovery.bounds.triangle_bound`."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda cost, *given: 3 * given[-2] * len(cost))
def ascend(
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    option_start: Any,
    option_cost: Any,
    group_start: Any,
    need: float,
    room: float,
    forced: bool,
    relaxed_mode: Any,
    regret: Any,
    agent_price: float,
    self_price: float,
    unused_room: float,
    prices: Any,
    target: float,
    rounds: int,
    chosen: Any,
) -> Any:
    """Return the highest bound met and its prices; write each group's option to ``chosen``.

    The same source runs interpreted and compiled. Parameters and rows are those of
    :func:`optkit.discovery.bounds.triangle_bound.raise_prices`.
    """
    groups = len(group_start) - 1
    use = np.ones(7)
    use[4] = 1.0 if agent_price > 0.0 else 0.0
    use[5] = 1.0 if self_price > 0.0 else 0.0
    scale = np.array([10.0, 10.0, 1.0, 10.0, 10.0, 10.0, 10.0])
    current = prices * use
    best = -np.inf
    best_prices = current.copy()
    step = 1.0
    stale = 0
    cheapest = np.zeros(groups, dtype=np.int64)
    group_sums = np.zeros(5)
    sums = np.zeros(5)
    slope = np.zeros(7)
    for _ in range(rounds):
        b = current[2]
        by_agent = -current[0] + b * agent_price
        by_self = current[1] - b * self_price
        z_agent = current[4] - current[3]
        z_self = current[6] - current[5]
        value = -by_agent * need - by_self * room - z_agent * need - z_self * room
        value -= b + current[5] * unused_room
        sums[:] = 0.0
        for g in range(groups):
            lowest = np.inf
            for option in range(group_start[g], group_start[g + 1]):
                total = option_cost[option]
                first, last = option_start[option], option_start[option + 1]
                y_agent = y_self = z_agents = z_selfs = differs = 0.0
                with_y = with_z = odd = False
                loss, company = np.inf, -1  # of the links that do not pay, the best
                for i in range(first, last):
                    tied = regret[i] > 1.0
                    fine = 0.0 if tied else b * regret[i]
                    response = (
                        cost[i] + by_agent * agent_gain[i] + by_self * self_gain[i]
                    )
                    relaxed = z_agent * agent_gain[i] + z_self * self_gain[i]
                    on = relaxed_mode[i] > 0
                    response += -fine if on else fine
                    y = on if tied else response < 0.0
                    z = on or (relaxed_mode[i] == 0 and relaxed < 0.0)
                    link = (fine if on else 0.0) + (response if y else 0.0)
                    link += relaxed if z else 0.0
                    if not forced and link >= 0.0:
                        if link < loss:
                            loss, company = link, i
                            with_y, with_z, odd = y, z, y != on
                        continue
                    total += link
                    company, loss = -1, -np.inf
                    if y:
                        y_agent += agent_gain[i]
                        y_self += self_gain[i]
                    if z:
                        z_agents += agent_gain[i]
                        z_selfs += self_gain[i]
                    if y != on:
                        differs += regret[i]
                if company >= 0:  # C2: one request has to connect
                    total += loss
                    if with_y:
                        y_agent += agent_gain[company]
                        y_self += self_gain[company]
                    if with_z:
                        z_agents += agent_gain[company]
                        z_selfs += self_gain[company]
                    if odd:
                        differs += regret[company]
                if total < lowest:
                    lowest = total
                    cheapest[g] = option
                    group_sums[0], group_sums[1] = y_agent, y_self
                    group_sums[2], group_sums[3] = z_agents, z_selfs
                    group_sums[4] = differs
            value += lowest
            sums += group_sums
        stale += 1
        if value > best:
            best = value
            for k in range(7):
                best_prices[k] = current[k]
            for g in range(groups):
                chosen[g] = cheapest[g]
            stale = 0
        if best >= target:
            break
        if stale >= 4:
            step *= 0.6
            stale = 0
            if step < 0.02:
                break
        slope[0] = need - sums[0]
        slope[1] = sums[1] - room
        slack = agent_price * (sums[0] - need) + self_price * (room - sums[1])
        slope[2] = sums[4] + slack - 1.0
        slope[3] = need - sums[2]
        slope[4] = sums[2] - need
        slope[5] = room - sums[3] - unused_room
        slope[6] = sums[3] - room
        length = 0.0
        for k in range(7):
            if use[k] == 0.0 or (current[k] <= 0.0 and slope[k] < 0.0):
                slope[k] = 0.0
            slope[k] *= scale[k]
            length += slope[k] * slope[k]
        if length < 1e-14:
            break
        stretch = step * (target + 0.01 * abs(target) - value) / length
        for k in range(7):
            current[k] = max(0.0, current[k] + stretch * slope[k] * scale[k])
    return best, best_prices
