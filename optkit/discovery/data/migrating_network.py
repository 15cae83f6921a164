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
    between = positions[:, None, :] - positions[None, :, :]
    return np.asarray(np.sqrt((between**2).sum(axis=2)) / coverage)


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
    from scipy.sparse.csgraph import minimum_spanning_tree

    if len(links) < 2:
        return links
    # Existing links come first, unknown distances last.
    known = np.where(np.isfinite(distance), distance, 0.0)
    missing = 1.0 + np.where(np.isfinite(distance), distance, 2.0 * known.max() + 1.0)
    tree = minimum_spanning_tree(np.where(links, 0.5, missing)).toarray() > 0.0
    joined: Bools = links | tree | tree.T
    np.fill_diagonal(joined, False)
    return joined


def hop_counts(links: Bools) -> Floats:
    """Return the hops between all nodes by Floyd and Warshall's method, shape (n, n)."""
    from scipy.sparse.csgraph import floyd_warshall

    if len(links) == 0:
        return np.zeros((0, 0))
    return np.asarray(
        floyd_warshall(links.astype(float), directed=False, unweighted=True)
    )


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
