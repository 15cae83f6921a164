"""A bound on what any tree of a network's links and any orders can reach.

In every tree, the way to a server starts with some beginning and then passes the dominators
that follow its end. So:

* two servers whose nodes in the unrolled forest meet share at least the way to where they
  meet,
* and no server is nearer to the master than on the shortest way.

Hence the tree's costs are at least those on the corresponding part of the forest
(:mod:`optkit.allocation.bounds.routing.path_forest`). Leaving out all relaying but the
master's, the forest's closed form gives the most load that any set of its nodes takes.
Extended to servers that are split over several nodes, this is a concave function.
Coordinate ascent finds a good split, and the tangent there bounds all others.
``docs/allocation-routing.md`` has the proof.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.bounds.relaxation import rounding
from optkit.allocation.bounds.routing.path_forest import (
    Forest,
    ForestArrays,
    ForestBuilder,
)
from optkit.allocation.problem.network_arrays import Network, triangle
from optkit.core.arrays import Bools, Floats, Ints

COARSE_BOUND_SOURCE = (
    "own costs on shortest ways, and the capacity of the master's links"
)

MAX_ROUNDS = 150
"""Most rounds of the ascent for one price of the master's budget."""

CONTRACTIONS = 3
"""Times that split servers are made to share less of their way."""

_NODES_AT_ONCE = 4096
"""Nodes between two looks at the limits."""

_SETTLED = 1e-6
"""Relative gain left at which the ascent ends."""


def bound_source(depth: int) -> str:
    """Return what proves a bound from beginnings of ``depth`` links."""
    return f"first {depth} links and dominators of every way"


class ForestBound:
    """The most load that any tree and orders take at cost 1, from above.

    Parameters
    ----------
    net
        The network.
    forest
        A forest of it.
    link
        The link by which a good tree reaches each server, where the ascent starts, shape
        (n,).
    should_stop
        Asked every few ms; the bound holds whenever it stops.
    """

    def __init__(
        self,
        net: Network,
        forest: Forest,
        link: Ints,
        should_stop: Callable[[], bool],
    ) -> None:
        self._net, self._forest, self._should_stop = net, forest, should_stop
        # Where nobody waits, D = 0; so small a D gives the same without a special case.
        self._least = 1e-14 / float(np.sum(1.0 / net.own))
        self._own = forest.distance + net.own[forest.server]
        self._parent = forest.parent
        self._distance = np.maximum(forest.distance, self._least)
        leaf = np.ones(len(self._own), dtype=bool)
        leaf[forest.parent[forest.parent >= 0]] = False
        self._contract(leaf)
        self._x = _start(net, forest, link)
        self._state = (self._x, *(np.zeros(len(self._x)) for _ in range(2)))
        self.bound = np.inf

    def improve(self) -> None:
        """Lower the bound as far as it goes."""
        for _ in range(CONTRACTIONS + 1):
            before = self.bound
            self._price()
            split = (self._x > 0.01) & (self._x < 0.99) & (self._parent >= 0)
            if self._should_stop() or not self.bound < before or not np.any(split):
                break
            self._contract(split)

    def _contract(self, nodes: Bools) -> None:
        """Let what shares the way to one of ``nodes`` share only the way above it.

        A server that is split over several nodes counts for too much load where these
        share much of their way. The excess is smaller where D is smaller, and lowering
        D keeps the bound valid.
        """
        distance = self._distance
        for node in np.flatnonzero(nodes):  # nodes above come first
            up = self._parent[node]
            distance[node] = distance[up] if up >= 0 else self._least
        self._rate = -np.log1p(-distance / self._own)

    def _price(self) -> None:
        """Search for the price of the master's budget that gives the least bound."""
        send = self._forest.send[self._forest.roots]
        own = float(self._net.own[0])
        low = 1.0 / own
        usable = send[send < own]
        if self._solve(low) <= 1.0 or not len(usable):
            return
        high = 1.0 / float(usable.min()) if usable.min() > 0.0 else 4.0 * low
        for _ in range(24):
            if self._should_stop() or high - low <= 1e-6 * high:
                break
            middle = float(np.sqrt(low * high))
            if self._solve(middle) > 1.0:
                low = middle
            else:
                high = middle

    def _solve(self, price: float) -> float:
        """Ascend at one price; return what the master would spend on sending."""
        from optkit.allocation.bounds.routing import all_trees_kernels

        forest, state = self._forest, self._state
        roots = forest.roots
        worth = np.maximum(1.0 - price * forest.send, 0.0)
        flat = (forest.parent, self._distance, self._rate, worth)
        all_trees_kernels.evaluate(flat, state)
        for _ in range(MAX_ROUNDS):
            gain = self._sweep(all_trees_kernels.ascend, flat)
            value = price + float(worth[roots] @ state[2][roots])
            if gain is None or gain <= _SETTLED * value:
                break
        all_trees_kernels.evaluate(flat, state)
        slack = self._sweep(all_trees_kernels.slack, flat)
        used = state[2][roots]
        if slack is not None:
            bound = price + float(worth[roots] @ used) + slack
            rounded_up = bound * (1.0 + 10.0 * rounding(self._net.count))
            self.bound = min(self.bound, rounded_up)
        return float(np.sum((forest.send[roots] * used)[worth[roots] > 0.0]))

    def _sweep(self, work: Callable[..., float], flat: ForestArrays) -> float | None:
        """Do ``work`` on all servers, a few ms at a time; None if it was stopped."""
        node_start, nodes = self._forest.node_start, self._forest.nodes
        total, server = 0.0, 1
        while server < self._net.count:
            if self._should_stop():
                return None
            end = int(np.searchsorted(node_start, node_start[server] + _NODES_AT_ONCE))
            end = min(max(end, server + 1), self._net.count)
            total += work(server, end, node_start, nodes, flat, self._state)
            server = end
        return total


