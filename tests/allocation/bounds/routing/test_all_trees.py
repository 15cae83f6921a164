"""The bound over all trees of a network."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.routing.all_trees import ForestBound, coarse_bound
from optkit.allocation.bounds.routing.path_forest import ForestBuilder
from optkit.allocation.heuristics.routing.search import TreeSearch
from optkit.allocation.problem.network_arrays import reachable_network
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.hostile_networks import REGIMES, directed, never


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_no_tree_passes_the_bound(regime: str) -> None:
    """No tree takes more than the bound, at any depth and from any start of the ascent."""
    for seed in range(10):
        instance = directed(seed, 4 + seed % 6, regime, density=0.4)
        net = reachable_network(instance)
        if not len(net.source):
            continue
        rng = np.random.default_rng(seed)
        search = TreeSearch(net, net.sink_link)
        bounds = [coarse_bound(net, sink_tree(instance).distance)]
        for depth in (1, 2, 3, 6):
            forest = ForestBuilder(net).build(depth, 10**6, never)
            assert forest is not None
            search.kick(rng.integers(0, len(net.source), 4), rng.random(4))
            bound = ForestBound(net, forest, search.link, never)
            bound.improve()
            bounds.append(bound.bound)
        best = 0.0
        for _ in range(10):
            search.kick(rng.integers(0, len(net.source), 4), rng.random(4))
            while not search.complete:
                search.advance(10**9)
            best = max(best, search.value)
        assert min(bounds) >= best * (1.0 - 1e-9), (seed, bounds, best)


def test_bound_on_a_tree_is_its_closed_form() -> None:
    """On a tree without relaying the bound is exact."""
    for seed in range(5):
        instance = optkit.generate(
            "allocation", servers=40, seed=seed, shape="random-tree", weight_energy=0.0
        )
        net = reachable_network(instance)
        forest = ForestBuilder(net).build(1, 10**6, never)
        assert forest is not None
        bound = ForestBound(net, forest, net.sink_link, never)
        bound.improve()
        assert bound.bound == pytest.approx(
            TreeSearch(net, net.sink_link).value, rel=1e-9
        )
