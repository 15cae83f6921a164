"""Local search on orders, and the evaluation of one order that it rests on."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.heuristics.local_search.order_search import (
    OrderEvaluator,
    OrderSearch,
)
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.allocation.testing import random_instances
from tests.allocation.hostile_subtrees import random_tree


def test_evaluation_agrees_with_the_linear_program() -> None:
    """Protects the fast evaluation of an order, also where loads or prices vanish."""
    draw = np.random.default_rng(5)
    for case in range(400):
        tree = random_tree(draw, int(draw.integers(2, 13)), [1.0, 30.0, 1e3][case % 3])
        subtree = tree.subtrees[0]
        order = draw.permutation(subtree.size)
        exact = solve_orders(
            subtree_costs(subtree).matrices(order[None, :]), subtree.workers
        )
        value, bound = OrderEvaluator(subtree)(order)
        assert value == pytest.approx(1.0 / exact.cost[0], rel=1e-9), case
        assert bound == pytest.approx(value, rel=1e-9), case


def test_local_search_only_improves() -> None:
    """Protects the local search from losing the order that it started from."""
    draw = np.random.default_rng(6)
    for _ in range(20):
        subtree = random_tree(draw, 8, 30.0).subtrees[0]
        search = OrderSearch(subtree, draw.permutation(8))
        before = search.value
        while not search.complete:
            search.advance(50)
        assert search.value >= before
        assert sorted(search.order) == list(range(8))


def test_never_worse_than_block() -> None:
    """Protects the promise that local search starts from the contiguous order."""
    for label, instance in random_instances(9, 40):
        if not sink_tree(instance).subtrees:
            continue
        block = optkit.solve(instance, "block").objective
        found = optkit.solve(instance, "block-ls").objective
        assert block is not None
        assert found is not None, label
        assert found <= block * (1.0 + 1e-12), label
