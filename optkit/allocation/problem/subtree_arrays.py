"""A subtree as the plain arrays that the compiled loops work on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optkit.allocation.problem.sink_tree import Subtree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.core.arrays import Bools, Floats, Ints


class SubtreeArrays(NamedTuple):
    """One subtree of n servers, all of which may work, for the node programs.

    Parameters
    ----------
    parent, distance, own
        As in :class:`~optkit.allocation.problem.sink_tree.Subtree`, shape (n,).
    relay
        w2 e/R, what the parent pays per Gbit passed on to this server, shape (n,); 0
        for the first server, since the master pays that.
    step
        D_v − D_parent, shape (n,); D itself for the first.
    child_start, children
        All children, by parent and then by falling rate, and where each parent's begin.
    wait
        w1 d_lca(i,j), shape (n, n).
    burden
        What i pays per Gbit of j for relaying, 0 unless j is below i, shape (n, n).
    below
        Whether j is i itself or below it, shape (n, n).
    block_size
        Number of servers in each one's block, shape (n,).
    """

    parent: Ints
    distance: Floats
    own: Floats
    relay: Floats
    step: Floats
    child_start: Ints
    children: Ints
    wait: Floats
    burden: Floats
    below: Bools
    block_size: Ints


def subtree_arrays(subtree: Subtree) -> SubtreeArrays:
    """Return the arrays of ``subtree``; O(n²) time and memory."""
    size = subtree.size
    costs = subtree_costs(subtree)
    burden = costs.fixed.copy()
    np.fill_diagonal(burden, 0.0)
    below = np.eye(size, dtype=np.bool_)
    for server in range(size - 1, 0, -1):
        below[subtree.parent[server]] |= below[server]
    keys = (subtree.distance, subtree.relay, subtree.parent)
    by_rate = np.lexsort(keys)[1:]
    start = np.searchsorted(subtree.parent[by_rate], np.arange(size + 1))
    relay = subtree.relay.copy()
    relay[0] = 0.0
    return SubtreeArrays(
        parent=subtree.parent,
        distance=subtree.distance,
        own=subtree.own,
        relay=relay,
        step=_steps(subtree),
        child_start=start.astype(np.int64),
        children=by_rate.astype(np.int64),
        wait=costs.waiting,
        burden=burden,
        below=below,
        block_size=below.sum(axis=1).astype(np.int64),
    )


def _steps(subtree: Subtree) -> Floats:
    """Return D_v − D_parent for each server, shape (n,); D itself for the first."""
    above = np.where(subtree.parent >= 0, subtree.distance[subtree.parent], 0.0)
    # A difference of sums, less what rounding may have added.
    return np.asarray(np.maximum(subtree.distance * (1.0 - 1e-15) - above, 0.0))
