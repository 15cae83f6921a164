"""A solver's answer on a sink tree, and how it becomes a solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.allocation.problem.task_split import TaskSplit, split_task
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats, Ints
from optkit.core.solving.run import Run


@dataclass(frozen=True, eq=False)
class SubtreePlan:
    """The order of one subtree, and how it shares the load that it is sent.

    Parameters
    ----------
    order
        Numbers inside the subtree of the servers that work, first to last sent.
    shares
        Their shares of the subtree's load, in the numbering of ``subtree.workers``.
    cost
        Largest cost per Gbit, ρ.
    bound
        Lower bound on ρ over all orders that were evaluated.
    """

    order: Ints
    shares: Floats
    cost: float
    bound: float


@dataclass(frozen=True, eq=False)
class Plan:
    """Loads of every server of a tree, and the order in every subtree.

    Parameters
    ----------
    cost
        The objective z.
    loads
        Gbit, shape (N+1,).
    orders
        For each subtree, numbers inside it of the servers that work, first to last sent.
    """

    cost: float
    loads: Floats
    orders: tuple[Ints, ...]


def compose(tree: SinkTree, plans: Sequence[SubtreePlan]) -> Plan:
    """Share the task between the master and the subtrees, given a plan for each (12, 13).

    Parameters
    ----------
    tree
        The sink tree.
    plans
        One per subtree.
    """
    best = _split(tree, np.array([plan.cost for plan in plans]))
    loads = np.zeros(tree.count)
    loads[0] = best.master
    for subtree, plan, load in zip(tree.subtrees, plans, best.subtrees, strict=True):
        loads[subtree.members[subtree.workers]] = load * plan.shares
    return Plan(best.cost, loads, tuple(plan.order for plan in plans))


def composed_bound(tree: SinkTree, unit_bounds: Sequence[float]) -> float:
    """Return the bound that follows from a lower bound on ρ of each subtree."""
    return _split(tree, np.array(unit_bounds)).cost


def _split(tree: SinkTree, unit_cost: Floats) -> TaskSplit:
    send = np.array([subtree.relay[0] for subtree in tree.subtrees])
    return split_task(tree.size, float(tree.own[0]), send, unit_cost)


def local_plan(tree: SinkTree) -> Plan:
    """Return the plan in which the master computes everything."""
    loads = np.zeros(tree.count)
    loads[0] = tree.size
    return Plan(
        tree.size * float(tree.own[0]),
        loads,
        tuple(subtree.workers for subtree in tree.subtrees),
    )


def idle_plan(subtree: Subtree) -> SubtreePlan:
    """Return a plan for a subtree that is sent nothing."""
    workers = subtree.workers
    shares = np.full(len(workers), 1.0 / len(workers))
    return SubtreePlan(workers, shares, np.inf, 0.0)


def depth_first_order(subtree: Subtree) -> Ints:
    """Return the servers that work, parents first, every block contiguous.

    Optimal where nobody pays for relaying, see :mod:`optkit.allocation.bounds.relaxation`.
    """
    children: list[list[int]] = [[] for _ in range(subtree.size)]
    for server in range(1, subtree.size):
        children[subtree.parent[server]].append(server)
    order, stack = [], [0]
    while stack:
        server = stack.pop()
        if subtree.works[server]:
            order.append(server)
        stack.extend(reversed(children[server]))
    return np.array(order, dtype=np.int64)


def to_solution(tree: SinkTree, plan: Plan) -> AllocationSolution:
    """Return ``plan`` as a solution in the instance's ids."""
    ids = tree.ids
    name = ids.__getitem__
    order = {}
    for subtree, sent in zip(tree.subtrees, plan.orders, strict=True):
        relays = np.flatnonzero(~subtree.works)
        listed = subtree.members[np.concatenate([relays, sent])]
        order[ids[subtree.members[0]]] = tuple(map(name, listed.tolist()))
    solution: dict[str, Any] = {
        "routing": tree.routing,
        "parent": dict(zip(ids[1:], map(name, tree.parent[1:].tolist()), strict=True)),
        "load_gbit": dict(zip(ids, plan.loads.tolist(), strict=True)),
        "order": order,
    }
    if np.all(np.isfinite(plan.loads)):  # the ids are the instance's
        return AllocationSolution.model_construct(**solution)
    return AllocationSolution.model_validate(solution)


def report_plan(run: Run, tree: SinkTree, plan: Plan) -> bool:
    """Report ``plan`` to ``run``; say whether it is the best so far."""
    return run.incumbent(plan.cost, lambda: to_solution(tree, plan))
