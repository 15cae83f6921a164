"""Networks: Lemma 1, connectivity, migration."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from optkit.core.solving import seeds
from optkit.discovery.data.migrating_network import (
    distances,
    kept_connected,
    migrate,
    opportunistic_links,
    walk,
)


def is_connected(links: np.ndarray) -> bool:
    """Say whether every node reaches every other; true for no or one node."""
    return len(links) == 0 or connected_components(links, directed=False)[0] == 1


@given(st.integers(1, 12), st.integers(0, 8), st.integers(0, 2**31), st.data())
@settings(max_examples=60, deadline=None)
def test_lemma_1(kept: int, changed: int, seed: int, data: st.DataObject) -> None:
    """Lemma 1: nodes that keep a link to the connected part leave the network connected."""
    rng = np.random.default_rng(seed)
    links = np.zeros((kept + changed, kept + changed), dtype=bool)
    for node in range(1, kept):  # a random tree: connected before
        links[node, rng.integers(node)] = True
    for node in range(kept, kept + changed):  # moved or new: one link to who stayed
        links[node, rng.integers(kept)] = True
    links |= links.T
    assert is_connected(links)
    if changed:  # and without that link it need not be
        lost = data.draw(st.integers(kept, kept + changed - 1))
        links[lost] = links[:, lost] = False
        assert is_connected(links) == (len(links) == 1)


@given(st.integers(0, 25), st.floats(0.05, 1.0), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_networks_are_connected_by_no_more_than_it_takes(
    count: int, coverage: float, seed: int
) -> None:
    """Every network is connected, keeps its drawn links, and has no needless ones."""
    rng = np.random.default_rng(seed)
    distance = distances(rng.random((count, 2)), coverage)
    drawn = opportunistic_links(distance, 1.0, rng)
    joined = kept_connected(drawn, distance)
    assert is_connected(joined)
    assert np.array_equal(joined & drawn, drawn)
    assert np.array_equal(joined, joined.T)
    assert not joined.diagonal().any()
    parts = connected_components(drawn, directed=False)[0] if count else 1
    assert (joined & ~drawn).sum() // 2 == parts - 1


def test_nodes_stay_in_the_square_and_candidates_in_the_network() -> None:
    """Nodes stay in the square, their number is as wanted, and candidates stay."""
    rng = seeds.generator(1, "walk")
    places = rng.random((40, 2))
    present = np.arange(40) < 20
    for wanted in (30, 12, 12, 40, 5):
        places = walk(places, 0.5, rng)
        present = migrate(present, wanted, 5, rng)
        assert places.min() >= 0.0
        assert places.max() <= 1.0
        assert present.sum() == wanted
        assert present[:5].all()
