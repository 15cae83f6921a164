"""The bound of a triangle of multipliers: a Lagrangian that separates by group.

With a price on each row that ties groups together, every group takes its cheapest agent.
The prices are raised along subgradients, by steps of Polyak's length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.discovery.bounds.triangle_bound_kernels import ascend

ROWS = 7
"""Number of rows that tie groups together; see :func:`raise_prices`."""

ROUNDING = 1e-12
"""Share of the terms of priced rows that a bound gives up for rounding."""


@dataclass(frozen=True, eq=False)
class Links:
    """The usable links of a scope with a single agent per group.

    A link is a request and a candidate that it can use. An option is a candidate of a
    group; the links of an option are contiguous, and so are the options of a group.

    Parameters
    ----------
    cost
        Cost to the leader of agent mode by each link, shape (n,).
    extra, agent_gain, self_gain
        Extra energy of agent mode in J, and its contributions to both rows, shape (n,).
    option_start
        First link of each option, and n at the end, shape (options + 1,).
    option_cost
        Cost to the leader of opening each option, shape (options,).
    group_start
        First option of each group, and their number at the end, shape (groups + 1,).
    agent_need, self_room
        Least sum of ``agent_gain`` and largest sum of ``self_gain`` over the links in
        agent mode, tolerances included.
    forced
        Whether all links of an open option are connected; otherwise at least one is.
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
class FollowerTerms:
    """Facts about the follower's response for multipliers in a triangle.

    Parameters
    ----------
    relaxed_mode
        1 for links that are in agent mode in the follower's relaxation, -1 for links that
        are not, 0 where that depends on the multipliers, shape (n,).
    regret
        Least cost of the other mode, as a share of what is granted to the follower; 0
        where ``relaxed_mode`` is 0, shape (n,).
    agent_price, self_price
        Least cost of a unit of slack in either row, in the same unit.
    unused_room
        Room in the row of self-directed mode that the relaxation may leave unused.
    """

    relaxed_mode: Ints
    regret: Floats
    agent_price: float
    self_price: float
    unused_room: float


def raise_prices(
    links: Links, terms: FollowerTerms, prices: Floats, target: float, rounds: int
) -> tuple[float, Floats, Ints]:
    """Return a bound on the leader's cost, its prices, and each group's option there.

    These are the rows, in the order of their prices, with y for the follower's response
    and z for an optimum of its relaxation, both over connected links only:

    0, 1
        y keeps the rows of agent mode and of self-directed mode.
    2
        Σ regret · [y ≠ z] + Σ price · slack ≤ 1.
    3, 4
        z keeps the row of agent mode, with equality where its multiplier is not 0.
    5, 6
        z keeps the row of self-directed mode, and leaves at most ``unused_room`` there
        where its multiplier is not 0.

    Parameters
    ----------
    links, terms
        The scope and the triangle.
    prices
        Where to begin, shape (7,).
    target
        A bound that is high enough.
    rounds
        Largest number of steps.
    """
    chosen = np.zeros(len(links.group_start) - 1, dtype=np.int64)
    value, best_prices = ascend(
        links.cost,
        links.agent_gain,
        links.self_gain,
        links.option_start,
        links.option_cost,
        links.group_start,
        links.agent_need,
        links.self_room,
        links.forced,
        terms.relaxed_mode,
        terms.regret,
        terms.agent_price,
        terms.self_price,
        terms.unused_room,
        prices,
        target,
        rounds,
        chosen,
    )
    agent = float(np.abs(links.agent_gain).sum()) + abs(links.agent_need)
    own = float(np.abs(links.self_gain).sum()) + abs(links.self_room)
    spent = 1.0 + terms.agent_price * agent + terms.self_price * own
    sizes = np.array([agent, own, spent, agent, agent, own + terms.unused_room, own])
    return float(value) - ROUNDING * float(best_prices @ sizes), best_prices, chosen
