"""From sink trees to the declarative model of ``optkit.models.allocation``, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.plan import Plan
from optkit.allocation.problem.sink_tree import SinkTree, Subtree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Ints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optkit.models.allocation import AllocationData


def model_data(tree: SinkTree, size: float, unit_cost: float = 1.0) -> AllocationData:
    """Return the model's data for ``tree``.

    Parameters
    ----------
    tree
        The sink tree.
    size
        Task size in Gbit; costs scale with it (Theorem 2), so 1 serves for any.
    unit_cost
        Cost that counts as 1 in the model.
    """
    from optkit.models.allocation import AllocationData

    ids = tree.ids

    def named(values: Any) -> dict[str, float]:
        return {
            name: float(value) / unit_cost
            for name, value in zip(ids, values, strict=True)
        }

    return AllocationData(
        size=size,
        master=ids[0],
        parent={ids[k]: ids[tree.parent[k]] for k in range(1, tree.count)},
        own_cost=named(tree.own),
        path_cost=named(tree.distance),
        relay_cost=named(tree.relay),
        workers=frozenset(ids[k] for k in np.flatnonzero(tree.works)),
    )


def scaled_tree(tree: SinkTree, unit_cost: float) -> SinkTree:
    """Return ``tree`` for 1 Gbit, with ``unit_cost`` counted as 1, as in the model."""
    return replace(
        tree,
        size=1.0,
        own=tree.own / unit_cost,
        distance=tree.distance / unit_cost,
        relay=tree.relay / unit_cost,
    )


def instance_model(instance: AllocationInstance) -> Any:
    """Return the Pyomo model of ``instance`` on its sink tree, in s, J and Gbit."""
    from optkit.models.allocation import allocation_model

    tree = sink_tree(instance)
    return allocation_model(model_data(tree, tree.size))


def orders_from_precedences(
    tree: SinkTree, before: Mapping[tuple[str, str], float]
) -> list[Ints]:
    """Return the order of each subtree that precedence values describe.

    Parameters
    ----------
    tree
        The sink tree.
    before
        Value of ``before[i, j]`` for each pair of servers in one subtree.
    """
    orders = []
    for subtree in tree.subtrees:
        names = [tree.ids[member] for member in subtree.members]
        # How many are sent before each; without a cycle these are 0, 1, 2, …
        ahead = dict.fromkeys(names, 0)
        for k, one in enumerate(names):
            for other in names[k + 1 :]:
                first = before[one, other] > 0.5
                ahead[other if first else one] += 1
        rank = np.array([ahead[names[worker]] for worker in subtree.workers])
        orders.append(subtree.workers[np.argsort(rank, kind="stable")])
    return orders


def orders_from_solution(
    tree: SinkTree, solution: AllocationSolution
) -> list[Ints] | None:
    """Return the orders of ``solution`` in the tree's numbers; None on another tree.

    Servers that it leaves out come last.
    """
    number = {name: k for k, name in enumerate(tree.ids)}
    for child, parent in solution.parent.items():
        if tree.ids[tree.parent[number[child]]] != parent:
            return None
    orders = []
    for subtree in tree.subtrees:
        listed = solution.order.get(tree.ids[subtree.members[0]], ())
        place = {name: k for k, name in enumerate(listed)}
        names = [tree.ids[member] for member in subtree.members[subtree.workers]]
        rank = np.array([place.get(name, len(place)) for name in names])
        orders.append(subtree.workers[np.argsort(rank, kind="stable")])
    return orders


def precedences(tree: SinkTree, orders: list[Ints]) -> dict[tuple[str, str], float]:
    """Return ``before[i, j]`` for each pair in one subtree, given the orders.

    Servers that only relay come first, as in
    :mod:`optkit.allocation.problem.subtree_costs`.
    """
    values = {}
    for subtree, order in zip(tree.subtrees, orders, strict=True):
        place = _places(subtree, order)
        for one in range(subtree.size):
            for other in range(one + 1, subtree.size):
                pair = (
                    tree.ids[subtree.members[one]],
                    tree.ids[subtree.members[other]],
                )
                values[pair] = float(place[one] < place[other])
    return values


def start_values(model: Any, tree: SinkTree, plan: Plan, cost: float) -> list[Any]:
    """Return (variable, value) for every variable of ``model``: ``plan`` for 1 Gbit.

    Parameters
    ----------
    model
        The model of ``tree`` for a task of 1 Gbit.
    tree
        The sink tree; its task is not empty.
    plan
        A plan for its task.
    cost
        The plan's cost in the model's units.
    """
    load = dict(zip(tree.ids, (plan.loads / tree.size).tolist(), strict=True))
    flow = plan.loads / tree.size
    for server in range(tree.count - 1, 0, -1):
        flow[tree.parent[server]] += flow[server]
    before = precedences(tree, list(plan.orders))
    pairs: list[Any] = [(model.largest_cost, cost)]
    pairs += [(model.load_gbit[i], value) for i, value in load.items()]
    pairs += [(model.flow[tree.ids[k]], float(flow[k])) for k in range(1, tree.count)]
    for (first, second), sent_first in before.items():
        pairs.append((model.before[first, second], sent_first))
        pairs.append((model.held[first, second], load[first] * sent_first))
        pairs.append((model.held[second, first], load[second] * (1.0 - sent_first)))
    return pairs


def _places(subtree: Subtree, order: Ints) -> Ints:
    relays = np.flatnonzero(~subtree.works)
    place = np.empty(subtree.size, dtype=np.int64)
    place[np.concatenate([relays, order])] = np.arange(subtree.size)
    return place
