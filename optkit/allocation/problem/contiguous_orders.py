"""Contiguous orders: each server's block is sent as a whole, itself first.

A block (a server and all below it) that has budget φ left takes κ φ Gbit, where κ is the
most that it takes at cost 1 (Theorem 2). Bottom-up, the block at v with children c in the
order of falling rate is a small linear program: its own load y and one flow F_c a child,

    maximise y + Σ F_c,   a_v y + Σ (w2 e_v/R_vc) F_c ≤ 1,
    F_c / κ_c + D_v (y + Σ F_c' : c' before c) ≤ 1.

Without relaying energy this is the closed form of
:mod:`optkit.allocation.bounds.relaxation`, and
optimal; with it, it is optimal under the condition of
:mod:`optkit.allocation.bounds.relay_condition`, which the paper's range satisfies.
Elsewhere that
module's bound and :mod:`optkit.allocation.bounds.relay_bound`'s say how far off it can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.allocation.problem.compiled import fast
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import Plan
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of every server of a tree.

    Parameters
    ----------
    capacity
        κ, most load at cost 1 in Gbit, shape (N+1,); the master's is meaningless.
    own
        Load of the block's own server when the block has all of its budget, shape (N+1,).
    flow
        What a block is sent when its *parent's* block has all of its budget, shape (N+1,).
    order
        All servers but the master, every block contiguous, shape (N,).
    """

    capacity: Floats
    own: Floats
    flow: Floats
    order: Ints


def blocks(tree: SinkTree) -> Blocks:
    """Return the blocks of ``tree``; every server must be allowed to work.

    Every cost a_v must be positive; see :func:`supported`.
    """
    count = tree.count
    start, children = _children_by_rate(tree)
    capacity, own, flow = (np.zeros(count) for _ in range(3))
    climb = fast(_climb, count)
    server = count - 1
    while server > 0:
        server = climb(
            server,
            start,
            children,
            tree.distance,
            tree.own,
            tree.relay,
            capacity,
            own,
            flow,
        )
        if (
            server > 0
        ):  # neither all flows nor prices are positive there: a real program
            _by_program(
                tree,
                server,
                children[start[server] : start[server + 1]],
                capacity,
                own,
                flow,
            )
            server -= 1
    order = np.empty(count - 1, dtype=np.int64)
    fast(_preorder, count)(start, children, order)
    return Blocks(capacity, own, flow, order)


def supported(tree: SinkTree) -> bool:
    """Say whether all servers work and none works for nothing."""
    return bool(tree.works.all()) and bool(np.all(tree.own > 0.0))


def loads_of(tree: SinkTree, found: Blocks, sent: Floats) -> Floats:
    """Return each server's load, given what is sent into each subtree.

    Parameters
    ----------
    tree
        The sink tree.
    found
        Its blocks.
    sent
        Gbit for each subtree, in the order of the master's children, shape (T,).
    """
    loads = np.zeros(tree.count)
    budget = np.zeros(tree.count)
    roots = np.flatnonzero(tree.parent == 0)
    budget[roots] = sent / found.capacity[roots]
    fast(_descend, tree.count)(
        tree.parent, found.capacity, found.own, found.flow, budget, loads
    )
    return loads


def _children_by_rate(tree: SinkTree) -> tuple[Ints, Ints]:
    """Return all children, by parent and then by falling rate, and where each's start."""
    below = np.arange(1, tree.count)
    # By what relaying costs, which is w2 e over the rate; where it costs nothing, by the
    # last link. Distances alone would not do: rounding makes different rates look alike.
    keys = (tree.distance[below], tree.relay[below], tree.parent[below])
    by_rate = np.lexsort(keys) + 1
    start = np.searchsorted(tree.parent[by_rate], np.arange(tree.count + 1))
    return start.astype(np.int64), by_rate.astype(np.int64)


