"""Orders without loss and improved plans, known before a model is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from optkit.allocation.bounds.relay_condition import proven_subtrees
from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.local_search.order_search import (
    OrderSearch,
    tight_budgets_first,
)
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.plan import SubtreePlan
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.core.arrays import Ints

_NEIGHBOURS_AT_ONCE = 200
"""Neighbours between two looks at the clock: some ms at 40 servers."""


def lossless_precedences(
    tree: SinkTree, orders: Sequence[Ints]
) -> list[tuple[str, str]]:
    """Return precedences that cost nothing: (i, j) means that i is sent before j.

    They are those of ``orders``, in the subtrees where contiguous orders are proven optimal
    and the order takes as much.

    Parameters
    ----------
    tree
        The sink tree.
    orders
        For each subtree, numbers inside it of the servers that work, first to last sent.
    """
    if not supports_blocks(tree):
        return []
    capacity = contiguous_blocks(tree).capacity
    pairs: list[tuple[str, str]] = []
    for subtree, order, proven in zip(
        tree.subtrees, orders, proven_subtrees(tree), strict=True
    ):
        if not proven or subtree.size < 2:
            continue
        exact = evaluate_order(subtree, order)
        if exact.cost * capacity[subtree.members[0]] <= 1.0 + 1e-9:
            sent = [tree.ids[subtree.members[server]] for server in order]
            pairs += combinations(sent, 2)
    return pairs


def improve_by_search(
    subtree: Subtree, plan: SubtreePlan, should_stop: Callable[[], bool]
) -> SubtreePlan:
    """Return the best plan that local search finds from two orders.

    Parameters
    ----------
    subtree
        The subtree; every server may work and has a cost.
    plan
        The plan to improve.
    should_stop
        Asked every few ms.
    """
    if subtree.size < 2:
        return plan
    for order in (plan.order, tight_budgets_first(subtree)):
        search = OrderSearch(subtree, order)
        while not search.complete and not should_stop():
            search.advance(_NEIGHBOURS_AT_ONCE)
        if search.value > (1.0 + 1e-13) / plan.cost:
            exact = evaluate_order(subtree, search.order.copy())
            if exact.cost < plan.cost:
                plan = exact
    return plan
