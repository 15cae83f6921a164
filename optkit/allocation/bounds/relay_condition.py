"""Contiguous blocks are proven optimal where relaying is cheap enough.

The relay condition: for every server v but the first of its subtree, and each child c,

    w2 e_v/R_vc · (1 − w1 d_p κ_v) ≤ w1/R_pv,    p the parent of v,

with κ_v the most that the block at v takes at cost 1. In words: passing a Gbit on may cost
v more than the time that receiving it takes, by as much as waiting at the levels above uses
up the budget. Under this condition the blocks of
:mod:`optkit.allocation.problem.contiguous_orders` take the most that any order can;
``docs/allocation-bounds.md`` has the proof. On any other instance, lowering relaying costs
to what the condition allows only lowers costs, so the blocks of the lowered instance bound
the original one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.allocation.bounds.relaxation import rounding
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split_task
from optkit.core.arrays import Floats

SOURCE = "contiguous orders, optimal where relaying is cheap beside receiving"

_ROUNDS = 2
"""Times that the limits are raised; each time, a tenth or less is left to gain."""


def clipped_relay(tree: SinkTree) -> Floats:
    """Return each server's relay cost, lowered to what the condition allows.

    Returns
    -------
    array
        Shape (N+1,), in the meaning of ``tree.relay``; equal to it where the condition
        holds.
    """
    if not supports_blocks(tree):
        return _within(tree, np.zeros(tree.count))
    # Costs that are too high make κ too low and the limits too low, which is safe.
    clipped = _within(tree, contiguous_blocks(tree).capacity)
    for _ in range(_ROUNDS):
        if np.all(tree.relay <= clipped):
            break
        # Lowered costs give limits that are too high; costs at those limits give limits
        # that are too low again, but higher than before.
        high = _within(tree, contiguous_blocks(replace(tree, relay=clipped)).capacity)
        clipped = _within(tree, contiguous_blocks(replace(tree, relay=high)).capacity)
    return clipped


def _within(tree: SinkTree, capacity: Floats) -> Floats:
    """Return the relay costs, lowered to the limits that each block's κ implies."""
    parent = tree.parent
    grandparent = np.maximum(parent[parent], 0)
    below_root = np.flatnonzero((parent > 0) & (parent[parent] > 0))
    # A difference of sums, less what rounding may have added, so that the clipped costs
    # satisfy the condition and stay below the true ones.
    receiving = tree.distance[parent] - tree.distance[grandparent]
    receiving -= 1e-15 * tree.depth * tree.distance[parent]
    waiting = (
        tree.distance[grandparent]
        * capacity[parent]
        * (1.0 - 10 * rounding(tree.count))
    )
    rest = np.clip(1.0 - waiting[below_root], 1e-300, 1.0)
    with np.errstate(over="ignore"):
        limit = np.maximum(receiving[below_root], 0.0) / rest
    clipped = tree.relay.copy()
    clipped[below_root] = np.minimum(clipped[below_root], limit)
    return clipped


def relay_condition_holds(tree: SinkTree) -> bool:
    """Say whether the relay condition holds for every server of ``tree``."""
    return bool(np.all(tree.relay <= clipped_relay(tree)))


def proven_subtrees(tree: SinkTree) -> list[bool]:
    """Say of each subtree whether its contiguous order is proven optimal."""
    if not np.any(tree.relay[tree.parent > 0] > 0.0):  # no limit is below 0
        return [True] * len(tree.subtrees)
    cheap = tree.relay <= clipped_relay(tree)
    return [bool(cheap[subtree.members[1:]].all()) for subtree in tree.subtrees]


def clipped_bound(tree: SinkTree) -> float:
    """Return a lower bound on every solution's cost, the optimum if the condition holds.

    Parameters
    ----------
    tree
        The sink tree; every server may work and has a cost.
    """
    cheap = replace(tree, relay=clipped_relay(tree))
    roots = np.flatnonzero(tree.parent == 0)
    takes = contiguous_blocks(cheap).capacity[roots]
    best = split_task(tree.size, float(tree.own[0]), tree.relay[roots], 1.0 / takes)
    return best.cost * (1.0 - 10.0 * rounding(tree.count))
