"""Compiled loops over the queues of one type: what arrives, and what that costs.

In one slot a sender has at most one job join a queue, and so has each job under way; with
A = 1 all their chances are added up, the paper's Bernoulli draw, with A > 1 the number of
joins is told apart up to A.

Import where needed: it loads numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.forecast import mix
from optkit.dispatch.problem.queue_kernels import move as advance
from optkit.dispatch.problem.queue_kernels import tail

PROBES = 8
"""Places at which a tail is looked for before an old one makes room."""


class Rules(NamedTuple):
    """Constants of a decision: numbers, and laws by pair of access point and server.

    ``per`` slots an interval, γ, the penalty of a drop; whether the decision lasts for
    ever (``keeps``); the stage cost by length; the number of each pair (K, M); P(U ≤ x) of
    the type's uploads, (pairs, Ξ + 1); its arrival probabilities (K,) and service rates
    (M,).
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


class Tails(NamedTuple):
    """Discounted costs of queues whose arrivals change no more, by length.

    Where decisions last for ever, a table of those found so far: ``key`` (rows, A + 2)
    has the server and the law of arrivals. Else row m is that of server m.
    """

    key: Any
    cost: Any


class Seen(NamedTuple):
    """One boundary: arrivals whatever is decided, what else is known, and what it costs.

    Laws (M, slots, A + 1), and (M, A + 1) of all later slots; lengths (M,); first and
    last slot, exclusive, in which the decision is in force, (K,), −1 for no end; cost of
    the way (K, M).
    """

    law: Any
    lasting: Any
    length: Any
    begin: Any
    end: Any
    way: Any


def _add(law: Any, lasting: Any, k: int, m: int, seen: Any, rules: Any) -> None:
    """Add what one access point sends to a server if it is chosen, in place."""
    reached = rules.reached[rules.pair[k, m]]
    begin, end = seen.begin[k], seen.end[k]
    send(law, reached, rules.arrival[k], begin, end)
    if rules.keeps:
        mix(lasting, rules.arrival[k] * reached[-1])


def _send(law: Any, reached: Any, rate: float, begin: int, end: int) -> None:
    """Add a source that sends from one slot to before another, in place."""
    longest = len(reached) - 1
    for slot in range(begin, len(law)):
        chance = reached[min(slot - begin, longest)]
        if 0 <= end <= slot:
            chance -= reached[min(slot - end, longest)]
        if chance > 0.0:
            mix(law[slot], rate * chance)


send = compiled(_send)


def _tail(server: int, lasting: Any, rules: Any, tails: Any) -> Any:
    """Return the row of a queue's discounted cost, found once for each law."""
    if not rules.keeps:
        return tails.cost[server]
    rows = len(tails.key)
    code = server * 7919.0
    for chance in lasting:
        code = code * 31.0 + chance * 1e6
    home = int(code) % rows
    for step in range(PROBES):
        row = (home + step) % rows
        key = tails.key[row]
        if key[0] != server:
            if key[0] < 0.0:
                break
            continue
        same = True
        for count in range(len(lasting)):
            same = same and key[1 + count] == lasting[count]
        if same:
            return tails.cost[row]
    tails.key[row, 0] = server
    for count in range(len(lasting)):
        tails.key[row, 1 + count] = lasting[count]
    found = tail(
        lasting,
        rules.rate[server],
        rules.per,
        rules.discount,
        rules.stage,
        rules.penalty,
    )
    for length in range(len(found)):
        tails.cost[row, length] = found[length]
    return tails.cost[row]


def _walk(
    slot: int,
    length: Any,
    top: int,
    spent: float,
    law: Any,
    rate: float,
    later: Any,
    rules: Any,
    trace: Any,
) -> float:
    """Return the discounted cost of a queue, from a slot on and up to there.

    Parameters
    ----------
    slot, length, top, spent
        Where it starts: the law of the length, overwritten, its longest length, and the
        cost so far.
    law
        (slots, A + 1), arrivals.
    rate, later
        Service rate, and the discounted cost of all that follows the slots, by length.
    trace
        Of a :class:`Standing`: lengths, tops and costs at every slot, which are set; or
        three empty arrays.
    """
    lengths, tops, costs = trace
    scratch = np.empty(len(length))
    slots = len(law)
    weight = rules.discount ** (slot // rules.per)
    for now in range(slot, slots):
        if len(tops) > 0:
            for found in range(top + 1):
                lengths[now, found] = length[found]
            tops[now], costs[now] = top, spent
        top, drops = advance(length, scratch, top, law[now], rate)
        spent += weight * rules.penalty * drops
        if (now + 1) % rules.per == 0:
            cost = later if now + 1 == slots else rules.stage
            for found in range(top + 1):
                spent += weight * length[found] * cost[found]
            weight *= rules.discount
    return spent


add = compiled(_add)
tail_of = compiled(_tail)
walk = compiled(_walk)


def expect(
    law: Any,
    kept: Any,
    server: Any,
    pair: Any,
    age: Any,
    mass: Any,
    alive: Any,
    seen: Any,
    rules: Any,
) -> None:
    """Add what comes whatever is decided, in place: jobs under way, and kept actions.

    Parameters
    ----------
    law
        (M, slots, A + 1).
    kept
        (K,), in force up to each signal slot.
    server, pair, age
        Of each job under way.
    mass, alive
        (pairs, Ξ + 1), P(U = x) and P(U ≥ x).
    """
    for job in range(len(age)):
        left = alive[pair[job], age[job]]
        if left > 0.0:
            slots = min(law.shape[1], mass.shape[1] - age[job])
            for slot in range(slots):
                chance = mass[pair[job], age[job] + slot] / left
                mix(law[server[job], slot], chance)
    for k in range(len(kept)):
        m = kept[k]
        send(
            law[m], rules.reached[rules.pair[k, m]], rules.arrival[k], 0, seen.begin[k]
        )
