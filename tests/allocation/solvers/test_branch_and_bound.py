"""Branch and bound: optimal, bounded, also where contiguous orders are not optimal."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.relay_condition import (
    clipped_relay,
    relay_condition_holds,
)
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.exact.branch_and_bound.subtree_search import SubtreeSearch
from optkit.allocation.heuristics.local_search.order_search import OrderSearch
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import contiguous_blocks
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.core.solving.limits import Limits
from optkit.core.solving.result import Status
from tests.allocation.hostile_subtrees import random_tree


def best_of_all(tree: SinkTree) -> float:
    """Return the most that the one subtree takes at cost 1, over all orders."""
    subtree = tree.subtrees[0]
    orders = np.array(list(itertools.permutations(range(subtree.size))))
    costs = subtree_costs(subtree).matrices(orders)
    return float(1.0 / solve_orders(costs, subtree.workers).cost.min())


def test_relay_condition_makes_blocks_optimal() -> None:
    """Protects the theorem: at the edge of the condition no order beats the blocks."""
    draw = np.random.default_rng(1)
    for _ in range(100):
        tree = random_tree(draw, int(draw.integers(3, 6)), 1.0)
        assert contiguous_blocks(tree).capacity[1] >= best_of_all(tree) * (1.0 - 1e-10)


def test_relay_condition_reaches_beyond_equal_rates() -> None:
    """Protects the theorem at its edge, where relaying costs more than receiving."""
    draw = np.random.default_rng(4)
    dearer = 0
    for trial in range(50):
        tree = random_tree(draw, int(draw.integers(3, 6)), 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        assert relay_condition_holds(edge)
        best = best_of_all(edge)
        assert contiguous_blocks(edge).capacity[1] >= best * (1.0 - 1e-10), trial
        # Clipping lowered costs, so the blocks also bound the tree as it was.
        assert contiguous_blocks(edge).capacity[1] >= best_of_all(tree) * (
            1.0 - 1e-10
        ), trial
        step = np.diff(np.array([tree.distance[tree.parent], tree.distance]), axis=0)[0]
        below = np.flatnonzero(tree.parent > 1)
        dearer += bool(np.any(edge.relay[below] > 1.01 * step[tree.parent[below]]))
    assert dearer >= 5


def test_relay_condition_cannot_be_widened() -> None:
    """Protects against a condition that is too weak: just beyond it blocks lose."""
    draw = np.random.default_rng(5)
    lost = 0
    for _ in range(80):
        tree = random_tree(draw, 4, 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        edge.relay[tree.relay > edge.relay] *= 1.1
        if not relay_condition_holds(edge):
            lost += contiguous_blocks(edge).capacity[1] < best_of_all(edge) * (
                1.0 - 1e-9
            )
    assert lost > 0


def test_fourteen_servers_are_proven_where_the_condition_fails() -> None:
    """Protects the strength of the bounds: 14! orders in a few thousand programs."""
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


def test_relay_condition_is_told_from_its_violation() -> None:
    """Protects the test of the condition, on which a proof without search rests."""
    draw = np.random.default_rng(2)
    tree = random_tree(draw, 5, 1.0)
    tree.relay[1:] *= 0.999
    assert relay_condition_holds(tree)
    chain = optkit_chain(5, weight_energy=50.0)
    assert not relay_condition_holds(chain)


def optkit_chain(count: int, **settings: float) -> SinkTree:
    """Return the tree of a generated chain below the master."""
    options = GeneratorOptions.model_validate(
        {"servers": count + 1, "shape": "chain", **settings}
    )
    return sink_tree(AllocationInstance.parse(generate(options, 1)))


def test_search_agrees_with_all_orders() -> None:
    """Protects exactness and every bound on the way, far outside the paper's range."""
    draw = np.random.default_rng(3)
    for trial in range(110):
        size = 6 if trial % 44 == 0 else int(draw.integers(2, 6))
        tree = random_tree(draw, size, 30.0)
        best = best_of_all(tree)
        # From a poor incumbent, so that the search has to find the order itself.
        search = SubtreeSearch(tree.subtrees[0], tree.subtrees[0].workers, 0.5 * best)
        while not search.complete:
            search.advance(3)
            assert search.bound >= best * (1.0 - 1e-11), trial
        assert search.value == pytest.approx(best, rel=1e-9), trial
        assert search.bound <= best * (1.0 + 1e-9), trial


def test_bounds_hold_near_the_edge_of_the_condition() -> None:
    """Protects the limits inside nodes: trees tuned to them, a little within and beyond.

    On trees drawn at random a limit that is a little too high can go unnoticed.
    """
    draw = np.random.default_rng(8)
    for trial in range(60):
        tree = random_tree(draw, 4 if trial % 3 else 5, 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        beyond = tree.relay > edge.relay
        edge.relay[beyond] *= draw.uniform(0.98, 1.25, size=int(beyond.sum()))
        best = best_of_all(edge)
        poor = edge.subtrees[0].workers
        search = SubtreeSearch(edge.subtrees[0], poor, 0.5 * best)
        while not search.complete:
            search.advance(1)
            assert search.bound >= best * (1.0 - 1e-11), trial
        assert search.value == pytest.approx(best, rel=1e-9), trial


@pytest.mark.parametrize("shape", ["random-tree", "chain", "binary"])
def test_paper_range_is_solved_at_once(shape: str) -> None:
    """Protects gap 0 in the paper's range at sizes that nobody can search."""
    options = GeneratorOptions.model_validate({"servers": 300, "shape": shape})
    instance = AllocationInstance.parse(generate(options, 4))
    result = optkit.solve(instance, "branch-and-bound", limits=Limits(time=20.0))
    assert result.status is Status.OPTIMAL


def test_time_limit_leaves_a_bound_where_the_condition_fails() -> None:
    """Protects the anytime answer: a checked solution and a gap when time is over."""
    options = GeneratorOptions.model_validate(
        {"servers": 31, "shape": "caterpillar", "weight_energy": 0.5}
    )
    instance = AllocationInstance.parse(generate(options, 2))
    result = optkit.solve(instance, "branch-and-bound", limits=Limits(time=2.0))
    assert result.verification is not None
    assert result.verification.feasible
    assert result.bound is not None
    assert result.objective is not None
    assert 0.8 * result.objective < result.bound <= result.objective
