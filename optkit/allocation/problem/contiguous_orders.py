"""Contiguous orders: each server's block is sent without interruption, itself first.

A block (a server and all below it) that has budget φ left takes κ φ Gbit, where κ is the
most that it takes at cost 1 (Theorem 2). Bottom-up, the block at v with children c in the
order of falling rate is a small linear program: its own load y and one flow F_c per child,

    maximise y + Σ F_c,   a_v y + Σ (w2 e_v/R_vc) F_c ≤ 1,
    F_c / κ_c + D_v (y + Σ F_c' : c' before c) ≤ 1.

Without relaying energy this is the closed form of
:mod:`optkit.allocation.bounds.relaxation`, and optimal. With relaying energy it is optimal
under the condition of :mod:`optkit.allocation.bounds.relay_condition`, which the paper's
range satisfies. Elsewhere the bound of that module and the one of
:mod:`optkit.allocation.bounds.relay_bound` say how far off it can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.allocation.problem.block_kernels import climb, hand_down, preorder
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import Plan, SubtreePlan
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split_task
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


def contiguous_blocks(tree: SinkTree) -> Blocks:
    """Return the blocks of ``tree``, which :func:`supports_blocks` has to accept."""
    count = tree.count
    start, children = _children_by_rate(tree)
    blocks = Blocks(
        capacity=np.zeros(count),
        own=np.zeros(count),
        flow=np.zeros(count),
        order=np.empty(count - 1, dtype=np.int64),
    )
    server = count - 1
    while server > 0:
        server = climb(
            server,
            start,
            children,
            tree.distance,
            tree.own,
            tree.relay,
            blocks.capacity,
            blocks.own,
            blocks.flow,
        )
        if server > 0:  # a flow or a price would be negative: solve the program
            below = children[start[server] : start[server + 1]]
            _solve_block(tree, server, below, blocks)
            server -= 1
    preorder(start, children, np.empty(count, dtype=np.int64), blocks.order)
    return blocks


def supports_blocks(tree: SinkTree) -> bool:
    """Say whether all servers may work and every load costs its server something."""
    return bool(tree.works.all()) and bool(np.all(tree.own > 0.0))


def block_loads(tree: SinkTree, blocks: Blocks, sent: Floats) -> Floats:
    """Return each server's load in Gbit, given what is sent into each subtree.

    Parameters
    ----------
    tree
        The sink tree.
    blocks
        Its blocks.
    sent
        Gbit for each subtree, in the order of the master's children, shape (T,).
    """
    loads = np.zeros(tree.count)
    budget = np.zeros(tree.count)
    roots = np.flatnonzero(tree.parent == 0)
    budget[roots] = sent / blocks.capacity[roots]
    hand_down(tree.parent, blocks.capacity, blocks.own, blocks.flow, budget, loads)
    return loads


def contiguous_plan(tree: SinkTree, blocks: Blocks) -> Plan:
    """Return the plan that shares the task between the master and the blocks."""
    roots = np.flatnonzero(tree.parent == 0)
    best = split_task(
        tree.size,
        float(tree.own[0]),
        tree.relay[roots],
        1.0 / blocks.capacity[roots],
    )
    loads = block_loads(tree, blocks, best.subtrees)
    loads[0] = best.master
    return Plan(best.cost, loads, _subtree_orders(tree, blocks))


def contiguous_subtree_plans(tree: SinkTree, blocks: Blocks) -> list[SubtreePlan]:
    """Return the plan that the blocks make for each subtree; its bound is 0."""
    roots = np.flatnonzero(tree.parent == 0)
    shares = block_loads(tree, blocks, np.ones(len(roots)))
    return [
        SubtreePlan(
            order,
            shares[subtree.members],
            1.0 / float(blocks.capacity[subtree.members[0]]),
            0.0,
        )
        for subtree, order in zip(
            tree.subtrees, _subtree_orders(tree, blocks), strict=True
        )
    ]


def _subtree_orders(tree: SinkTree, blocks: Blocks) -> tuple[Ints, ...]:
    """Return each subtree's contiguous order, in numbers inside the subtree."""
    position = np.empty(tree.count, dtype=np.int64)
    position[blocks.order] = np.arange(len(blocks.order))
    return tuple(
        np.argsort(position[subtree.members], kind="stable")
        for subtree in tree.subtrees
    )


def _children_by_rate(tree: SinkTree) -> tuple[Ints, Ints]:
    """Return where each parent's children begin, and all children, by falling rate."""
    below = np.arange(1, tree.count)
    # Sorted by what relaying costs, which is w2 e over the rate; where that is 0, by the
    # last link. Distances alone would not do: rounding makes different rates look alike.
    keys = (tree.distance[below], tree.relay[below], tree.parent[below])
    by_rate = np.lexsort(keys) + 1
    start = np.searchsorted(tree.parent[by_rate], np.arange(tree.count + 1))
    return start.astype(np.int64), by_rate.astype(np.int64)


def _solve_block(tree: SinkTree, server: int, children: Ints, blocks: Blocks) -> None:
    """Solve the linear program of one block, and fill in what it takes."""
    width = len(children) + 1
    matrix = np.tril(np.full((width, width), tree.distance[server]), -1)
    matrix[0, 0] = tree.own[server]
    matrix[0, 1:] = tree.relay[children]
    diagonal = np.arange(1, width)
    matrix[diagonal, diagonal] = 1.0 / blocks.capacity[children]
    solved = solve_orders(matrix[None], np.arange(width))
    blocks.capacity[server] = 1.0 / solved.cost[0]
    shares = solved.shares[0] * blocks.capacity[server]
    blocks.own[server] = shares[0]
    blocks.flow[children] = shares[1:]
