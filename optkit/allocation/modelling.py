"""From sink trees to the declarative model of ``optkit.models.allocation``, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.tree import Ints, SinkTree, Subtree, sink_tree

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


def instance_model(instance: AllocationInstance) -> Any:
    """Return the Pyomo model of ``instance`` on its sink tree, in s, J and Gbit."""
    from optkit.models.allocation import allocation_model

    tree = sink_tree(instance)
    return allocation_model(model_data(tree, tree.size))


def orders_of(tree: SinkTree, before: Mapping[tuple[str, str], float]) -> list[Ints]:
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


def precedences(tree: SinkTree, orders: list[Ints]) -> dict[tuple[str, str], float]:
    """Return ``before[i, j]`` for each pair in one subtree, given the orders.

    Servers that only relay come first, as in :class:`optkit.allocation.costs`.
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


def _places(subtree: Subtree, order: Ints) -> Ints:
    relays = np.flatnonzero(~subtree.works)
    place = np.empty(subtree.size, dtype=np.int64)
    place[np.concatenate([relays, order])] = np.arange(subtree.size)
    return place
