"""Trees as plans: from a search's links or an initial solution to loads and orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.local_search.order_search import (
    OrderSearch,
    neighbours_at_once,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
)
from optkit.allocation.problem.network_arrays import Network
from optkit.allocation.problem.plan import Plan, SubtreePlan, compose
from optkit.allocation.problem.sink_tree import SinkTree, chosen_tree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Ints
from optkit.core.solving.run import Run

MAX_SEARCHED = 400
"""Most servers of a subtree whose order is evaluated, in time that grows as their cube."""

_PLAN_SECONDS = 2e-5
"""About how long :func:`plan_of_links` takes per server."""


def plan_seconds(net: Network) -> float:
    """Return roughly how long it takes to make a plan of a tree."""
    return _PLAN_SECONDS * net.count


def plan_of_links(
    instance: AllocationInstance, net: Network, link: Ints
) -> tuple[SinkTree, Plan]:
    """Return the tree in which each server is reached by its ``link``, and its plan."""
    if np.array_equal(link, net.sink_link):
        tree = replace(sink_tree(instance), routing="free")
    else:
        tree = chosen_tree(instance, net.parents(link))
    return tree, contiguous_plan(tree, contiguous_blocks(tree))


def spanning_links(net: Network, solution: AllocationSolution) -> Ints:
    """Return the links of a solution's tree, completed to a spanning tree.

    A server that the solution leaves out hangs where the sink tree has it. This makes no
    cycle: ways in the sink tree end at the master or in the solution's tree.
    """
    link = net.links_in(solution.parent)
    return np.where(link >= 0, link, net.sink_link)


def plan_of_solution(
    instance: AllocationInstance, solution: AllocationSolution
) -> tuple[SinkTree, Plan]:
    """Return a solution's tree, and the best loads for its own orders."""
    tree = chosen_tree(instance, solution.parent)
    number = {name: k for k, name in enumerate(tree.ids)}
    plans = []
    for subtree in tree.subtrees:
        inside = {int(member): k for k, member in enumerate(subtree.members)}
        sent = solution.order[tree.ids[subtree.members[0]]]
        order = np.array([inside[number[name]] for name in sent], dtype=np.int64)
        plans.append(evaluate_order(subtree, order))
    return tree, compose(tree, plans)


def improve_orders(tree: SinkTree, plan: Plan, run: Run) -> Plan | None:
    """Return a plan with better orders on the same tree; None if there is none.

    Contiguous orders can be improved only where they are not proven optimal.
    """
    plans: list[SubtreePlan] = []
    improved = False
    for subtree, order in zip(tree.subtrees, plan.orders, strict=True):
        if subtree.size > MAX_SEARCHED or run.should_stop():
            return None
        best = evaluate_order(subtree, order)
        if subtree.size > 1:
            search = OrderSearch(subtree, order)
            before = search.value
            step = neighbours_at_once(subtree.size)
            while not search.complete and not run.should_stop():
                search.advance(step)
            if search.value > before * (1.0 + 1e-12):
                best, improved = evaluate_order(subtree, search.order.copy()), True
        plans.append(best)
    return compose(tree, plans) if improved else None
