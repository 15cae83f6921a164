"""Inequalities that all orders of a subtree satisfy, for the declarative model.

There are three kinds, each for any order and homogeneous in the cost z (Theorem 2): the
most that a block takes; the most that siblings' blocks take together; and, for a set of
servers, what the losses of their budgets cost at prices that no order undercuts. The
section "Cuts" of ``docs/allocation-bounds.md`` has the proofs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from optkit.allocation.bounds.relaxation import block_capacity, rounding
from optkit.allocation.bounds.relay_condition import clipped_relay
from optkit.allocation.exact.enumeration import enumerate_orders
from optkit.allocation.exact.milp_cuts.relay_cuts import charged_cuts
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.core.arrays import Bools, Floats, Ints

if TYPE_CHECKING:
    from optkit.models.allocation import AllocationCuts, PriceCut

MAX_ENUMERATED = 5
"""Most servers of a block that is bounded by trying all of its orders."""

MAX_PAIRED = 20
"""Most servers of a subtree that gets a cut per pair: n²/2 cuts of n terms."""


def allocation_cuts(
    tree: SinkTree,
    lowest: float,
    highest: float,
    order: list[tuple[str, str]],
    check_time: Callable[[], None],
) -> AllocationCuts:
    """Return the cuts of ``tree``.

    Parameters
    ----------
    tree
        The sink tree, with its costs in the units of the model.
    lowest, highest
        A lower bound on the cost, and the cost of a known solution.
    order
        Precedences that are known to be without loss.
    check_time
        Called once per cut; may raise to stop.
    """
    from optkit.models.allocation import AllocationCuts

    return AllocationCuts(
        capacities=list(_capacities(tree, check_time)),
        prices=list(_prices(tree, check_time)),
        lowest=lowest,
        highest=highest,
        order=order,
    )


def _capacities(
    tree: SinkTree, check_time: Callable[[], None]
) -> Iterator[tuple[dict[str, float], float]]:
    """Yield the most that blocks take, each with and without their relaying charged."""
    safe = 1.0 + rounding(tree.count)
    kappa = block_bounds(tree, check_time)
    for server in range(1, tree.count):
        if np.isfinite(kappa[server]):
            yield {tree.ids[server]: 1.0}, kappa[server] * safe
    able = replace(tree, works=np.ones(tree.count, dtype=bool))
    if not supports_blocks(able):
        return
    for server in range(1, tree.count):
        check_time()
        if np.any(tree.parent == server):
            yield from charged_cuts(_block_alone(able, server), safe)


def block_bounds(tree: SinkTree, check_time: Callable[[], None]) -> Floats:
    """Return the most that the block at each server takes at cost 1 as the only subtree.

    As the only subtree, its first server may pay any price for relaying, since the relay
    condition asks nothing of the first; so the bound is better than the clipped one inside
    the tree.

    Returns
    -------
    array
        Gbit per unit of cost, shape (N+1,); the master's entry is meaningless. Infinite
        where load costs nothing.
    """
    # Let all servers work: that only adds to what a block can take.
    able = replace(tree, works=np.ones(tree.count, dtype=bool))
    bounds = block_capacity(able)
    if not supports_blocks(able):
        return bounds
    for server in range(1, tree.count):
        check_time()
        block = _block_alone(able, server)
        takes = contiguous_blocks(replace(block, relay=clipped_relay(block))).capacity[
            1
        ]
        if 2 < block.count <= MAX_ENUMERATED + 1:
            result = enumerate_orders(block.subtrees[0])
            if result.plan is not None and result.complete:
                takes = min(takes, 1.0 / result.plan.bound)
        bounds[server] = min(bounds[server], takes)
    return bounds


def _block_alone(tree: SinkTree, server: int) -> SinkTree:
    """Return a tree whose only subtree is the block at ``server``."""
    inside = np.zeros(tree.count, dtype=bool)
    inside[server] = True
    for below in range(server + 1, tree.count):
        inside[below] = tree.parent[below] > 0 and inside[tree.parent[below]]
    members = np.concatenate([[0], np.flatnonzero(inside)])
    position = np.zeros(tree.count, dtype=np.int64)
    position[members] = np.arange(len(members))
    parent = position[np.maximum(tree.parent[members], 0)]
    parent[0], parent[1] = -1, 0
    return SinkTree(
        ids=tuple(tree.ids[member] for member in members),
        parent=parent,
        distance=tree.distance[members],
        own=tree.own[members],
        relay=tree.relay[members],
        time=tree.time[members],
        ghz=tree.ghz[members],
        works=tree.works[members],
        size=tree.size,
    )


def _prices(tree: SinkTree, check_time: Callable[[], None]) -> Iterator[PriceCut]:
    """Yield the price cuts of the blocks, and of the pairs that are not blocks."""
    from optkit.models.allocation import PriceCut

    safe = 1.0 + rounding(tree.count)
    for inside in _sets(tree):
        check_time()
        members = np.flatnonzero(inside)
        if np.any(tree.own[members] <= 0.0):
            continue
        capacity, prices = least_prices(tree, members)
        yield PriceCut(
            {tree.ids[i]: float(p) for i, p in zip(members, prices, strict=True)},
            capacity * safe,
        )


def _sets(tree: SinkTree) -> Iterator[Bools]:
    """Yield sets of at least two servers of one subtree that may work, each once."""
    yielded = set()
    for inside in _candidates(tree):
        inside &= tree.works
        key = inside.tobytes()
        if inside.sum() >= 2 and key not in yielded:
            yielded.add(key)
            yield inside


def _candidates(tree: SinkTree) -> Iterator[Bools]:
    below = np.eye(tree.count, dtype=bool)
    for server in range(tree.count - 1, 0, -1):
        if tree.parent[server] > 0:
            below[tree.parent[server]] |= below[server]
    yield from below[1:].copy()
    for subtree in tree.subtrees:
        if subtree.size <= MAX_PAIRED:
            for pair in combinations(subtree.members, 2):
                inside = np.zeros(tree.count, dtype=bool)
                inside[list(pair)] = True
                yield inside


def least_prices(tree: SinkTree, members: Ints) -> tuple[float, Floats]:
    """Return what a set of servers takes at cost 1, and the least price of each.

    Relaying is free here. The price of a server is what one unit less of its budget costs
    the whole set in Gbit; it is least when the server is sent first.

    Parameters
    ----------
    tree
        The sink tree; these servers may work and have a cost.
    members
        Their numbers, all of one subtree.

    Returns
    -------
    float
        κ of the set.
    array
        p_i of each, shape (len(members),).
    """
    works = np.zeros(tree.count, dtype=bool)
    works[members] = True
    root = int(members[0])
    while tree.parent[root] > 0:
        root = int(tree.parent[root])
    capacity = float(block_capacity(replace(tree, works=works))[root])
    prices = np.zeros(len(members))
    for k, member in enumerate(members):
        works[member] = False
        without = block_capacity(replace(tree, works=works))
        works[member] = True
        waiting, server = 0.0, int(member)
        while server > 0:
            above = int(tree.parent[server])
            step = tree.distance[server] - (tree.distance[above] if above > 0 else 0.0)
            waiting += step * without[server]
            server = above
        prices[k] = max(0.0, 1.0 - waiting * (1.0 + rounding(tree.count)))
    return capacity, prices / tree.own[members] * (1.0 - rounding(tree.count))
