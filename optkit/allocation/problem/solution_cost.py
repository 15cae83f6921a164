"""The cost of any solution, for solvers that do not compute it themselves."""

from __future__ import annotations

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import chosen_tree
from optkit.allocation.solution import AllocationSolution


def solution_cost(instance: AllocationInstance, solution: AllocationSolution) -> float:
    """Return the largest cost of a server (eqs 1 to 8), whatever the tree and the order.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution; a server without a load in it has load 0.

    Raises
    ------
    ValueError
        If its tree is none of the instance's, or the orders do not list each server once.
    """
    tree = chosen_tree(instance, solution.parent)
    number = {name: k for k, name in enumerate(tree.ids)}
    load = np.zeros(tree.count)
    for name, amount in solution.load_gbit.items():
        if name not in number:
            raise ValueError(f"load_gbit.{name}: the server is not in the tree")
        load[number[name]] = amount
    sent = [number[name] for order in solution.order.values() for name in order]
    if sorted(sent) != list(range(1, tree.count)):
        raise ValueError("the orders have to list every server of the tree once")
    parent, distance = tree.parent.tolist(), tree.distance.tolist()
    through, flow = [0.0] * tree.count, load.tolist()
    cost = (tree.own * load).tolist()
    for server in sent:
        # On each link of the way, all that was sent over it before goes first.
        at, amount = server, flow[server]
        while at > 0:
            cost[server] += through[at] * (distance[at] - distance[parent[at]])
            through[at] += amount
            at = parent[at]
    relayed = load.copy()
    for server in range(tree.count - 1, 0, -1):  # children come after their parents
        relayed[parent[server]] += relayed[server]
        cost[parent[server]] += float(tree.relay[server] * relayed[server])
    return float(max(cost))
