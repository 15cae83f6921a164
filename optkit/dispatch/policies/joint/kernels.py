"""Compiled loops over the queues of one type: what arrives, and what that costs.

In one slot at most one job of each sender joins a queue, and so does each job under way.
With A = 1 all their probabilities are added up, the paper's Bernoulli draw; with A > 1 the
number of joins is told apart up to A.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.core.runtime.loops import loop
from optkit.dispatch.problem.arrival_kernels import (
    add_arrival,
    add_job,
    add_merged_source,
)
from optkit.dispatch.problem.queue_kernels import (
    advance_law,
    stationary_cost,
    stationary_steps,
)

PROBES = 8
"""Rows in which a stationary cost is looked for before an old one is overwritten."""


class Constants(NamedTuple):
    """Data that is the same for every decision on a type.

    ``per`` is the slots per interval, followed by γ and the penalty of a drop; ``keeps``
    says whether the decision lasts for ever. Arrays: the stage cost by length (L + 1,),
    the number of each pair of access point and server (K, M), P(U ≤ x) of the type's
    uploads (pairs, Ξ + 1), its arrival probabilities (K,) and its service rates (M,).
    """

    per: int
    discount: float
    penalty: float
    keeps: bool
    stage: Any
    pair: Any
    reached: Any
    arrival: Any
    rate: Any


class StationaryCosts(NamedTuple):
    """Discounted costs of queues whose arrivals no longer change, by length.

    If decisions last for ever, this is a table of those computed so far: a row of ``key``
    (rows, A + 2) holds the server and the law of arrivals. Otherwise row m is for server
    m, and ``key`` is empty.
    """

    key: Any
    cost: Any


class BoundaryData(NamedTuple):
    """The state at one boundary, whatever is decided.

    Laws of arrivals (M, slots, A + 1), and (M, A + 1) of all later slots; queue lengths
    (M,); first slot in which each access point's decision is in force, and the first in
    which it no longer is, −1 for never, (K,); cost of its jobs under way (K, M).
    """

    law: Any
    lasting: Any
    length: Any
    begin: Any
    end: Any
    transit: Any


@loop(lambda law, lasting, k, m, boundary, constants: law.size)
def add_sender(
    law: Any, lasting: Any, k: int, m: int, boundary: Any, constants: Any
) -> None:
    """Add what access point k sends to server m if it chooses it, in place."""
    reached = constants.reached[constants.pair[k, m]]
    begin, end = boundary.begin[k], boundary.end[k]
    add_merged_source(law, reached, constants.arrival[k], begin, end)
    if constants.keeps:
        add_arrival(lasting, constants.arrival[k] * reached[-1])


@loop(
    lambda server, lasting, constants, stationary: stationary_steps(
        lasting, constants.per, constants.stage
    )
)
def stationary_row(server: int, lasting: Any, constants: Any, stationary: Any) -> Any:
    """Return the stationary cost of a queue by length, computed once per law."""
    if not constants.keeps:
        return stationary.cost[server]
    rows = len(stationary.key)
    code = server * 7919.0
    for chance in lasting:
        code = code * 31.0 + chance * 1e6
    home = int(code) % rows
    for step in range(PROBES):
        row = (home + step) % rows
        key = stationary.key[row]
        if key[0] != server:
            if key[0] < 0.0:
                break
            continue
        same = True
        for count in range(len(lasting)):
            same = same and key[1 + count] == lasting[count]
        if same:
            return stationary.cost[row]
    stationary.key[row, 0] = server
    for count in range(len(lasting)):
        stationary.key[row, 1 + count] = lasting[count]
    cost = stationary_cost(
        lasting,
        constants.rate[server],
        constants.per,
        constants.discount,
        constants.stage,
        constants.penalty,
    )
    for length in range(len(cost)):
        stationary.cost[row, length] = cost[length]
    return stationary.cost[row]


@loop(lambda slot, law, top, spent, arrivals, *_: arrivals.size * len(law))
def queue_cost(
    slot: int,
    law: Any,
    top: int,
    spent: float,
    arrivals: Any,
    rate: float,
    later: Any,
    constants: Any,
    trace: Any,
) -> float:
    """Return the discounted cost of a queue, with the cost spent before ``slot``.

    Parameters
    ----------
    slot, law, top, spent
        Where to begin: the slot, the law of the length at its beginning, which is
        overwritten, its longest length with positive probability, and the cost so far.
    arrivals
        (slots, A + 1): laws of the arrivals.
    rate, later
        Service rate, and the discounted cost of all that follows the slots, by length.
    trace
        Arrays that receive laws, longest lengths and costs at the beginning of every
        slot; or three empty arrays.
    """
    laws, tops, costs = trace
    scratch = np.empty(len(law))
    slots = len(arrivals)
    weight = constants.discount ** (slot // constants.per)
    for now in range(slot, slots):
        if len(tops) > 0:
            for length in range(top + 1):
                laws[now, length] = law[length]
            tops[now], costs[now] = top, spent
        top, drops = advance_law(law, scratch, top, arrivals[now], rate)
        spent += weight * constants.penalty * drops
        if (now + 1) % constants.per == 0:
            cost = later if now + 1 == slots else constants.stage
            for length in range(top + 1):
                spent += weight * law[length] * cost[length]
            weight *= constants.discount
    return spent


@loop(lambda law, kept, server, *_: (len(kept) + len(server)) * law[0].size)
def add_fixed_arrivals(
    law: Any,
    kept: Any,
    server: Any,
    pair: Any,
    age: Any,
    mass: Any,
    alive: Any,
    boundary: Any,
    constants: Any,
) -> None:
    """Add what arrives whatever is decided, in place: jobs under way, and kept actions.

    Parameters
    ----------
    law
        (M, slots, A + 1).
    kept
        (K,): actions in force until each signal slot.
    server, pair, age
        Of each job under way.
    mass, alive
        (pairs, Ξ + 1): P(U = x) and P(U ≥ x).
    boundary, constants
        See :class:`BoundaryData` and :class:`Constants`.
    """
    for job in range(len(age)):
        p = pair[job]
        add_job(law[server[job]], mass[p], alive[p, age[job]], age[job])
    for k in range(len(kept)):
        m = kept[k]
        reached = constants.reached[constants.pair[k, m]]
        add_merged_source(law[m], reached, constants.arrival[k], 0, boundary.begin[k])
