"""Costs of a subtree's servers as matrices: J = A y for a fixed order (Lemma 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.allocation.problem.sink_tree import Subtree
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class SubtreeCosts:
    """The parts of A that do not depend on the order, for one subtree of n servers.

    Parameters
    ----------
    subtree
        The subtree.
    waiting
        w1 d_lca(i,j): what i pays per Gbit of j if j is sent before i (eq 6), shape
        (n, n).
    fixed
        Own cost on the diagonal, relaying energy of i per Gbit of j below it (eq 8)
        elsewhere, shape (n, n).
    """

    subtree: Subtree
    waiting: Floats
    fixed: Floats

    def matrices(self, orders: Ints) -> Floats:
        """Return A for each of K orders of the servers that work.

        Servers that only relay are sent first, with no load: they pay for relaying only.

        Parameters
        ----------
        orders
            Numbers inside the subtree, from first to last sent, shape (K, m) with m the
            number of servers that work.

        Returns
        -------
        array
            Shape (K, n, m): rows are all servers, columns those that work, in the
            numbering of ``subtree.workers``.
        """
        workers = self.subtree.workers
        count, width = orders.shape
        position = np.full((count, self.subtree.size), -1, dtype=np.int64)
        np.put_along_axis(position, orders, np.arange(width)[None, :], axis=1)
        earlier = position[:, :, None] > position[:, None, workers]
        matrices = np.where(earlier, self.waiting[None, :, workers], 0.0)
        # A server that only relays waits for nobody.
        matrices[:, ~self.subtree.works, :] = 0.0
        matrices += self.fixed[None, :, workers]
        return matrices


def subtree_costs(subtree: Subtree) -> SubtreeCosts:
    """Return the cost matrices of ``subtree``; O(n²) time and memory."""
    size = subtree.size
    shared = np.zeros((size, size))
    relaying = np.zeros((size, size))
    for server in range(size):
        parent = subtree.parent[server]
        if parent >= 0:
            # Level by level, no earlier server is below this one. So this one shares with
            # an earlier one what its parent does, and that one relays for both alike.
            shared[server, :server] = shared[parent, :server]
            shared[:server, server] = shared[parent, :server]
            relaying[:, server] = relaying[:, parent]
            relaying[parent, server] = subtree.relay[server]
        shared[server, server] = subtree.distance[server]
    fixed = relaying
    fixed[np.diag_indices(size)] += subtree.own
    return SubtreeCosts(subtree, shared, fixed)
