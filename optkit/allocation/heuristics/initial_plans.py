"""Plans to start a search from: contiguous blocks, and local search on their orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from optkit.allocation.bounds.relay_condition import proven_subtrees
from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.local_search.order_search import (
    OrderSearch,
    tight_budgets_first,
    warm_up,
)
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.plan import SubtreePlan
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.core.arrays import Ints
from optkit.core.runtime.warm_up import wait_until_warm

_NEIGHBOURS_AT_ONCE = 200
"""Neighbours between two looks at the clock: some ms at 40 servers."""


def lossless_precedences(
    tree: SinkTree, orders: Sequence[Ints]
) -> list[tuple[str, str]]:
    """Return precedences that are without loss: (i, j) means that i is sent before j.

    Those of ``orders``, in the subtrees where blocks are proven optimal and the order
    takes what they take.

    Parameters
    ----------
    tree
        The sink tree.
    orders
        For each subtree, numbers inside it of the servers that work, first to last sent.
    """
    if not supports_blocks(tree):
        return []
    takes = contiguous_blocks(tree).capacity
    found: list[tuple[str, str]] = []
    for subtree, order, proven in zip(
        tree.subtrees, orders, proven_subtrees(tree), strict=True
    ):
        if not proven or subtree.size < 2:
            continue
        best = evaluate_order(subtree, order)
        if best.cost * takes[subtree.members[0]] <= 1.0 + 1e-9:
            sent = [tree.ids[subtree.members[server]] for server in order]
            found += combinations(sent, 2)
    return found


def improve_by_search(
    subtree: Subtree, plan: SubtreePlan, should_stop: Callable[[], bool]
) -> SubtreePlan:
    """Return the best plan that local search finds from two orders.

    Parameters
    ----------
    subtree
        The subtree; every server works, and none for nothing.
    plan
        The plan to improve.
    should_stop
        Asked every few ms.
    """
    if subtree.size < 2 or not wait_until_warm(warm_up, should_stop):
        return plan
    for order in (plan.order, tight_budgets_first(subtree)):
        search = OrderSearch(subtree, order)
        while not search.complete and not should_stop():
            search.advance(_NEIGHBOURS_AT_ONCE)
        if search.value > (1.0 + 1e-13) / plan.cost:
            found = evaluate_order(subtree, search.order.copy())
            if found.cost < plan.cost:
                plan = found
    return plan
