"""Local search over the trees of a network."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.allocation.heuristics.routing.search import TreeSearch
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
)
from optkit.allocation.problem.network_arrays import reachable_network
from optkit.allocation.problem.sink_tree import chosen_tree, sink_tree
from tests.allocation.hostile_networks import REGIMES, directed, never


@pytest.mark.slow
@pytest.mark.parametrize("regime", REGIMES)
def test_moves_keep_what_a_tree_takes(regime: str) -> None:
    """After any moves, κ is what the blocks of the tree take."""
    for seed in range(8):
        instance = directed(seed, 9, regime, density=0.35)
        net = reachable_network(instance)
        if not len(net.source):
            continue
        rng = np.random.default_rng(seed)
        search = TreeSearch(net, net.sink_link)
        for _ in range(15):
            search.kick(rng.integers(0, len(net.source), 3), rng.random(3))
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
        assert search.grow(nearest, never)
        plan = contiguous_plan(tree, contiguous_blocks(tree))
        assert len(chosen_tree(instance, net.parents(search.link)).ids) == net.count