def _start(net: Network, forest: Forest, link: Ints) -> Floats:
    """Return the parts x that put each server at its node for the tree ``link``.

    A server's node is found on the way down. Below the node of a beginning it is the
    node of the continuation; once the beginning has its full length, it is inside its
    dominator tree.
    """
    x = np.zeros(len(forest.server))
    inside = (forest.tree_top >= 0) & (forest.tree_top != np.arange(len(x)))
    key = np.where(inside, forest.tree_top, forest.parent)
    node_of = {
        pair: node
        for node, pair in enumerate(
            zip(key.tolist(), forest.server.tolist(), strict=True)
        )
    }
    below: list[list[int]] = [[] for _ in range(net.count)]
    for server in range(1, net.count):
        below[net.source[link[server]]].append(server)
    node_at = [-1] * net.count
    downwards = [0]
    for above in downwards:  # grows while it is walked: parents before children
        node = node_at[above]
        if node >= 0 and forest.tree_top[node] >= 0:
            node = int(forest.tree_top[node])
        for server in below[above]:
            node_at[server] = node_of[node, server]
            x[node_at[server]] = 1.0
        downwards.extend(below[above])
    return x


def coarse_bound(net: Network, distance: Floats) -> float:
    """Return a bound on the load at cost 1 that takes no time to compute.

    No server takes more than alone on its shortest way, no link of the master carries more
    than it does alone at cost 1, and the master sends nothing that it computes for less.

    Parameters
    ----------
    net
        The network.
    distance
        Least cost D of a way to each server, shape (n,).
    """
    first = net.first_links
    own = float(net.own[0])
    useful = net.relay[first] < own
    if not np.any(useful):
        return 1.0 / own * (1.0 + rounding(net.count))
    with np.errstate(divide="ignore"):
        carried = float(np.sum(1.0 / net.delay[first][useful]))
    alone = float(np.sum(1.0 / (distance[1:] + net.own[1:])))
    return (1.0 / own + min(carried, alone)) * (1.0 + rounding(net.count))


def warm_up() -> None:
    """Run every compiled loop of the bound once, on three servers."""
    net = triangle()
    forest = ForestBuilder(net).build(1, 100, lambda: False)
    assert forest is not None
    ForestBound(net, forest, net.sink_link, lambda: False).improve()
