"""The optimum of tiny instances from the definition alone, to test solvers against.

Every combination of orders is tried. For each, the cost of every server is linear in the
loads (Lemma 1), so the checker's metrics for one Gbit on one server at a time give the
whole matrix, and a linear program gives the best loads. Nothing here is shared with any
solver: neither the tree, nor the costs, nor the linear programs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from optkit.allocation.check.metrics import recompute
from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats


def brute_force(instance: AllocationInstance) -> float:
    """Return the least cost over every order and load on the sink tree.

    It takes at most Π |A_t|! linear programs of some milliseconds each.
    """
    return _least_of_all(instance, [sink_parents(instance)])


def brute_force_routing(instance: AllocationInstance) -> float:
    """Return the least cost over every tree, order and load.

    Trees that leave servers out need not be tried: a server that is added below any other
    and gets nothing, first of its subtree, costs nothing.
    """
    return _least_of_all(instance, spanning_trees(instance))


def _least_of_all(
    instance: AllocationInstance, trees: Iterable[Mapping[str, str]]
) -> float:
    least = np.inf
    for parent in trees:
        for order in _orders(parent, instance):
            costs = np.array(_matrix(instance, parent, order))
            bound = _cost_bound(costs)
            if bound < least:
                shared = _cost_of_equal_shares(costs)
                is_optimal = shared <= bound * (1.0 + 1e-13)
                least = min(least, shared if is_optimal else _least_cost(costs))
    return float(instance.task.size_gbit * least)


def spanning_trees(instance: AllocationInstance) -> Iterator[dict[str, str]]:
    """Yield every tree of the instance's links that reaches every reachable server."""
    reachable = list(sink_parents(instance))
    reached = {instance.master, *reachable}
    senders = [
        [k.source for k in instance.links if k.target == name and k.source in reached]
        for name in reachable
    ]
    for parents in itertools.product(*senders):
        parent = dict(zip(reachable, parents, strict=True))
        if all(_leads_to(instance.master, name, parent) for name in reachable):
            yield parent


def _leads_to(master: str, name: str, parent: Mapping[str, str]) -> bool:
    for _ in parent:
        name = parent[name]
        if name == master:
            return True
    return False


def _orders(
    parent: Mapping[str, str], instance: AllocationInstance
) -> Iterator[dict[str, tuple[str, ...]]]:
    members: dict[str, list[str]] = {}
    for server in parent:
        root = server
        while parent[root] != instance.master:
            root = parent[root]
        members.setdefault(root, []).append(server)
    roots = list(members)
    for orders in itertools.product(
        *(list(itertools.permutations(members[root])) for root in roots)
    ):
        yield dict(zip(roots, orders, strict=True))


def _matrix(
    instance: AllocationInstance,
    parent: Mapping[str, str],
    order: dict[str, tuple[str, ...]],
) -> list[list[float]]:
    """Return the cost of each server (row) per Gbit on each server (column)."""
    names = [instance.master, *parent]
    columns = []
    for loaded in names:
        metrics = recompute(
            instance,
            AllocationSolution(
                routing="free", parent=parent, load_gbit={loaded: 1.0}, order=order
            ),
        )
        columns.append([metrics[name].cost for name in names])
    return [list(row) for row in zip(*columns, strict=True)]


def _cost_bound(costs: Floats) -> float:
    """Return a lower bound on a program's optimum: a weighted mean of its rows.

    It is the optimum if the weights that make all columns equal are not negative. There are
    too many trees and orders to solve a program for each.
    """
    scale = np.where(np.diagonal(costs) > 0.0, np.diagonal(costs), 1.0)
    scaled = costs / scale
    try:
        price = np.maximum(np.linalg.solve(scaled.T, 1.0 / scale), 0.0)
    except np.linalg.LinAlgError:
        return 0.0
    if not np.all(np.isfinite(price)) or not np.any(price > 0.0):
        return 0.0
    return float((price / price.sum() @ costs).min())


def _cost_of_equal_shares(costs: Floats) -> float:
    """Return the cost if all servers finish at the same cost; infinite if they cannot.

    If it is no more than a lower bound, nothing is left for a linear program to find.
    """
    scale = np.where(np.diagonal(costs) > 0.0, np.diagonal(costs), 1.0)
    try:
        loads = np.linalg.solve(costs / scale, np.ones(len(costs))) / scale
    except np.linalg.LinAlgError:
        return np.inf
    if not np.all(np.isfinite(loads)) or np.any(loads < 0.0) or not loads.sum() > 0.0:
        return np.inf
    return float((costs @ loads).max() / loads.sum())


def _least_cost(costs: Floats) -> float:
    from scipy.optimize import linprog

    count = len(costs)
    if np.any(costs.max(axis=0) == 0.0):
        return 0.0  # one server takes everything at no cost
    scale = np.where(np.diagonal(costs) > 0.0, np.diagonal(costs), 1.0)
    unit = scale.min()
    # Loads are in units of what a server does at cost 1: unscaled, rates over many
    # decades make a simplex stop at the wrong vertex.
    solution = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.hstack([costs / scale, -np.ones((count, 1))]),
        b_ub=np.zeros(count),
        A_eq=np.append(unit / scale, 0.0)[None, :],
        b_eq=[1.0],
        method="highs-ds",
        options={
            "primal_feasibility_tolerance": 1e-10,
            "dual_feasibility_tolerance": 1e-10,
            "presolve": False,
        },
    )
    if solution.x is None:
        raise ArithmeticError(f"brute force failed: {solution.message}")
    loads = np.maximum(solution.x[:count], 0.0) / scale
    shared = float((costs @ loads).max() / loads.sum())
    # One server alone is a vertex that the simplex may have missed within its tolerances.
    return min(shared, float(costs.max(axis=0).min()))
