"""Lower bounds that need no search.

Without relaying energy the order problem has a closed form: any depth-first order is
optimal, and the most that the block of servers at v takes at cost 1, κ, follows bottom-up
from 1 − D_v κ_block = Π (1 − D_v κ_item) over v itself (κ = 1/a_v) and its children's
blocks. Leaving out the relaying energy of everybody but the master only lowers costs, so
the optimum of the rest is a lower bound for the instance. ``docs/allocation.md`` has the
proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split_task
from optkit.core.arrays import Floats

WIDE = 64
"""Servers of a level from which on arrays are quicker than a loop."""

SOURCE = "closed form without relaying energy"


def rounding(servers: int) -> float:
    """Return the relative slack that keeps a closed form a bound despite rounding.

    Each server adds a logarithm to a sum: an error of some 1e-16 of it each at most.
    """
    return 1e-12 + 1e-15 * servers


def relaxation_bound(tree: SinkTree) -> float:
    """Return a lower bound on the cost of every solution on ``tree``.

    Parameters
    ----------
    tree
        The sink tree; servers that may not work are taken to relay at no cost.
    """
    capacity = block_capacity(tree)
    children = np.flatnonzero(tree.parent == 0)
    with np.errstate(divide="ignore"):
        unit_cost = 1.0 / capacity[children]
    best = split_task(tree.size, float(tree.own[0]), tree.relay[children], unit_cost)
    return best.cost * (1.0 - rounding(tree.count))


def block_capacity(tree: SinkTree) -> Floats:
    """Return κ of every server's block: the most load at cost 1 if relaying is free.

    Returns
    -------
    array
        Gbit per unit of cost, shape (N+1,); the master's entry is meaningless. Infinite
        where load costs nothing.
    """
    capacity = np.zeros(tree.count)
    # Sum over a block's items of log(1 − D κ), and of κ for D = 0.
    logs = np.zeros(tree.count)
    plain = np.zeros(tree.count)
    with np.errstate(divide="ignore"):
        own = np.where(tree.works, 1.0 / tree.own, 0.0)
        _climb(tree, own, capacity, logs, plain)
    return capacity


def _climb(
    tree: SinkTree, own: Floats, capacity: Floats, logs: Floats, plain: Floats
) -> None:
    """Fill in ``capacity`` from the leaves up to the children of the master."""
    begins = np.searchsorted(tree.depth, np.arange(int(tree.depth.max()) + 2)).tolist()
    for begin, end in reversed(list(pairwise(begins[1:]))):
        climb = _climb_level if end - begin >= WIDE else _climb_servers
        climb(tree, range(end - 1, begin - 1, -1), own, capacity, logs, plain)


def _climb_level(
    tree: SinkTree,
    servers: Iterable[int],
    own: Floats,
    capacity: Floats,
    logs: Floats,
    plain: Floats,
) -> None:
    """Do as :func:`_climb_servers` does, bit for bit, for a whole level at once."""
    level = np.fromiter(servers, dtype=np.int64)
    distance = tree.distance[level]
    far, near = level[distance > 0.0], level[distance <= 0.0]
    logs[far] += np.log1p(-tree.distance[far] * own[far])
    capacity[far] = -np.expm1(logs[far]) / tree.distance[far]
    capacity[near] = plain[near] + own[near]
    below = level[tree.parent[level] > 0]
    np.add.at(plain, tree.parent[below], capacity[below])
    below = below[tree.distance[tree.parent[below]] > 0.0]
    parent = tree.parent[below]
    np.add.at(logs, parent, np.log1p(-tree.distance[parent] * capacity[below]))


def _climb_servers(
    tree: SinkTree,
    servers: Iterable[int],
    own: Floats,
    capacity: Floats,
    logs: Floats,
    plain: Floats,
) -> None:
    """Fill in ``capacity`` of some servers, one after the other."""
    for server in servers:
        distance = tree.distance[server]
        if distance > 0.0:
            logs[server] += np.log1p(-distance * own[server])
            capacity[server] = -np.expm1(logs[server]) / distance
        else:
            capacity[server] = plain[server] + own[server]
        parent = tree.parent[server]
        if parent > 0:
            plain[parent] += capacity[server]
            if tree.distance[parent] > 0.0:
                logs[parent] += np.log1p(-tree.distance[parent] * capacity[server])
