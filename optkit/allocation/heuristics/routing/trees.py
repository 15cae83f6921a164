"""Trees as plans: from a search's links or an initial solution to loads and orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.local_search.order_search import OrderSearch
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import block_plan, blocks
from optkit.allocation.problem.network_arrays import Network
from optkit.allocation.problem.plan import Plan, SubtreePlan, compose
from optkit.allocation.problem.sink_tree import SinkTree, given_tree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Ints
from optkit.core.solving.run import Run

SEARCHED = 400
"""Most servers of a subtree whose order is looked at: it takes their cube."""

_PLAN_SECONDS = 2e-5
"""About how long a server takes in :func:`planned`."""


def plan_seconds(net: Network) -> float:
    """Return roughly how long it takes to make a plan of a tree."""
    return _PLAN_SECONDS * net.count


def planned(
    instance: AllocationInstance, net: Network, link: Ints
) -> tuple[SinkTree, Plan]:
    """Return the tree in which each server is reached by its ``link``, and its plan."""
    if np.array_equal(link, net.sink_link):
        tree = replace(sink_tree(instance), routing="free")
    else:
        tree = given_tree(instance, net.parents(link))
    return tree, block_plan(tree, blocks(tree))


def spanning(net: Network, solution: AllocationSolution) -> Ints:
    """Return the links of a solution's tree, whom it leaves out hung as in the sink tree.

    No cycle can come of it: ways in the sink tree end at the master or in the other tree.
    """
    link = net.links_of(solution.parent)
    return np.where(link >= 0, link, net.sink_link)


def plan_of(
    instance: AllocationInstance, solution: AllocationSolution
) -> tuple[SinkTree, Plan]:
    """Return a solution's tree, and the best loads for its own orders."""
    tree = given_tree(instance, solution.parent)
    number = {name: k for k, name in enumerate(tree.ids)}
    plans = []
    for subtree in tree.subtrees:
        place = {int(member): k for k, member in enumerate(subtree.members)}
        sent = solution.order[tree.ids[subtree.members[0]]]
        order = np.array([place[number[name]] for name in sent], dtype=np.int64)
        plans.append(evaluate_order(subtree, order))
    return tree, compose(tree, plans)


def improve_orders(tree: SinkTree, plan: Plan, run: Run) -> Plan | None:
    """Return a plan with better orders on the same tree; None if none was found.

    Only where contiguous orders are not proven optimal is there anything to find.
    """
    plans: list[SubtreePlan] = []
    gained = False
    for subtree, order in zip(tree.subtrees, plan.orders, strict=True):
        if subtree.size > SEARCHED or run.should_stop():
            return None
        found = evaluate_order(subtree, order)
        if subtree.size > 1:
            local = OrderSearch(subtree, order)
            before = local.value
            most = max(1, min(500, 2_000_000 // subtree.size**3))
            while not local.complete and not run.should_stop():
                local.advance(most)
            if local.value > before * (1.0 + 1e-12):
                found, gained = evaluate_order(subtree, local.order.copy()), True
        plans.append(found)
    return compose(tree, plans) if gained else None
