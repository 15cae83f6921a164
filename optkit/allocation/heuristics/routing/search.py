"""Local search over the trees of a network, in steps.

A move enters some server over another link, cuts the tree somewhere between that server
and the last one that its old and new ways share, and reverses the links in between. Seen as
an undirected tree, it exchanges one edge, where the network has the links.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.problem.network_arrays import Network, triangle
from optkit.core.arrays import Floats, Ints

GROWN_AT_ONCE = 50
"""Servers hung into a growing tree between two looks at the limits."""

BLOCKS_AT_ONCE = 20_000
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
        # Imported here, so that numba is loaded only when a search begins.
        from optkit.allocation.heuristics.routing import move_kernels, tree_kernels

        self._moves, self._build, self._network = move_kernels, tree_kernels.build, net
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
        # Whatever a move may change: the part that moves, and two ways to the master.
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
        self._value[0] = self._build(self._net, self._tree, self._walk)
        self._cursor[:2] = 0

    @property
    def link(self) -> Ints:
        """The link by which the tree reaches each server, shape (n,)."""
        return self._tree[0].copy()

    @property
    def value(self) -> float:
        """Load in Gbit that the tree takes at cost 1 with contiguous orders."""
        return float(self._value[0])

    @property
    def complete(self) -> bool:
        """Whether no single move improves the tree."""
        return int(self._cursor[1]) >= len(self.entries)

    def advance(self, moves: int) -> int:
        """Try up to ``moves`` moves, fewer if they are long; return how many it tried."""
        return int(
            self._moves.descend(
                self.entries, self._cursor, self._value, BLOCKS_AT_ONCE, moves,
                self._net, self._tree, self._mark, self._walk, self._kept,
            )
        )  # fmt: skip

    def kick(self, entries: Ints, cuts: Floats) -> None:
        """Make one move for each link of ``entries``, whether it gains or not.

        Parameters
        ----------
        entries
            The links to enter servers over.
        cuts
            Where to cut for each: 0 is the first possible place, values near 1 the last.
        """
        self._value[0] = self._moves.kick(
            entries, cuts, self._cursor, self._net, self._tree, self._mark,
            self._walk, self._kept,
        )  # fmt: skip
        self._cursor[1] = 0

    def grow(self, order: Ints, should_stop: Callable[[], bool]) -> bool:
        """Build another tree: hang each server, in this order, where it gains most.

        Parameters
        ----------
        order
            All servers but the master; each must have a link from it or from one before.
        should_stop
            Asked now and then; once it says so, the tree is left unfinished.

        Returns
        -------
        Whether the tree is finished; if not, :meth:`start` another.
        """
        net = self._network
        into = np.argsort(net.target, kind="stable")
        start = np.searchsorted(net.target[into], np.arange(net.count + 1))
        self.start(np.full(net.count, -1, dtype=np.int64))
        for servers in np.split(order, range(GROWN_AT_ONCE, len(order), GROWN_AT_ONCE)):
            if should_stop():
                return False
            self._value[0] = self._moves.grow(
                servers, into, start, self._net, self._tree, self._walk
            )
        return True


def warm_up() -> None:
    """Run every compiled loop of the search once, on three servers."""
    net = triangle()
    search = TreeSearch(net, net.sink_link)
    search.advance(1)
    search.kick(np.array([2]), np.zeros(1))
    search.grow(np.array([1, 2]), lambda: False)
