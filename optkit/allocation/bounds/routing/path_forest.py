"""The forest that every tree has in common: the first links of each way, then dominators.

A *beginning* is a simple path of at most ``depth`` links from the master. Below the node of
a beginning are those of its continuations. Below a beginning of full length is the
dominator tree of what its end reaches without passing the servers before it. Each server
has a node below every beginning that leads to it, and a solution uses one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optkit.allocation.problem.network_arrays import Network
from optkit.core.arrays import Bools, Floats, Ints

ForestArrays = tuple[Ints, Floats, Floats, Floats]
"""(parent, distance, rate, worth) of every node, for the compiled loops."""


@dataclass(frozen=True, eq=False)
class Forest:
    """F nodes for n servers, each node before those below it.

    Parameters
    ----------
    parent
        Node above, shape (F,); −1 for those of the master's links.
    server
        The server that each node stands for, shape (F,).
    distance
        Least cost D of the way to it, shape (F,).
    send
        For the nodes of the master's links, the cost of the master's energy per Gbit sent
        over the link; 0 elsewhere, shape (F,).
    tree_top
        Node of the beginning in whose dominator tree each node is, shape (F,); −1 for the
        nodes of shorter beginnings.
    node_start, nodes
        Nodes by server: those of server i are ``nodes[node_start[i] : node_start[i + 1]]``.
    """

    parent: Ints
    server: Ints
    distance: Floats
    send: Floats
    tree_top: Ints
    node_start: Ints
    nodes: Ints

    @property
    def roots(self) -> Ints:
        """Nodes of the master's links."""
        return np.flatnonzero(self.parent < 0)


class ForestBuilder:
    """Builds the forests of one network.

    Parameters
    ----------
    net
        The network; the master has a link.
    """

    def __init__(self, net: Network) -> None:
        self.net = net
        by_target = np.argsort(net.target, kind="stable")
        self._senders = net.source[by_target]
        self._sender_start = np.searchsorted(
            net.target[by_target], np.arange(net.count + 1)
        ).astype(np.int64)
        self._scratch = tuple(np.zeros(net.count, dtype=np.int64) for _ in range(5))
        self._ways = np.zeros(net.count)
        # Where some link takes no time, by its rate or by rounding, all ways are taken to
        # cost nothing, which is still a bound.
        self._delay = net.delay if np.all(net.delay > 0.0) else 0.0 * net.delay

    def build(
        self, depth: int, max_nodes: int, should_stop: Callable[[], bool]
    ) -> Forest | None:
        """Return the forest of beginnings of ``depth`` links.

        None if it has more than ``max_nodes`` nodes, or was stopped.
        """
        net = self.net
        blocked = np.zeros(net.count, dtype=np.bool_)
        blocked[0] = True
        pieces: list[tuple[Ints, Ints, Floats, Ints]] = []
        sends: list[tuple[int, float]] = []
        count = 0
        # (link, cost of the way up to it, node above, links left, servers before it)
        stack: list[tuple[int, float, int, int, tuple[int, ...]]]
        stack = [(int(link), 0.0, -1, depth - 1, ()) for link in net.first_links[::-1]]
        blocked_now: tuple[int, ...] = ()
        while stack:
            link, way, up, left, earlier = stack.pop()
            if should_stop() or count > max_nodes:
                return None
            blocked[list(blocked_now)] = False
            blocked_now = earlier
            blocked[list(blocked_now)] = True
            end = int(net.target[link])
            way += float(self._delay[link])
            if up < 0:
                sends.append((count, float(net.relay[link])))
            if left == 0:
                piece = self._dominated(end, way, up, count, blocked)
                pieces.append(piece)
                count += len(piece[0])
                continue
            pieces.append(
                (np.array([up]), np.array([end]), np.array([way]), np.array([-1]))
            )
            inside = (*earlier, end)
            for onward in range(
                int(net.start[end + 1]) - 1, int(net.start[end]) - 1, -1
            ):
                if net.target[onward] not in earlier:
                    stack.append((onward, way, count, left - 1, inside))
            count += 1
        if count > max_nodes:
            return None
        parent, server, tree_top = (
            np.concatenate([piece[k] for piece in pieces]).astype(np.int64)
            for k in (0, 1, 3)
        )
        send = np.zeros(count)
        for node, cost in sends:
            send[node] = cost
        return Forest(
            parent=parent,
            server=server,
            distance=np.concatenate([piece[2] for piece in pieces]),
            send=send,
            tree_top=tree_top,
            node_start=np.searchsorted(np.sort(server), np.arange(net.count + 1)),
            nodes=np.argsort(server, kind="stable"),
        )

    def _dominated(
        self, end: int, way: float, up: int, count: int, blocked: Bools
    ) -> tuple[Ints, Ints, Floats, Ints]:
        """Return (parent, server, distance, tree top) of the dominator tree at ``end``."""
        from optkit.allocation.bounds.routing import all_trees_kernels

        net = self.net
        position, order, above, stack, at = self._scratch
        reached = all_trees_kernels.dominators(
            end, net.start, net.target, self._sender_start, self._senders, blocked,
            position, order, above, stack, at,
        )  # fmt: skip
        all_trees_kernels.distances(
            end, net.start, net.target, self._delay, blocked, self._ways
        )
        server = order[:reached].copy()
        parent = np.append(up, count + position[above[server[1:]]]).astype(np.int64)
        tree_top = np.full(reached, count, dtype=np.int64)
        return parent, server, way + self._ways[server], tree_top
