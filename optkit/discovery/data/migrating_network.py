"""Migrating networks: positions, opportunistic links, connectivity, hops.

Distances are in units of the coverage d_c of a node, so a pair is within reach up to a
distance of 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network in one window.

    Parameters
    ----------
    present
        Which nodes are in it, shape (n,).
    distance
        Between all nodes, in units of the coverage, shape (n, n); infinite where it is
        unknown and the nodes are out of reach.
    """

    present: Bools
    distance: Floats


def distances(positions: Floats, coverage: float) -> Floats:
    """Return distances in units of ``coverage`` between positions of shape (n, 2)."""
    x, y = positions.T
    squared = (x[:, None] - x[None, :]) ** 2
    squared += (y[:, None] - y[None, :]) ** 2
    np.sqrt(squared, out=squared)
    squared /= coverage
    return np.asarray(squared)


def opportunistic_links(
    distance: Floats, decay: float, rng: np.random.Generator
) -> Bools:
    """Return links drawn with probability e^{−κ l} within reach, shape (n, n)."""
    count = len(distance)
    chance = np.where(distance <= 1.0, np.exp(-decay * np.minimum(distance, 1.0)), 0.0)
    drawn = np.triu(rng.random((count, count)) < chance, 1)
    return np.asarray(drawn | drawn.T)


def kept_connected(links: Bools, distance: Floats) -> Bools:
    """Return ``links`` and the shortest missing links that connect the network.

    The paper's Lemma 1 assumes connected networks; components of the drawn network are
    joined by a minimum spanning tree.
    """
    from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

    if len(links) < 2:
        return links
    if connected_components(links, directed=False, return_labels=False) == 1:
        joined: Bools = links.copy()
        np.fill_diagonal(joined, False)
        return joined
    # Existing links come first, unknown distances last.
    known = np.where(np.isfinite(distance), distance, 0.0)
    missing = 1.0 + np.where(np.isfinite(distance), distance, 2.0 * known.max() + 1.0)
    tree = minimum_spanning_tree(np.where(links, 0.5, missing)).toarray() > 0.0
    joined = links | tree | tree.T
    np.fill_diagonal(joined, False)
    return joined


MANY_LINKS = 16
"""Links per node from which all nodes are searched from at once."""

NODES_AT_A_TIME = 256
"""Nodes whose neighbours' sets are in memory together."""


def hop_counts(links: Bools) -> Floats:
    """Return the hops between all nodes, shape (n, n); infinite where there is no way.

    Parameters
    ----------
    links
        Symmetric, shape (n, n).
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    if links.sum() > MANY_LINKS * len(links):
        return _hops_by_levels(links)
    if len(links) == 0:
        return np.zeros((0, 0))
    edges = csr_array(links.astype(float))
    return np.asarray(dijkstra(edges, directed=False, unweighted=True))


def _hops_by_levels(links: Bools) -> Floats:
    """Return the hops between all nodes by breadth-first search, one level at a time.

    Each node has the set of nodes that it reaches, as bits. With one more hop it reaches
    what its neighbours reach.
    """
    count = len(links)
    hops = np.where(np.eye(count, dtype=bool), 0.0, np.inf)
    whole_words = -(-count // 64) * 64
    bits = np.packbits(np.eye(count, whole_words, dtype=bool), axis=1).view(np.uint64)
    linked = np.flatnonzero(links.any(axis=1))
    neighbours = np.nonzero(links[linked])[1]
    ends = np.cumsum(links[linked].sum(axis=1))
    starts = np.concatenate([[0], ends[:-1]])
    for hop in range(1, count):
        reached = bits.copy()
        for first in range(0, len(linked), NODES_AT_A_TIME):
            some = slice(first, first + NODES_AT_A_TIME)
            begin = starts[first]
            reached[linked[some]] |= np.bitwise_or.reduceat(
                bits[neighbours[begin : ends[some][-1]]], starts[some] - begin, axis=0
            )
        if np.array_equal(reached, bits):
            break
        new = (reached ^ bits).view(np.uint8)
        hops[np.unpackbits(new, axis=1, count=count).astype(bool)] = hop
        bits = reached
    return hops


def walk(positions: Floats, step: float, rng: np.random.Generator) -> Floats:
    """Return positions after a random step in the unit square, reflected at its sides."""
    moved = positions + rng.normal(scale=step, size=positions.shape)
    folded = np.mod(moved, 2.0)
    return np.asarray(np.where(folded > 1.0, 2.0 - folded, folded))


def migrate(present: Bools, wanted: int, stay: int, rng: np.random.Generator) -> Bools:
    """Return which nodes are present after some joined or left at random.

    Parameters
    ----------
    present
        Which nodes are present before, shape (n,).
    wanted
        Number of present nodes afterwards.
    stay
        The first ``stay`` nodes never leave.
    rng
        Source of randomness.
    """
    after = present.copy()
    while after.sum() > wanted:
        after[rng.choice(np.flatnonzero(after[stay:])) + stay] = False
    while after.sum() < wanted:
        after[rng.choice(np.flatnonzero(~after))] = True
    return after
