"""The forest that all trees have in common."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.routing.path_forest import ForestBuilder
from optkit.allocation.problem.network_arrays import Network, reachable_network
from tests.allocation.hostile_networks import directed, never


def _graph(net: Network) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(1, net.count))
    for one, other, delay in zip(net.source, net.target, net.delay, strict=True):
        if one > 0:
            graph.add_edge(int(one), int(other), weight=float(delay))
    return graph


def test_dominators_and_distances_are_those_of_networkx() -> None:
    """The forest's dominators and distances are those of networkx."""
    for seed in range(15):
        net = reachable_network(directed(seed, 12, "time only", density=0.17))
        if not len(net.source):
            continue
        graph = _graph(net)
        forest = ForestBuilder(net).build(1, 10**6, never)
        assert forest is not None
        for root in forest.roots:
            start = int(forest.server[root])
            above = nx.immediate_dominators(graph, start)
            way = nx.single_source_dijkstra_path_length(graph, start)
            tree_top = np.flatnonzero(forest.tree_top == root)
            assert {int(forest.server[k]) for k in tree_top} == set(way)
            for k in tree_top:
                server = int(forest.server[k])
                assert forest.distance[k] - forest.distance[root] == pytest.approx(
                    way[server], abs=1e-12
                )
                if k != root:
                    assert forest.server[forest.parent[k]] == above[server]


def test_forest_gives_up_when_it_is_too_large() -> None:
    """The forest is given up where it has too many nodes or is stopped."""
    net = reachable_network(optkit.generate("allocation", servers=30, seed=1))
    assert ForestBuilder(net).build(3, 100, never) is None
    assert ForestBuilder(net).build(3, 10**6, lambda: True) is None
