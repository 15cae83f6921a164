"""Networks: Lemma 1, connectivity, migration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components, floyd_warshall

from optkit.core.solving import seeds
from optkit.discovery.data import migrating_network
from optkit.discovery.data.migrating_network import (
    distances,
    hop_counts,
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


@pytest.mark.parametrize("links_per_node", [0, 16])
def test_hops_are_those_of_floyd_and_warshall(
    links_per_node: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either search finds the hops between all pairs, in several components too."""
    monkeypatch.setattr(migrating_network, "NODES_AT_A_TIME", 3)
    monkeypatch.setattr(migrating_network, "MANY_LINKS", links_per_node)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        upper = np.triu(rng.random((30, 30)) < rng.choice([0.0, 0.03, 0.1, 0.9]), 1)
        links = upper | upper.T
        hops = floyd_warshall(links.astype(float), directed=False, unweighted=True)
        assert np.array_equal(hop_counts(links), hops), seed


def test_a_connected_network_gets_no_more_links() -> None:
    """Only what is not connected gets links."""
    rng = np.random.default_rng(0)
    chain = np.eye(9, k=1) > 0
    links = chain | chain.T
    distance = distances(rng.random((9, 2)), 0.3)
    assert np.array_equal(kept_connected(links, distance), links)
