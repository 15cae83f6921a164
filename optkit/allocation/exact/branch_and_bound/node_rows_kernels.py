"""The linear program of a node: rows that every order with its prefix satisfies.

Everything here is plain Python on arrays, compiled by numba; called from Python it runs as
it is. ``docs/allocation-bounds.md`` has the inequalities and their proofs.
"""

from __future__ import annotations

from optkit.allocation.exact.branch_and_bound.block_rows_kernels import block_rows
from optkit.allocation.exact.branch_and_bound.capacity_kernels import fill_capacities
from optkit.allocation.exact.branch_and_bound.complement_rows_kernels import (
    complement_rows,
)
from optkit.allocation.exact.branch_and_bound.least_price_kernels import (
    least_prices,
    plain_capacities,
)
from optkit.allocation.exact.branch_and_bound.loss_kernels import charge_losses
from optkit.core.runtime.compiled import jitable


@jitable
def node_rows(  # type: ignore[no-untyped-def]
    arrays, order, k, sent, scratch, program, root, root_count
):
    """Write the rows of the node whose prefix is ``order[:k]``; return how many there are.

    Parameters
    ----------
    arrays
        A :class:`~optkit.allocation.problem.subtree_arrays.SubtreeArrays`.
    order, k, sent
        The servers sent, in their order; ``sent`` says of each server whether it is.
    scratch, program
        A ``Scratch`` of :mod:`~optkit.allocation.exact.branch_and_bound.node_lp_kernels`,
        and the ``Program`` to be written.
    root, root_count
        The program of the empty prefix and its number of rows; 0 while it is written.
    """
    fill_capacities(arrays, sent, scratch.capacities, True)
    m = _sent_rows(arrays, order, k, program)
    if k == len(order):
        return m
    plain_capacities(arrays, sent, scratch.plain)
    m = block_rows(arrays, order, k, sent, scratch, program, m)
    _charge_prices(arrays, order, k, sent, scratch, program.rows)
    charge_losses(arrays, sent, scratch, program.rows)
    m = complement_rows(arrays, order, k, sent, scratch, program, m)
    return _kept_rows(arrays, order, k, scratch.begun, program, m, root, root_count)


@jitable
def _sent_rows(arrays, order, k, program):  # type: ignore[no-untyped-def]
    """Write the rows of the servers already sent, whose cost is known in full."""
    rows, burden, wait = program.rows, arrays.burden, arrays.wait
    for pos in range(k):
        i = order[pos]
        for j in range(len(order)):
            rows[pos, j] = burden[i, j]
        rows[pos, i] += arrays.own[i]
        for q in range(pos):
            rows[pos, order[q]] += wait[i, order[q]]
        program.rhs[pos] = 1.0
    return k


@jitable
def _charge_prices(arrays, order, k, sent, scratch, rows):  # type: ignore[no-untyped-def]
    """Charge every unsent server at its least price for its relaying and waiting."""
    parent, child_start = arrays.parent, arrays.child_start
    burden, wait = arrays.burden, arrays.wait
    distance, own = arrays.distance, arrays.own
    plain, least, prices = scratch.plain, scratch.least, scratch.row_numbers.prices
    n = len(order)
    for i in range(n):
        if sent[i]:
            continue
        least_prices(parent, distance, own, plain, i, least)
        v = i
        while v >= 0:
            if child_start[v] < child_start[v + 1]:
                r = prices[v]
                p = least[v]
                for j in range(n):
                    rows[r, j] += p * burden[i, j]
                for pos in range(k):
                    j = order[pos]
                    rows[r, j] += p * (wait[i, j] - wait[v, j])
            v = parent[v]


@jitable
def _kept_rows(arrays, order, k, begun, program, m, root, root_count):  # type: ignore[no-untyped-def]
    """Keep the rows that held for each block before its first server was sent.

    A block that has begun keeps its rows of the root: any order that completes it is one of
    those that the rows allow. Returns the new row count.
    """
    below, wait, rows = arrays.below, arrays.wait, program.rows
    n = len(order)
    for v in range(n):
        begun[v] = k
        for pos in range(k):
            if below[v, order[pos]]:
                begun[v] = pos
                break
    for r in range(root_count):
        v = root.owner[r]
        if begun[v] == k:
            continue
        for j in range(n):
            rows[m, j] = root.rows[r, j]
        for pos in range(begun[v]):
            rows[m, order[pos]] += root.rhs[r] * wait[v, order[pos]]
        program.rhs[m] = root.rhs[r]
        m += 1
    return m
