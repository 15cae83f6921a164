"""A bound that counts relaying energy, from what a better solution would have to relay.

Let S be what a known plan lets one subtree take at cost 1, and suppose another takes more.
Then the block at c gets more than L_c = S − (the most that the subtree takes without that
block), so the parent v of c spends more than ρ_v = Σ_c (w2 e_v/R_vc) L_c on relaying, which
is budget it does not have for its own load and for waiting: a_v y_v + waiting ≤ 1 − ρ_v. In
units of what is left, and waiting weighing no less than before,

    a_v/(1 − ρ_v) · y_v + waiting ≤ 1,

a problem without relaying energy whose closed form bounds the better solution. Its bound is
lower than the one before, so L_c grows and the argument repeats until nothing moves. The
subtree takes at most the larger of S and that bound; the master's split turns this into a
bound on the objective. The tests compare it with brute force, also far outside the paper's
range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.bounds.relaxation import rounding
from optkit.allocation.problem.compiled import fast
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split
from optkit.core.arrays import Floats

SOURCE = "relaying that a better solution could not avoid"

ROUNDS = 60
"""Most repetitions; the gain halves or better from one to the next in practice."""

_STILL = 1e-10
"""Relative change of the bound at which it counts as settled."""


def relay_bound(
    tree: SinkTree, known: Floats, should_stop: Callable[[], bool] | None = None
) -> float:
    """Return a lower bound on the cost of every solution on ``tree``.

    Parameters
    ----------
    tree
        The sink tree; every server works and none for nothing.
    known
        What each subtree is known to take at cost 1 in Gbit, in the order of the
        master's children, shape (T,).
    should_stop
        Asked between rounds; the bound holds after any of them.
    """
    count = tree.count
    roots = np.flatnonzero(tree.parent == 0)
    target = np.zeros(count)
    target[roots] = known
    most = np.full(count, np.inf)
    loss = np.zeros(count)
    improve = fast(_improve, count)
    for _ in range(ROUNDS):
        moved = improve(
            tree.parent,
            tree.distance,
            tree.own,
            tree.relay,
            target,
            most,
            loss,
            rounding(count),
        )
        if moved <= _STILL or (should_stop is not None and should_stop()):
            break
    takes = np.maximum(most[roots], known)
    best = split(tree.size, float(tree.own[0]), tree.relay[roots], 1.0 / takes)
    return best.cost * (1.0 - 10.0 * rounding(count))


def _improve(parent, distance, own, relay, target, most, loss, safe):  # type: ignore[no-untyped-def]
    """Do one round in linear time; return the largest relative change of any bound.

    Parameters
    ----------
    target
        What each root's subtree is known to take.
    most
        Each root's bound so far; lowered here.
    loss
        ρ, the share of its budget that each server cannot but spend on relaying; set
        here for the next round.
    safe
        Relative slack for the rounding of what a subtree takes without a block.
    """
    count = len(parent)
    capacity, logs, plain = np.zeros(count), np.zeros(count), np.zeros(count)
    for server in range(count - 1, 0, -1):
        d = distance[server]
        alone = (1.0 - loss[server]) / own[server]
        if d > 0.0:
            logs[server] += np.log1p(-d * alone)
            capacity[server] = -np.expm1(logs[server]) / d
        else:
            capacity[server] = plain[server] + alone
        above = parent[server]
        if above > 0:
            plain[above] += capacity[server]
            if distance[above] > 0.0:
                logs[above] += np.log1p(-distance[above] * capacity[server])
    moved = 0.0
    loss[:] = 0.0
    # A block's κ is affine in each item's: 1 − D κ_block = (1 − D κ_item) · (the others).
    # So taking the block at c out lowers the whole subtree's κ by weight_c κ_c, where the
    # weight is the product of "the others" on the way up.
    weight = np.ones(count)
    root = np.zeros(count, dtype=np.int64)
    for server in range(1, count):
        above = parent[server]
        if above == 0:
            root[server] = server
            if capacity[server] < most[server]:
                before = most[server]
                change = 1.0 if before == np.inf else 1.0 - capacity[server] / before
                moved = max(moved, change)
                most[server] = capacity[server]
            continue
        root[server] = root[above]
        weight[server] = weight[above]
        if distance[above] > 0.0:
            mine = np.log1p(-distance[above] * capacity[server])
            weight[server] *= np.exp(logs[above] - mine)
        top = root[server]
        if relay[server] == 0.0 or most[top] <= target[top]:
            continue
        without = capacity[top] - weight[server] * capacity[server]
        least = target[top] - without - safe * capacity[top]
        if least > 0.0:
            loss[above] = min(1.0, loss[above] + relay[server] * least)
    return moved
