"""Where relaying is cheap enough, contiguous blocks are proven optimal.

The relay condition: every server v but the first of its subtree pays at most as much energy
cost to pass a Gbit on as receiving that Gbit costs time, w2 e_v/R_vc ≤ w1/R_parent,v for
each child c. Under it the blocks of :mod:`optkit.allocation.block` take the most that any
order can; ``docs/allocation-bounds.md`` has the proof. On any other instance, relaying
made as cheap as the condition asks only lowers costs, and the same blocks then bound it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.allocation.block import blocks
from optkit.allocation.bounds import rounding
from optkit.allocation.master import split
from optkit.allocation.tree import Floats, SinkTree

SOURCE = "contiguous orders, optimal where relaying costs no more than receiving"


def clipped_relay(tree: SinkTree) -> Floats:
    """Return each server's relay cost, lowered to what the condition allows.

    Returns
    -------
    array
        Shape (N+1,), in the meaning of ``tree.relay``; equal to it where it holds.
    """
    above = tree.parent
    receiving = np.zeros(tree.count)
    below = np.flatnonzero(above >= 0)
    receiving[below] = tree.distance[below] - tree.distance[above[below]]
    # A difference of sums: what rounding may have added is taken off, so that the clipped
    # costs satisfy the condition and stay below the true ones.
    receiving -= 1e-15 * tree.depth * tree.distance
    clipped = tree.relay.copy()
    deep = np.flatnonzero((above > 0) & (above[above] > 0))
    clipped[deep] = np.minimum(clipped[deep], np.maximum(receiving[above[deep]], 0.0))
    return clipped


def holds(tree: SinkTree) -> bool:
    """Say whether the relay condition holds for every server of ``tree``."""
    return bool(np.all(tree.relay <= clipped_relay(tree)))


def clipped_bound(tree: SinkTree) -> float:
    """Return a lower bound on every solution's cost, the optimum if the condition holds.

    Parameters
    ----------
    tree
        The sink tree; every server works and none for nothing.
    """
    cheap = replace(tree, relay=clipped_relay(tree))
    roots = np.flatnonzero(tree.parent == 0)
    takes = blocks(cheap).capacity[roots]
    best = split(tree.size, float(tree.own[0]), tree.relay[roots], 1.0 / takes)
    return best.cost * (1.0 - 10.0 * rounding(tree.count))
