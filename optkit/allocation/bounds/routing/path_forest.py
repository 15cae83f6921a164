"""What every tree shares, unrolled: the first links of each way, then dominators.

A *beginning* is a simple path of at most ``depth`` links from the master. Below the node
of a beginning stand those of its continuations; below one of full length stands the
dominator tree of what its end reaches without the servers before it. Each server has a
node below every beginning that leads to it, and a solution uses one of them.
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
    """Nodes, each before those below it; F of them, for n servers.

    Parameters
    ----------
    parent
        Node above, shape (F,); −1 for those of the master's links.
    server
        Whom each node serves, shape (F,).
    distance
        Least cost D of the way to it, shape (F,).
    send
        For the nodes of the master's links, what a Gbit over it costs the master's
        energy; 0 elsewhere, shape (F,).
    column
        Node of the end of the beginning in whose dominator tree each node stands, shape
        (F,); −1 for the nodes of shorter beginnings.
    begins, nodes
        Nodes by server: those of server i are ``nodes[begins[i] : begins[i + 1]]``.
    """

    parent: Ints
    server: Ints
    distance: Floats
    send: Floats
    column: Ints
    begins: Ints
    nodes: Ints

    @property
    def roots(self) -> Ints:
        """Nodes of the master's links."""
        return np.flatnonzero(self.parent < 0)


class ForestBuilder:
    """Makes the forests of one network.

    Parameters
    ----------
    net
        The network; the master has a link.
    """

    def __init__(self, net: Network) -> None:
        self.net = net
        by_target = np.argsort(net.target, kind="stable")
        self._senders = net.source[by_target]
        self._begins = np.searchsorted(
            net.target[by_target], np.arange(net.count + 1)
        ).astype(np.int64)
        self._scratch = tuple(np.zeros(net.count, dtype=np.int64) for _ in range(5))
        self._ways = np.zeros(net.count)
        # Nobody waits where a link takes no time, or rounding says so; that all ways then
        # cost nothing is still a bound.
        self._delay = net.delay if np.all(net.delay > 0.0) else 0.0 * net.delay

    def build(
        self, depth: int, most: int, should_stop: Callable[[], bool]
    ) -> Forest | None:
        """Return the forest of beginnings of ``depth`` links.

        None if it has more than ``most`` nodes, or was stopped.
        """
        net = self.net
        blocked = np.zeros(net.count, dtype=np.bool_)
        blocked[0] = True
        pieces: list[tuple[Ints, Ints, Floats, Ints]] = []
        sends: list[tuple[int, float]] = []
        made = 0
        # (link, cost of the way up to it, node above, links left, servers before it)
        stack: list[tuple[int, float, int, int, tuple[int, ...]]]
        stack = [(int(link), 0.0, -1, depth - 1, ()) for link in net.first_links[::-1]]
        before: tuple[int, ...] = ()
        while stack:
            link, way, up, left, passed = stack.pop()
            if should_stop() or made > most:
                return None
            blocked[list(before)] = False
            before = passed
            blocked[list(before)] = True
            end = int(net.target[link])
            way += float(self._delay[link])
            if up < 0:
                sends.append((made, float(net.relay[link])))
            if left == 0:
                piece = self._dominated(end, way, up, made, blocked)
                pieces.append(piece)
                made += len(piece[0])
                continue
            pieces.append(
                (np.array([up]), np.array([end]), np.array([way]), np.array([-1]))
            )
            inside = (*passed, end)
            for onward in range(
                int(net.start[end + 1]) - 1, int(net.start[end]) - 1, -1
            ):
                if net.target[onward] not in passed:
                    stack.append((onward, way, made, left - 1, inside))
            made += 1
        if made > most:
            return None
        parent, server, column = (
            np.concatenate([piece[k] for piece in pieces]).astype(np.int64)
            for k in (0, 1, 3)
        )
        send = np.zeros(made)
        for node, cost in sends:
            send[node] = cost
        return Forest(
            parent=parent,
            server=server,
            distance=np.concatenate([piece[2] for piece in pieces]),
            send=send,
            column=column,
            begins=np.searchsorted(np.sort(server), np.arange(net.count + 1)),
            nodes=np.argsort(server, kind="stable"),
        )

    def _dominated(
        self, end: int, way: float, up: int, made: int, blocked: Bools
    ) -> tuple[Ints, Ints, Floats, Ints]:
        """Return (parent, server, distance, column) of the dominator tree at ``end``."""
        from optkit.allocation.bounds.routing import all_trees_kernels

        net = self.net
        place, order, above, stack, at = self._scratch
        count = all_trees_kernels.dominators(
            end, net.start, net.target, self._begins, self._senders, blocked,
            place, order, above, stack, at,
        )  # fmt: skip
        all_trees_kernels.distances(
            end, net.start, net.target, self._delay, blocked, self._ways
        )
        server = order[:count].copy()
        parent = np.append(up, made + place[above[server[1:]]]).astype(np.int64)
        column = np.full(count, made, dtype=np.int64)
        return parent, server, way + self._ways[server], column
