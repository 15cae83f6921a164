"""Branch and bound on one subtree: optimal, bounded, also where blocks are not optimal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optkit.allocation.bounds.relay_condition import (
    clipped_relay,
    relay_condition_holds,
)
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.exact.branch_and_bound.subtree_search import SubtreeSearch
from optkit.allocation.heuristics.local_search.order_search import OrderSearch
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import sink_tree
from tests.allocation.all_orders import best_of_all
from tests.allocation.hostile_subtrees import random_tree


@pytest.mark.slow
def test_fourteen_servers_are_proven_where_the_condition_fails() -> None:
    """14! orders are proven optimal in a few thousand programs."""
    options = GeneratorOptions.model_validate(
        {
            "servers": 15,
            "shape": "random-tree",
            "subtrees": 1,
            "weight_energy": 0.5,
            "capacitance": 0.001,
        }
    )
    tree = sink_tree(AllocationInstance.parse(generate(options, 1)))
    subtree = tree.subtrees[0]
    assert not relay_condition_holds(tree)
    local = OrderSearch(subtree, subtree.workers)
    local.advance(10_000)
    search = SubtreeSearch(subtree, local.order, local.value, 1e-7)
    search.advance(10_000)
    assert search.complete
    assert search.bound <= search.value * (1.0 + 2e-7)


@pytest.mark.slow
def test_search_agrees_with_all_orders() -> None:
    """The search is exact and its bounds hold, far outside the paper's range."""
    rng = np.random.default_rng(3)
    for trial in range(110):
        size = 6 if trial % 44 == 0 else int(rng.integers(2, 6))
        tree = random_tree(rng, size, 30.0)
        best = best_of_all(tree)
        # From a poor incumbent, so that the search has to find the order itself.
        search = SubtreeSearch(tree.subtrees[0], tree.subtrees[0].workers, 0.5 * best)
        while not search.complete:
            search.advance(3)
            assert search.bound >= best * (1.0 - 1e-11), trial
        assert search.value == pytest.approx(best, rel=1e-9), trial
        assert search.bound <= best * (1.0 + 1e-9), trial


@pytest.mark.slow
def test_bounds_hold_near_the_edge_of_the_condition() -> None:
    """Bounds hold on trees tuned to the limits inside nodes, a little within and beyond.

    On trees drawn at random a limit that is a little too high can go unnoticed.
    """
    rng = np.random.default_rng(8)
    for trial in range(60):
        tree = random_tree(rng, 4 if trial % 3 else 5, 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        beyond = tree.relay > edge.relay
        edge.relay[beyond] *= rng.uniform(0.98, 1.25, size=int(beyond.sum()))
        best = best_of_all(edge)
        poor = edge.subtrees[0].workers
        search = SubtreeSearch(edge.subtrees[0], poor, 0.5 * best)
        while not search.complete:
            search.advance(1)
            assert search.bound >= best * (1.0 - 1e-11), trial
        assert search.value == pytest.approx(best, rel=1e-9), trial
