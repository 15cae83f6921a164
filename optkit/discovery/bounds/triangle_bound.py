"""The bound of a cell of multipliers: a Lagrangian that falls apart by group.

With a price on each row that ties groups together, every group takes its cheapest agent.
The prices are raised along subgradients, by steps of Polyak's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime.compiled import compiled

ROWS = 7
"""Rows that tie groups together; see :func:`raise_prices`."""

ROUNDING = 1e-12
"""Share of what priced rows are made of that a bound gives up for rounding."""


@dataclass(frozen=True, eq=False)
class Links:
    """What connecting leads to, link by link, in a scope with one agent a group.

    A link stands for a request and a candidate that it can use. Links of one candidate of
    one group (an option) are neighbours, and so are options of one group.

    Parameters
    ----------
    cost
        What agent mode by each link costs the leader, shape (n,).
    extra, agent_gain, self_gain
        Joules, and what it adds to both rows, shape (n,).
    option_start
        First link of each option, and n at the end, shape (options + 1,).
    option_cost
        What opening each costs the leader, shape (options,).
    group_start
        First option of each group, and their number at the end, shape (groups + 1,).
    agent_need, self_room
        What agent mode's gains have to reach, and may take, tolerances included.
    forced
        Whether all links of an open option are connected; else at least one is.
    """

    cost: Floats
    extra: Floats
    agent_gain: Floats
    self_gain: Floats
    option_start: Ints
    option_cost: Floats
    group_start: Ints
    agent_need: float
    self_room: float
    forced: bool


@dataclass(frozen=True, eq=False)
class Terms:
    """What is known of the follower where its multipliers lie in a cell.

    Parameters
    ----------
    sure
        1 for links that its relaxation uses, -1 for those that it does not, 0 where that
        depends on the multipliers, shape (n,).
    regret
        What the other mode costs at least, of the 1 that is granted; 0 where ``sure`` is
        0, shape (n,).
    agent_price, self_price
        Least that a unit of slack in either row costs.
    self_more
        By how much less than there is room for the relaxation may take.
    """

    sure: Ints
    regret: Floats
    agent_price: float
    self_price: float
    self_more: float


def raise_prices(
    links: Links, terms: Terms, prices: Floats, target: float, rounds: int
) -> tuple[float, Floats, Ints]:
    """Return a bound on the leader's cost, its prices, and each group's option there.

    Rows, in the order of their prices, with y for the follower's answer and z for an
    optimum of its relaxation, both of connected links only:

    0, 1
        y keeps the rows of agent mode and of the other.
    2
        Σ regret · [y ≠ z] + Σ price · slack ≤ 1.
    3, 4
        z keeps the row of agent mode, and meets it where its multiplier is not 0.
    5, 6
        Where its multiplier is not 0, z takes all room but ``self_more`` in the other
        row, which it keeps.

    Parameters
    ----------
    links, terms
        The scope and the cell.
    prices
        Where to begin, shape (7,).
    target
        A bound that is high enough.
    rounds
        Most steps.
    """
    chosen = np.zeros(len(links.group_start) - 1, dtype=np.int64)
    value, found = compiled(_ascend)(
        links.cost,
        links.agent_gain,
        links.self_gain,
        links.option_start,
        links.option_cost,
        links.group_start,
        links.agent_need,
        links.self_room,
        links.forced,
        terms.sure,
        terms.regret,
        terms.agent_price,
        terms.self_price,
        terms.self_more,
        prices,
        target,
        rounds,
        chosen,
    )
    agent = float(np.abs(links.agent_gain).sum()) + abs(links.agent_need)
    own = float(np.abs(links.self_gain).sum()) + abs(links.self_room)
    spent = 1.0 + terms.agent_price * agent + terms.self_price * own
    sizes = np.array([agent, own, spent, agent, agent, own + terms.self_more, own])
    return float(value) - ROUNDING * float(found @ sizes), found, chosen


def _ascend(
    cost: Any,
    agent_gain: Any,
    self_gain: Any,
    option_start: Any,
    option_cost: Any,
    group_start: Any,
    need: float,
    room: float,
    forced: bool,
    sure: Any,
    regret: Any,
    agent_price: float,
    self_price: float,
    self_more: float,
    prices: Any,
    target: float,
    rounds: int,
    chosen: Any,
) -> Any:
    """Do what :func:`raise_prices` says; interpreted and compiled alike."""
    groups = len(group_start) - 1
    use = np.ones(7)
    use[4] = 1.0 if agent_price > 0.0 else 0.0
    use[5] = 1.0 if self_price > 0.0 else 0.0
    scale = np.array([10.0, 10.0, 1.0, 10.0, 10.0, 10.0, 10.0])
    at = prices * use
    best = -np.inf
    best_at = at.copy()
    step = 1.0
    stale = 0
    here = np.zeros(groups, dtype=np.int64)
    least = np.zeros(5)
    total = np.zeros(5)
    slope = np.zeros(7)
    for _ in range(rounds):
        b = at[2]
        by_agent = -at[0] + b * agent_price
        by_self = at[1] - b * self_price
        z_agent = at[4] - at[3]
        z_self = at[6] - at[5]
        value = -by_agent * need - by_self * room - z_agent * need - z_self * room
        value -= b + at[5] * self_more
        total[:] = 0.0
        for g in range(groups):
            lowest = np.inf
            for option in range(group_start[g], group_start[g + 1]):
                worth = option_cost[option]
                first, last = option_start[option], option_start[option + 1]
                y_agent = y_self = z_agents = z_selfs = differs = 0.0
                with_y = with_z = odd = False
                loss, company = np.inf, -1  # of those that do not pay, the best
                for i in range(first, last):
                    tied = regret[i] > 1.0
                    fine = 0.0 if tied else b * regret[i]
                    asked = cost[i] + by_agent * agent_gain[i] + by_self * self_gain[i]
                    relaxed = z_agent * agent_gain[i] + z_self * self_gain[i]
                    on = sure[i] > 0
                    asked += -fine if on else fine
                    y = on if tied else asked < 0.0
                    z = on or (sure[i] == 0 and relaxed < 0.0)
                    link = (fine if on else 0.0) + (asked if y else 0.0)
                    link += relaxed if z else 0.0
                    if not forced and link >= 0.0:
                        if link < loss:
                            loss, company = link, i
                            with_y, with_z, odd = y, z, y != on
                        continue
                    worth += link
                    company, loss = -1, -np.inf
                    if y:
                        y_agent += agent_gain[i]
                        y_self += self_gain[i]
                    if z:
                        z_agents += agent_gain[i]
                        z_selfs += self_gain[i]
                    if y != on:
                        differs += regret[i]
                if company >= 0:  # C2: somebody has to connect
                    worth += loss
                    if with_y:
                        y_agent += agent_gain[company]
                        y_self += self_gain[company]
                    if with_z:
                        z_agents += agent_gain[company]
                        z_selfs += self_gain[company]
                    if odd:
                        differs += regret[company]
                if worth < lowest:
                    lowest = worth
                    here[g] = option
                    least[0], least[1] = y_agent, y_self
                    least[2], least[3], least[4] = z_agents, z_selfs, differs
            value += lowest
            total += least
        stale += 1
        if value > best:
            best = value
            for k in range(7):
                best_at[k] = at[k]
            for g in range(groups):
                chosen[g] = here[g]
            stale = 0
        if best >= target:
            break
        if stale >= 4:
            step *= 0.6
            stale = 0
            if step < 0.02:
                break
        slope[0] = need - total[0]
        slope[1] = total[1] - room
        slack = agent_price * (total[0] - need) + self_price * (room - total[1])
        slope[2] = total[4] + slack - 1.0
        slope[3] = need - total[2]
        slope[4] = total[2] - need
        slope[5] = room - total[3] - self_more
        slope[6] = total[3] - room
        length = 0.0
        for k in range(7):
            if use[k] == 0.0 or (at[k] <= 0.0 and slope[k] < 0.0):
                slope[k] = 0.0
            slope[k] *= scale[k]
            length += slope[k] * slope[k]
        if length < 1e-14:
            break
        stretch = step * (target + 0.01 * abs(target) - value) / length
        for k in range(7):
            at[k] = max(0.0, at[k] + stretch * slope[k] * scale[k])
    return best, best_at
