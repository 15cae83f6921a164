"""Local search on orders, and the evaluation of one order that it uses."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.allocation.heuristics.local_search.order_search import (
    OrderEvaluator,
    OrderSearch,
)
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.subtree_costs import subtree_costs
from tests.allocation.hostile_subtrees import random_tree


@pytest.mark.slow
def test_evaluation_agrees_with_the_linear_program() -> None:
    """The fast evaluation of an order is exact, also where loads or prices vanish."""
    rng = np.random.default_rng(5)
    for case in range(400):
        tree = random_tree(rng, int(rng.integers(2, 13)), [1.0, 30.0, 1e3][case % 3])
        subtree = tree.subtrees[0]
        order = rng.permutation(subtree.size)
        exact = solve_orders(
            subtree_costs(subtree).matrices(order[None, :]), subtree.workers
        )
        value, bound = OrderEvaluator(subtree)(order)
        assert value == pytest.approx(1.0 / exact.cost[0], rel=1e-9), case
        assert bound == pytest.approx(value, rel=1e-9), case


def test_local_search_only_improves() -> None:
    """Local search never loses the order that it started from."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        subtree = random_tree(rng, 8, 30.0).subtrees[0]
        search = OrderSearch(subtree, rng.permutation(8))
        before = search.value
        while not search.complete:
            search.advance(50)
        assert search.value >= before
        assert sorted(search.order) == list(range(8))
