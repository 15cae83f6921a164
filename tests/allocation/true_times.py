"""Instances, solutions and yardsticks for exact store and forward."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from functools import cache

import numpy as np
from scipy.optimize import linprog

from optkit.allocation.check import checker
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import supports_blocks
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.testing import random_instances
from tests.allocation.instances import generated

Case = tuple[AllocationInstance, AllocationSolution]


def below_children(instance: AllocationInstance) -> dict[str, list[str]]:
    """Return the servers of each subtree, by the master's child."""
    parent = checker.sink_parents(instance)
    found: dict[str, list[str]] = {}
    for server in parent:
        root = server
        while parent[root] != instance.master:
            root = parent[root]
        found.setdefault(root, []).append(server)
    return found


def shuffled(instance: AllocationInstance, seed: int, idle: float = 0.3) -> Case:
    """Return the instance with random loads, some zero, sent in random order."""
    rng = random.Random(seed)
    parent = checker.sink_parents(instance)
    order = below_children(instance)
    for listed in order.values():
        rng.shuffle(listed)
    loads = {name: 0.0 if rng.random() < idle else rng.random() ** 3 for name in parent}
    loads[instance.master] = 0.1
    scale = instance.task.size_gbit / sum(loads.values())
    return instance, AllocationSolution(
        parent=parent,
        load_gbit={name: scale * load for name, load in loads.items()},
        order={root: tuple(listed) for root, listed in order.items()},
    )


def cases() -> Iterator[Case]:
    """Yield random cases over shapes, sizes and regimes."""
    regimes: list[dict[str, float]] = [{}, {"gbps_low": 0.05, "gbps_high": 500.0}]
    shapes = ("random-tree", "chain", "caterpillar", "binary", "erdos-renyi")
    sizes = (2, 3, 5, 8, 13, 40)
    product = itertools.product(shapes, regimes, sizes, (1, 2))
    for shape, regime, servers, seed in product:
        yield shuffled(generated(servers, seed, shape=shape, **regime), seed)
    for idle in (0.0, 0.3):  # long enough for arrays
        yield shuffled(generated(120, 3, shape="chain"), 3, idle)
        yield shuffled(generated(120, 3, shape="caterpillar"), 3, idle)
        yield shuffled(generated(120, 3, shape="random-tree", subtrees=1), 3, idle)


def least_true_cost(instance: AllocationInstance) -> float:
    """Return the least true cost over all orders, by one program each (scipy)."""
    parent = checker.sink_parents(instance)
    subtrees = below_children(instance)
    orders = itertools.product(
        *(list(itertools.permutations(members)) for members in subtrees.values())
    )
    return min(one_order(instance, parent, combined) for combined in orders)


def one_order(
    instance: AllocationInstance,
    parent: dict[str, str],
    orders: tuple[tuple[str, ...], ...],
) -> float:
    """Return the least true cost of fixed orders, written down from the definition."""
    machine = {server.id: server for server in instance.servers}
    rate = {(link.source, link.target): link.gbps for link in instance.links}
    task, weights, master = instance.task, instance.weights, instance.master

    def way(server: str) -> list[str]:
        return [] if server == master else [*way(parent[server]), server]

    column = {name: k for k, name in enumerate([master, *parent])}
    arrivals = {
        (part, link): len(column) + k
        for k, (part, link) in enumerate(
            (part, link) for order in orders for part in order for link in way(part)
        )
    }
    z = len(column) + len(arrivals)
    rows: list[dict[int, float]] = []
    for order in orders:
        for place, part in enumerate(order):
            for link in way(part):
                took = {column[part]: 1.0 / rate[parent[link], link]}
                begun = [(part, parent[link])] if parent[link] != master else []
                begun += [
                    (other, link) for other in order[:place] if link in way(other)
                ][-1:]
                for before in [arrivals[pair] for pair in begun] or [None]:
                    row = took | {arrivals[part, link]: -1.0}
                    rows.append(row if before is None else row | {before: 1.0})
    for name in column:
        own, work = machine[name], task.gcycles_per_gbit
        row = dict.fromkeys(range(z + 1), 0.0)
        row[z] = -1.0
        row[column[name]] = (
            weights.time * work / own.ghz
            + weights.energy * own.capacitance * work * own.ghz**2
        )
        if name != master:
            row[arrivals[name, name]] = weights.time
        for child, sender in parent.items():
            if sender == name:
                for other in parent:
                    if child in way(other):
                        row[column[other]] += (
                            weights.energy * own.tx_watt / rate[name, child]
                        )
        rows.append(row)
    matrix = np.zeros((len(rows), z + 1))
    for number, row in enumerate(rows):
        matrix[number, list(row)] = list(row.values())
    answer = linprog(
        np.append(np.zeros(z), 1.0),
        A_ub=matrix,
        b_ub=np.zeros(len(rows)),
        A_eq=np.append(np.ones(len(column)), np.zeros(z + 1 - len(column)))[None, :],
        b_eq=[task.size_gbit],
        method="highs-ds",
        options={
            "primal_feasibility_tolerance": 1e-10,
            "dual_feasibility_tolerance": 1e-10,
        },
    )
    assert answer.status == 0, answer.message
    return float(answer.fun)


@cache
def yardsticks() -> tuple[tuple[str, AllocationInstance, float], ...]:
    """Return small instances of all regimes with their least true cost."""
    found = []
    for label, instance in random_instances(21, 18):
        if supports_blocks(sink_tree(instance)):
            found.append((label, instance, least_true_cost(instance)))
    return tuple(found)