def _climb(server, start, children, distance, a, relay, capacity, own, flow):  # type: ignore[no-untyped-def]
    """Work upwards from ``server`` as long as blocks are solved by two recursions.

    At each block: flows at their caps and the own cost at 1, y from that; prices p ≥ 0 of
    the same rows prove it. Returns the first server where that fails, or 0.
    """
    while server > 0:
        first, last = start[server], start[server + 1]
        d = distance[server]
        # Caps: child c gets κ_c · rest · (1 − D y); `spent` is what relaying them costs.
        rest, flows, spent = 1.0, 0.0, 0.0
        for k in range(first, last):
            c = children[k]
            take = capacity[c] * rest
            flows += take
            spent += relay[c] * take
            rest -= d * take
        own_scale = a[server] - d * spent
        y = (1.0 - spent) / own_scale if own_scale > 0.0 else -1.0
        # Prices: with p for the own row, p_c = κ_c (1 − r_c p − D Σ later) is u + v p.
        later_u, later_v = 0.0, 0.0
        fine = y >= 0.0
        if fine and last > first:
            for k in range(last - 1, first - 1, -1):
                c = children[k]
                later_u += capacity[c] * (1.0 - d * later_u)
                later_v += capacity[c] * (-relay[c] - d * later_v)
            scale = a[server] + d * later_v
            price = (1.0 - d * later_u) / scale if scale > 0.0 else -1.0
            fine = price >= 0.0
            later = 0.0
            for k in range(last - 1, first - 1, -1):
                c = children[k]
                p = capacity[c] * (1.0 - relay[c] * price - d * later)
                fine = fine and p >= 0.0
                later += p
        if not fine:
            return server
        rest = 1.0 - d * y
        for k in range(first, last):
            c = children[k]
            flow[c] = capacity[c] * rest
            rest -= d * flow[c]
        own[server] = y
        capacity[server] = y + flows * (1.0 - d * y)
        server -= 1
    return 0


def _by_program(
    tree: SinkTree,
    server: int,
    children: Ints,
    capacity: Floats,
    own: Floats,
    flow: Floats,
) -> None:
    """Solve one block's linear program as such."""
    width = len(children) + 1
    matrix = np.tril(np.full((width, width), tree.distance[server]), -1)
    matrix[0, 0] = tree.own[server]
    matrix[0, 1:] = tree.relay[children]
    matrix[np.arange(1, width), np.arange(1, width)] = 1.0 / capacity[children]
    solved = solve_orders(matrix[None], np.arange(width))
    capacity[server] = 1.0 / solved.cost[0]
    shares = solved.shares[0] * capacity[server]
    own[server] = shares[0]
    flow[children] = shares[1:]


def _preorder(start, children, order):  # type: ignore[no-untyped-def]
    """List every server before those below it, children by falling rate."""
    stack = np.empty(len(order) + 1, dtype=np.int64)
    stack[0] = 0
    height, place = 1, 0
    while height > 0:
        height -= 1
        server = stack[height]
        if server > 0:
            order[place] = server
            place += 1
        for k in range(start[server + 1] - 1, start[server] - 1, -1):
            stack[height] = children[k]
            height += 1


def _descend(parent, capacity, own, flow, budget, loads):  # type: ignore[no-untyped-def]
    """Hand the budgets down: a child's is what it is sent over what it could take."""
    for server in range(1, len(parent)):
        above = parent[server]
        if above > 0:
            budget[server] = budget[above] * flow[server] / capacity[server]
        loads[server] = budget[server] * own[server]


def block_plan(tree: SinkTree, found: Blocks) -> Plan:
    """Return the plan that shares the task between the master and the blocks."""
    roots = np.flatnonzero(tree.parent == 0)
    best = split(
        tree.size,
        float(tree.own[0]),
        tree.relay[roots],
        1.0 / found.capacity[roots],
    )
    loads = loads_of(tree, found, best.subtrees)
    loads[0] = best.master
    place = np.empty(tree.count, dtype=np.int64)
    place[found.order] = np.arange(len(found.order))
    orders = tuple(
        np.argsort(place[subtree.members], kind="stable") for subtree in tree.subtrees
    )
    return Plan(best.cost, loads, orders)
