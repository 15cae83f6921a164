"""The bound of a triangle of multipliers: a Lagrangian that separates by group.

With a price on each row that ties groups together, every group takes its cheapest agent.
The prices are raised by a proximal bundle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.discovery.bounds.triangle_bound_kernels import ascend

ROWS = 5
"""Number of prices of rows that tie groups together; see :func:`raise_prices`."""

FOLLOWER_SCALE = 3.0
"""Size of the price of the follower's limit, where those of the rows are reciprocals of
mean gains."""

UNLIMITED = 1e300
"""A price that is never reached."""

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
class Fractional:
    """Which requests may be fractional in the follower's relaxation, and what that allows.

    At most two are, and both are connected. So the leader's choice connects one of these
    pairs.

    Parameters
    ----------
    number
        Number of each link's request among those in pairs, -1 for others, shape (n,).
    group
        Group of each request in pairs, shape (K,).
    first, second
        Numbers of the requests of each pair, -1 for none, shape (pairs,).
    share
        Share of what is granted to the follower that a pair justifies, shape (pairs,).
    room
        Room in the row of self-directed mode that the relaxation may leave unused with
        each pair, shape (pairs,).
    """

    number: Ints
    group: Ints
    first: Ints
    second: Ints
    share: Floats
    room: Floats


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
    fractional
        The pairs of requests that may be fractional.
    """

    relaxed_mode: Ints
    regret: Floats
    agent_price: float
    self_price: float
    fractional: Fractional


@dataclass(frozen=True, eq=False)
class PricedTriangle:
    """The bound of a triangle.

    Parameters
    ----------
    bound
        On the leader's cost; infinite where no multipliers are possible.
    prices
        Of the rows that tie groups together, shape (5,).
    options
        The cheapest option of each group at these prices, shape (groups,).
    option_bounds
        A bound on the choices with each option, shape (options,).
    """

    bound: float
    prices: Floats
    options: Ints
    option_bounds: Floats


def raise_prices(
    links: Links, terms: FollowerTerms, prices: Floats, target: float, rounds: int
) -> PricedTriangle:
    """Return a bound on the leader's cost, with its prices.

    These rows tie groups together, with y for the follower's response and z for an optimum
    of its relaxation, both over connected links only:

    - y keeps the row of agent mode (price 0) and of self-directed mode (1).
    - Σ regret · [y ≠ z] + Σ price · slack ≤ the share of the pair that is fractional (2).
      The slack of y in a row is part of prices 0 and 1: they are those of the rows less
      price 2 times the price of slack. So they may be negative.
    - z keeps the row of agent mode (3), with equality where its multiplier is not 0.
    - z keeps the row of self-directed mode (4), and leaves at most the pair's ``room``
      there where its multiplier is not 0.

    Every group takes its cheapest option, but those of one pair take an option that
    connects it; the pair for which all this costs least counts.

    Parameters
    ----------
    links, terms
        The scope and the triangle.
    prices
        Where to begin, shape (5,).
    target
        A bound that is high enough.
    rounds
        Largest number of steps.
    """
    pairs = terms.fractional
    chosen = np.zeros(len(links.group_start) - 1, dtype=np.int64)
    option_bounds = np.zeros(len(links.option_cost))
    if not len(pairs.share):
        return PricedTriangle(np.inf, prices, chosen, option_bounds)
    per_agent, per_self = _per_unit(links.agent_gain), _per_unit(links.self_gain)
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
        pairs.number,
        pairs.group,
        pairs.first,
        pairs.second,
        pairs.share,
        pairs.room,
        np.array([per_agent, per_self, FOLLOWER_SCALE, per_agent, per_self]),
        np.array([0.0, 0.0, 0.0, _floor(terms.agent_price), _floor(terms.self_price)]),
        np.array([terms.agent_price, terms.self_price, 0.0, 0.0, 0.0]),
        prices,
        target,
        rounds,
        chosen,
        option_bounds,
    )
    agent = float(np.abs(links.agent_gain).sum()) + abs(links.agent_need)
    own = float(np.abs(links.self_gain).sum()) + abs(links.self_room)
    own += float(pairs.room.max())
    spent = 1.0 + 2.0 * (terms.agent_price * agent + terms.self_price * own)
    sizes = np.array([agent, own, spent, agent, own])
    rounding = ROUNDING * float(np.abs(best_prices) @ sizes)
    return PricedTriangle(
        float(value) - rounding, best_prices, chosen, option_bounds - rounding
    )


def _per_unit(gains: Floats) -> float:
    """Return the reciprocal of the mean absolute gain; 1 where that is 0."""
    mean = float(np.abs(gains).mean()) if len(gains) else 0.0
    return 1.0 / mean if mean > 0.0 else 1.0


def _floor(price_of_slack: float) -> float:
    """Return the least price of a row of the relaxation: none where it is an equation."""
    return -UNLIMITED if price_of_slack > 0.0 else 0.0
