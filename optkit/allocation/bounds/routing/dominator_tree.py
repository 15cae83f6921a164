"""The bound where every server can be behind only one of the master's links.

Then there is one dominator tree, and no solution costs less than the same loads and orders
do on it, with shortest distances and the cheapest relaying towards each server. The bounds
of a given tree, which count relaying, apply to it. Where the network is a tree, it is that
tree.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.bounds.relay_bound import relay_bound
from optkit.allocation.bounds.relay_condition import clipped_bound
from optkit.allocation.bounds.routing.path_forest import Forest
from optkit.allocation.problem.contiguous_orders import Blocks
from optkit.allocation.problem.network_arrays import Network
from optkit.allocation.problem.sink_tree import SinkTree

SOURCE = "dominators of every way, each server behind one of the master's links only"


def behind_one_link(net: Network, forest: Forest) -> bool:
    """Say whether ``forest``, of beginnings of one link, has one node per server."""
    return len(forest.server) == net.count - 1


def dominator_tree(net: Network, forest: Forest, size: float) -> SinkTree:
    """Return the dominator tree as arrays, its nodes numbered as in ``forest``, from 1.

    Parameters
    ----------
    net, forest
        The network and its forest, for which :func:`behind_one_link` holds.
    size
        Task size Y in Gbit.
    """
    server = np.append(0, forest.server)
    parent = np.append(-1, forest.parent + 1)
    distance = np.append(0.0, forest.distance)
    node = np.zeros(net.count, dtype=np.int64)
    node[server] = np.arange(net.count)
    # A dominator that passes load on towards a server sends it to some server right below
    # it in this tree: to the server itself if nobody else sends to that, else to any.
    usable = parent[node[net.target]] == node[net.source]
    cheapest = np.full(net.count, np.inf)
    np.minimum.at(cheapest, node[net.source[usable]], net.relay[usable])
    direct = np.full(net.count, np.inf)
    np.minimum.at(direct, node[net.target[usable]], net.relay[usable])
    senders = np.bincount(node[net.target], minlength=net.count)
    onward = np.where(senders[1:] == 1, direct[1:], cheapest[parent[1:]])
    relay = np.append(0.0, np.where(forest.parent < 0, forest.send, onward))
    own = distance + net.own[server]
    return SinkTree(
        ids=tuple(net.ids[k] for k in server),
        parent=parent,
        distance=distance,
        own=own,
        relay=relay,
        time=own,
        ghz=np.ones(net.count),
        works=np.ones(net.count, dtype=bool),
        size=size,
        routing="free",
    )


def dominator_bound(
    tree: SinkTree,
    spanning: SinkTree,
    blocks: Blocks,
    should_stop: Callable[[], bool],
) -> float:
    """Return a lower bound on the cost of every solution.

    Parameters
    ----------
    tree
        The dominator tree.
    spanning, blocks
        A tree that spans the network, and its blocks.
    should_stop
        Asked now and then.
    """
    takes = {
        spanning.ids[root]: blocks.capacity[root]
        for root in np.flatnonzero(spanning.parent == 0)
    }
    roots = np.flatnonzero(tree.parent == 0)
    best = np.array([takes[tree.ids[root]] for root in roots])
    return max(relay_bound(tree, best, should_stop), clipped_bound(tree))
