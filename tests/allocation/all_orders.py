"""The best of all orders of a small subtree."""

from __future__ import annotations

import itertools

import numpy as np

from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.subtree_costs import subtree_costs


def best_of_all(tree: SinkTree) -> float:
    """Return the most that the one subtree takes at cost 1, over all orders."""
    subtree = tree.subtrees[0]
    orders = np.array(list(itertools.permutations(range(subtree.size))))
    costs = subtree_costs(subtree).matrices(orders)
    return float(1.0 / solve_orders(costs, subtree.workers).cost.min())
