"""What the search over trees and its bound are made of."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.routing.all_trees import ForestBound, coarse_bound
from optkit.allocation.bounds.routing.path_forest import ForestBuilder
from optkit.allocation.heuristics.routing.search import TreeSearch
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
)
from optkit.allocation.problem.network_arrays import Network, reachable_network
from optkit.allocation.problem.sink_tree import chosen_tree, sink_tree
from tests.allocation.hostile_networks import REGIMES, directed


def _never() -> bool:
    return False


def test_given_tree_of_the_sink_trees_parents_is_the_sink_tree() -> None:
    """Protects the arrays that every solver reads: one maker, one numbering."""
    for seed in range(10):
        instance = optkit.generate("allocation", servers=30, seed=seed)
        sink = sink_tree(instance)
        parent = {
            sink.ids[server]: sink.ids[sink.parent[server]]
            for server in range(1, sink.count)
        }
        given = chosen_tree(instance, dict(sorted(parent.items())))
        assert given.ids == sink.ids
        assert given.routing == "free"
        for name in ("parent", "distance", "own", "relay", "time", "ghz"):
            np.testing.assert_allclose(
                getattr(given, name), getattr(sink, name), rtol=1e-14
            )


def test_given_tree_refuses_what_is_none() -> None:
    """Protects from wrong arrays: a missing link and a cycle are said."""
    instance = directed(3, 5, "time only", density=1.0)
    with pytest.raises(ValueError, match="no link"):
        chosen_tree(instance, {"1": "1"})
    with pytest.raises(ValueError, match="master"):
        chosen_tree(instance, {"1": "2", "2": "1"})


@pytest.mark.parametrize("regime", REGIMES)
def test_moves_keep_what_a_tree_takes(regime: str) -> None:
    """Protects the search: after any moves, κ is what the blocks of that tree take."""
    for seed in range(8):
        instance = directed(seed, 9, regime, density=0.35)
        net = reachable_network(instance)
        if not len(net.source):
            continue
        draw = np.random.default_rng(seed)
        search = TreeSearch(net, net.sink_link)
        for _ in range(15):
            search.kick(draw.integers(0, len(net.source), 3), draw.random(3))
            tree = chosen_tree(instance, net.parents(search.link))
            plan = contiguous_plan(tree, contiguous_blocks(tree))
            assert search.value == pytest.approx(tree.size / plan.cost, rel=1e-9)
        before = search.value
        search.advance(10**9)
        assert search.value >= before
        tree = chosen_tree(instance, net.parents(search.link))
        plan = contiguous_plan(tree, contiguous_blocks(tree))
        assert search.value == pytest.approx(tree.size / plan.cost, rel=1e-9)
        nearest = np.argsort(sink_tree(instance).distance[1:], kind="stable") + 1
        assert search.grow(nearest, _never)
        plan = contiguous_plan(tree, contiguous_blocks(tree))
        assert len(chosen_tree(instance, net.parents(search.link)).ids) == net.count


@pytest.mark.parametrize("regime", REGIMES)
def test_no_tree_passes_the_bound(regime: str) -> None:
    """Protects the bound's side, at every depth and wherever the ascent begins."""
    for seed in range(10):
        instance = directed(seed, 4 + seed % 6, regime, density=0.4)
        net = reachable_network(instance)
        if not len(net.source):
            continue
        draw = np.random.default_rng(seed)
        search = TreeSearch(net, net.sink_link)
        bounds = [coarse_bound(net, sink_tree(instance).distance)]
        for depth in (1, 2, 3, 6):
            forest = ForestBuilder(net).build(depth, 10**6, _never)
            assert forest is not None
            search.kick(draw.integers(0, len(net.source), 4), draw.random(4))
            bound = ForestBound(net, forest, search.link, _never)
            bound.improve()
            bounds.append(bound.bound)
        best = 0.0
        for _ in range(10):
            search.kick(draw.integers(0, len(net.source), 4), draw.random(4))
            while not search.complete:
                search.advance(10**9)
            best = max(best, search.value)
        assert min(bounds) >= best * (1.0 - 1e-9), (seed, bounds, best)


def test_bound_on_a_tree_is_its_closed_form() -> None:
    """Protects the bound's strength: on a tree without relaying nothing is lost."""
    for seed in range(5):
        instance = optkit.generate(
            "allocation", servers=40, seed=seed, shape="random-tree", weight_energy=0.0
        )
        net = reachable_network(instance)
        forest = ForestBuilder(net).build(1, 10**6, _never)
        assert forest is not None
        bound = ForestBound(net, forest, net.sink_link, _never)
        bound.improve()
        assert bound.bound == pytest.approx(
            TreeSearch(net, net.sink_link).value, rel=1e-9
        )


def _graph(net: Network) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(1, net.count))
    for one, other, delay in zip(net.source, net.target, net.delay, strict=True):
        if one > 0:
            graph.add_edge(int(one), int(other), weight=float(delay))
    return graph


def test_dominators_and_distances_are_those_of_networkx() -> None:
    """Protects the forest: nobody is nearer, and who is above stands on every way."""
    for seed in range(15):
        net = reachable_network(directed(seed, 12, "time only", density=0.17))
        if not len(net.source):
            continue
        graph = _graph(net)
        forest = ForestBuilder(net).build(1, 10**6, _never)
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
    """Protects memory: the number of beginnings grows with every link."""
    net = reachable_network(optkit.generate("allocation", servers=30, seed=1))
    assert ForestBuilder(net).build(3, 100, _never) is None
    assert ForestBuilder(net).build(3, 10**6, lambda: True) is None
