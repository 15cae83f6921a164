"""Compiled loops of joint decisions on one type: marginal costs, replies, descent.

Import where needed: it loads numba.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.core.runtime.compiled import compiled
from optkit.dispatch.policies.joint.kernels import add, tail_of, walk

IMPROVES = 1e-9
"""Share of a cost by which a move has to lower it: less is rounding."""


class Standing(NamedTuple):
    """Everybody's choice (K,), and what follows from it for the queues.

    Arrivals, as in :class:`Seen`; for each slot (M, slots + 1) the law of the length at its
    beginning, the longest length with any probability, and the cost up to there; the cost
    of all (M,). Each marginal cost (K, M) holds while its stamp is the server's version.
    """

    choice: Any
    law: Any
    lasting: Any
    length: Any
    top: Any
    spent: Any
    value: Any
    version: Any
    marginal: Any
    stamp: Any


def _settle(standing: Any, m: int, seen: Any, rules: Any, tails: Any) -> None:
    """Set what follows for a server from everybody's choice."""
    slots, counts = seen.law.shape[1], seen.law.shape[2]
    for count in range(counts):
        standing.lasting[m, count] = seen.lasting[m, count]
        for slot in range(slots):
            standing.law[m, slot, count] = seen.law[m, slot, count]
    for k in range(len(standing.choice)):
        if standing.choice[k] == m:
            add(standing.law[m], standing.lasting[m], k, m, seen, rules)
    limit = standing.length.shape[2] - 1
    length = np.zeros(limit + 1)
    top = min(seen.length[m], limit)
    length[top] = 1.0
    later = tail_of(m, standing.lasting[m], rules, tails)
    trace = (standing.length[m], standing.top[m], standing.spent[m])
    law, rate = standing.law[m], rules.rate[m]
    begin = np.int64(0)  # of a literal, numba would compile another walk
    standing.value[m] = walk(begin, length, top, 0.0, law, rate, later, rules, trace)
    standing.version[m] += 1


settle = compiled(_settle)


def _marginal(k: int, m: int, standing: Any, seen: Any, rules: Any, tails: Any) -> Any:
    """Return what one access point's jobs add to the cost of a queue.

    If it sends there already, it is taken away for comparison, and else added. Either way
    nothing is different before its first job may join.
    """
    reached = rules.reached[rules.pair[k, m]]
    first = seen.begin[k]
    while (
        first - seen.begin[k] < len(reached) and reached[first - seen.begin[k]] <= 0.0
    ):
        first += 1
    slots = standing.law.shape[1]
    if rules.arrival[k] <= 0.0 or first >= slots:
        return 0.0
    there = standing.choice[k] == m
    if there:
        law, lasting = seen.law[m].copy(), seen.lasting[m].copy()
        for other in range(len(standing.choice)):
            if standing.choice[other] == m and other != k:
                add(law, lasting, other, m, seen, rules)
    else:
        law, lasting = standing.law[m].copy(), standing.lasting[m].copy()
        add(law, lasting, k, m, seen, rules)
    top = standing.top[m, first]
    length = np.zeros(standing.length.shape[2])
    for found in range(top + 1):
        length[found] = standing.length[m, first, found]
    spent = standing.spent[m, first]
    later = tail_of(m, lasting, rules, tails)
    none = (length[:0].reshape(0, 1), standing.top[m, :0], standing.spent[m, :0])
    cost = walk(first, length, top, spent, law, rules.rate[m], later, rules, none)
    return standing.value[m] - cost if there else cost - standing.value[m]


marginal = compiled(_marginal)


def _look(k: int, standing: Any, seen: Any, rules: Any, tails: Any) -> Any:
    """Return the best choice of one access point if the others keep theirs.

    What it saves shows in ``standing.marginal``: the cost of its way, and what its jobs
    add to the cost of the queue. Of equals, the present choice is best.
    """
    best = standing.choice[k]
    for m in range(len(rules.rate)):
        if rules.pair[k, m] >= 0 and standing.stamp[k, m] != standing.version[m]:
            more = marginal(k, m, standing, seen, rules, tails)
            standing.marginal[k, m] = seen.way[k, m] + more
            standing.stamp[k, m] = standing.version[m]
    for m in range(len(rules.rate)):
        if rules.pair[k, m] < 0:
            continue
        if standing.marginal[k, m] < standing.marginal[k, best]:
            best = m
    return best


look = compiled(_look)


def choose(choice: Any, standing: Any, seen: Any, rules: Any, tails: Any) -> float:
    """Let all access points choose; return what that costs together."""
    stale = standing.version == 0
    for k in range(len(choice)):
        if choice[k] != standing.choice[k]:
            stale[standing.choice[k]] = stale[choice[k]] = True
    for k in range(len(choice)):
        standing.choice[k] = choice[k]
    total = 0.0
    for m in range(len(rules.rate)):
        if stale[m]:
            settle(standing, m, seen, rules, tails)
        total += standing.value[m]
    for k in range(len(choice)):
        total += seen.way[k, choice[k]]
    return total


def reply(standing: Any, seen: Any, rules: Any, tails: Any) -> Any:
    """Return everybody's best choice if all others keep theirs: P3 (eq 24), each alone."""
    best = np.empty_like(standing.choice)
    for k in range(len(best)):
        best[k] = look(k, standing, seen, rules, tails)
    return best


def improve(
    first: int, last: int, standing: Any, seen: Any, rules: Any, tails: Any
) -> int:
    """Let some access points move, one at a time; return how many did."""
    moved = 0
    for k in range(first, last):
        now = standing.choice[k]
        best = look(k, standing, seen, rules, tails)
        gain = standing.marginal[k, now] - standing.marginal[k, best]
        if gain > IMPROVES * (abs(standing.value[now]) + abs(seen.way[k, now]) + 1.0):
            standing.choice[k] = best
            settle(standing, now, seen, rules, tails)
            settle(standing, best, seen, rules, tails)
            moved += 1
    return moved
