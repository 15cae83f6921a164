"""Compiled loops of joint decisions on one type: marginal costs, best replies, descent."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop
from optkit.dispatch.policies.joint.kernels import (
    add_sender,
    queue_cost,
    stationary_row,
)
from optkit.dispatch.problem.queue_kernels import stationary_steps

IMPROVES = 1e-9
"""Share of a cost by which a move has to lower it; less may be rounding."""


class ChoiceCosts(NamedTuple):
    """The current choice of every access point (K,), and what follows for the queues.

    Arrivals are as in :class:`optkit.dispatch.policies.joint.kernels.BoundaryData`. For
    each slot (M, slots + 1) there are the law of the length at its beginning, the longest
    length with positive probability, and the cost up to there; ``value`` (M,) is the cost
    of the whole. A marginal cost (K, M) is valid while its stamp is the server's version.
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


def _queue_steps(boundary: Any, constants: Any) -> int:
    """Return about how many steps it takes to compute the cost of one queue."""
    law = boundary.law[0]
    laws = law.size * (len(constants.stage) + len(constants.arrival) // 2)
    stationary = stationary_steps(law[0], constants.per, constants.stage)
    return int(laws + (stationary if constants.keeps else 0))


@inner_loop
def update_server(
    current: Any, m: int, boundary: Any, constants: Any, stationary: Any
) -> None:
    """Compute what follows for server m from the current choices."""
    slots, counts = boundary.law.shape[1], boundary.law.shape[2]
    for count in range(counts):
        current.lasting[m, count] = boundary.lasting[m, count]
        for slot in range(slots):
            current.law[m, slot, count] = boundary.law[m, slot, count]
    for k in range(len(current.choice)):
        if current.choice[k] == m:
            add_sender(current.law[m], current.lasting[m], k, m, boundary, constants)
    limit = current.length.shape[2] - 1
    length = np.zeros(limit + 1)
    top = min(boundary.length[m], limit)
    length[top] = 1.0
    later = stationary_row(m, current.lasting[m], constants, stationary)
    trace = (current.length[m], current.top[m], current.spent[m])
    law, rate = current.law[m], constants.rate[m]
    begin = np.int64(0)  # for a literal, numba would compile another version
    current.value[m] = queue_cost(
        begin, length, top, 0.0, law, rate, later, constants, trace
    )
    current.version[m] += 1


@inner_loop
def marginal_cost(
    k: int, m: int, current: Any, boundary: Any, constants: Any, stationary: Any
) -> Any:
    """Return what the jobs of access point k add to the cost of server m's queue.

    If k sends there already, the cost is compared with that of the queue without k,
    otherwise with that of the queue as it is. The two agree up to the first slot in which
    a job of k may join.
    """
    reached = constants.reached[constants.pair[k, m]]
    first = boundary.begin[k]
    while (
        first - boundary.begin[k] < len(reached)
        and reached[first - boundary.begin[k]] <= 0.0
    ):
        first += 1
    slots = current.law.shape[1]
    if constants.arrival[k] <= 0.0 or first >= slots:
        return 0.0
    there = current.choice[k] == m
    if there:
        law, lasting = boundary.law[m].copy(), boundary.lasting[m].copy()
        for other in range(len(current.choice)):
            if current.choice[other] == m and other != k:
                add_sender(law, lasting, other, m, boundary, constants)
    else:
        law, lasting = current.law[m].copy(), current.lasting[m].copy()
        add_sender(law, lasting, k, m, boundary, constants)
    top = current.top[m, first]
    length = np.zeros(current.length.shape[2])
    for jobs in range(top + 1):
        length[jobs] = current.length[m, first, jobs]
    spent = current.spent[m, first]
    later = stationary_row(m, lasting, constants, stationary)
    none = (length[:0].reshape(0, 1), current.top[m, :0], current.spent[m, :0])
    rate = constants.rate[m]
    cost = queue_cost(first, length, top, spent, law, rate, later, constants, none)
    return current.value[m] - cost if there else cost - current.value[m]


@inner_loop
def best_reply(
    k: int, current: Any, boundary: Any, constants: Any, stationary: Any
) -> Any:
    """Return the best choice of access point k if the others keep theirs.

    ``current.marginal`` then holds the cost of each choice: that of k's jobs under way
    and what they add to the cost of the queue. The present choice wins ties.
    """
    best = current.choice[k]
    for m in range(len(constants.rate)):
        if constants.pair[k, m] >= 0 and current.stamp[k, m] != current.version[m]:
            added = marginal_cost(k, m, current, boundary, constants, stationary)
            current.marginal[k, m] = boundary.transit[k, m] + added
            current.stamp[k, m] = current.version[m]
    for m in range(len(constants.rate)):
        if constants.pair[k, m] < 0:
            continue
        if current.marginal[k, m] < current.marginal[k, best]:
            best = m
    return best


@loop(
    lambda choice, current, boundary, constants, stationary: (
        len(constants.rate) * _queue_steps(boundary, constants)
    )
)
def choose(
    choice: Any, current: Any, boundary: Any, constants: Any, stationary: Any
) -> float:
    """Set the choices of all access points; return what they cost together."""
    stale = np.empty(len(constants.rate), dtype=np.bool_)
    for m in range(len(stale)):
        stale[m] = current.version[m] == 0
    for k in range(len(choice)):
        if choice[k] != current.choice[k]:
            stale[current.choice[k]] = stale[choice[k]] = True
    for k in range(len(choice)):
        current.choice[k] = choice[k]
    total = 0.0
    for m in range(len(constants.rate)):
        if stale[m]:
            update_server(current, m, boundary, constants, stationary)
        total += current.value[m]
    for k in range(len(choice)):
        total += boundary.transit[k, choice[k]]
    return total


@loop(
    lambda current, boundary, constants, stationary: (
        constants.pair.size * _queue_steps(boundary, constants)
    )
)
def best_replies(current: Any, boundary: Any, constants: Any, stationary: Any) -> Any:
    """Return each one's best choice if all others keep theirs: P3 (eq 24), each alone."""
    best = np.empty_like(current.choice)
    for k in range(len(best)):
        best[k] = best_reply(k, current, boundary, constants, stationary)
    return best


@loop(
    lambda first, last, current, boundary, constants, stationary: (
        (last - first) * len(constants.rate) * _queue_steps(boundary, constants)
    )
)
def move_in_turn(
    first: int, last: int, current: Any, boundary: Any, constants: Any, stationary: Any
) -> int:
    """Let the access points ``first`` … ``last`` − 1 move in turn; return how many did."""
    moved = 0
    for k in range(first, last):
        now = current.choice[k]
        best = best_reply(k, current, boundary, constants, stationary)
        gain = current.marginal[k, now] - current.marginal[k, best]
        scale = abs(current.value[now]) + abs(boundary.transit[k, now]) + 1.0
        if gain > IMPROVES * scale:
            current.choice[k] = best
            update_server(current, now, boundary, constants, stationary)
            update_server(current, best, boundary, constants, stationary)
            moved += 1
    return moved
