"""Local search over the trees of a network, in steps.

A move enters some server by another link, cuts the tree somewhere between it and the
last server that its old and new ways share, and turns the links in between round: an
exchange of one edge of the tree seen as undirected, where the network has the links.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.problem.network_arrays import Network
from optkit.core.arrays import Floats, Ints

GROWN = 50
"""Servers hung between two looks at the limits."""

MOST_BLOCKS = 20_000
"""Blocks computed between two looks at the limits; some ms."""


class TreeSearch:
    """A tree, each block's order contiguous, and the moves that improve it.

    Parameters
    ----------
    net
        The network.
    link
        The link by which the first tree reaches each server, shape (n,).
    """

    def __init__(self, net: Network, link: Ints) -> None:
        from optkit.allocation.heuristics.routing import kernels

        self._kernel, self._network = kernels, net
        count = net.count
        self._net = (
            net.source, net.target, net.reverse, net.delay, net.relay, net.own
        )  # fmt: skip
        self._tree = (
            np.full(count, -1, dtype=np.int64),
            np.full(count, -1, dtype=np.int64),
            np.full(count, -1, dtype=np.int64),
            np.zeros(count),
            np.zeros(count),
        )
        self._walk = np.zeros(count, dtype=np.int64)
        self._mark = np.zeros(count, dtype=np.int64)
        # What a move may change: the part that moves, and two ways to the master.
        self._kept = (
            np.zeros(3 * count, dtype=np.int64),
            np.zeros(3 * count),
            np.zeros(3 * count),
        )
        self._cursor = np.zeros(3, dtype=np.int64)
        self._value = np.zeros(1)
        self.entries = np.arange(len(net.source))
        self.start(link)

    def start(self, link: Ints) -> None:
        """Begin again from the tree ``link``."""
        self._tree[0][:] = link
        self._value[0] = self._kernel.build(self._net, self._tree, self._walk)
        self._cursor[:2] = 0

    @property
    def link(self) -> Ints:
        """The link by which the tree reaches each server, shape (n,)."""
        return self._tree[0].copy()

    @property
    def value(self) -> float:
        """Load in Gbit that the tree takes at cost 1, by contiguous orders."""
        return float(self._value[0])

    @property
    def complete(self) -> bool:
        """Whether no single move improves the tree."""
        return int(self._cursor[1]) >= len(self.entries)

    def advance(self, moves: int) -> int:
        """Try up to ``moves`` moves, fewer if they are long; return how many were."""
        return int(
            self._kernel.descend(
                self.entries, self._cursor, self._value, MOST_BLOCKS, moves,
                self._net, self._tree, self._mark, self._walk, self._kept,
            )
        )  # fmt: skip

    def kick(self, entries: Ints, places: Floats) -> None:
        """Make a move by each of ``entries``, cut where ``places`` in [0, 1) say."""
        self._value[0] = self._kernel.kick(
            entries, places, self._cursor, self._net, self._tree, self._mark,
            self._walk, self._kept,
        )  # fmt: skip
        self._cursor[1] = 0

    def grow(self, order: Ints, over: Callable[[], bool]) -> bool:
        """Build another tree: hang each server, in this order, where it gains most.

        Parameters
        ----------
        order
            All servers but the master; each must have a link from it or from one before.
        over
            Asked now and then; once it says so, the tree is left unfinished.

        Returns
        -------
        Whether the tree is finished; if not, :meth:`start` another.
        """
        net = self._network
        into = np.argsort(net.target, kind="stable")
        begins = np.searchsorted(net.target[into], np.arange(net.count + 1))
        self.start(np.full(net.count, -1, dtype=np.int64))
        for some in np.split(order, range(GROWN, len(order), GROWN)):
            if over():
                return False
            self._value[0] = self._kernel.grow(
                some, into, begins, self._net, self._tree, self._walk
            )
        return True
