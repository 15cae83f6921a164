"""Shortest paths: fewest hops, then least latency."""

from __future__ import annotations

import math

import networkx as nx
import pytest

from optkit.network.paths import Path, paths_from, roads


def test_hops_come_first_then_latency() -> None:
    """A slow direct link beats a fast detour; of equal hops, the least latency wins."""
    links = [
        ("a", "d", 0.1, 9.0),
        ("a", "b", 5.0, 1.0),
        ("b", "c", 2.0, 1.0),
        ("a", "e", 7.0, 2.0),
        ("e", "c", 7.0, 2.0),
        ("d", "b", 9.0, 0.0),
    ]
    paths = paths_from("a", roads("abcdef", links, False))
    assert paths["a"] == Path(0, math.inf, 0.0)
    assert paths["d"] == Path(1, 0.1, 9.0)
    assert paths["c"] == Path(2, 2.0, 2.0)
    assert "f" not in paths


def test_parallel_links_and_directions() -> None:
    """Rates of parallel links add up, the least latency counts; one way is one way."""
    links = [("a", "b", 1.0, 2.0), ("a", "b", 3.0, 1.0)]
    both = roads("ab", links, False)
    assert both["b"] == [("a", 4.0, 1.0)]
    assert list(paths_from("b", roads("ab", links, True))) == ["b"]


@pytest.mark.parametrize("seed", range(5))
def test_same_hops_and_latency_as_networkx(seed: int) -> None:
    """On random graphs, hops and latencies are those of an independent search."""
    graph = nx.gnp_random_graph(25, 0.12, seed=seed)
    for k, (_, _, data) in enumerate(graph.edges(data=True)):
        data["w"] = 1000.0 + (k * 7) % 13
    links = [
        (str(a), str(b), 1.0, d["w"] - 1000.0) for a, b, d in graph.edges(data=True)
    ]
    found = paths_from("0", roads(map(str, graph), links, False))
    wanted = nx.single_source_dijkstra_path_length(graph, 0, weight="w")
    assert {int(k): 1000.0 * p.hops + p.latency_s for k, p in found.items()} == wanted
