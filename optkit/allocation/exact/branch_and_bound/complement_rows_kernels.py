"""Rows that bound what everybody but one block can take; the block must take the rest."""

from __future__ import annotations

import numpy as np

from optkit.allocation.exact.branch_and_bound.capacity_kernels import fill_capacities
from optkit.allocation.exact.branch_and_bound.loss_kernels import (
    ROUNDED,
    budget_loss,
    costly,
    relay_loss,
)
from optkit.allocation.exact.branch_and_bound.node_lp_kernels import (
    add,
    begin_row,
    count_unsent,
)
from optkit.core.runtime.compiled import jitable


@jitable
def complement_rows(arrays, order, k, sent, scratch, program, m):  # type: ignore[no-untyped-def]
    """Write what the unsent servers outside each block take; return the row count.

    What the blocks in such a row lose is passed up to the whole subtree.
    """
    parent, below, burden, wait = (
        arrays.parent,
        arrays.below,
        arrays.burden,
        arrays.wait,
    )
    relay, step, size = arrays.relay, arrays.step, arrays.block_size
    child_start, children = arrays.child_start, arrays.children
    capacities, loss = scratch.capacities, scratch.loss
    kappa, inner, limit, many = (
        capacities.kappa,
        capacities.inner,
        capacities.limit,
        capacities.many,
    )
    rows, rhs, owner = program.rows, program.rhs, program.owner
    n = len(order)
    excluded = np.zeros(n, dtype=np.bool_)
    for c in range(1, n):
        any_unsent = False
        for j in range(n):
            if below[c, j] and not sent[j]:
                any_unsent = True
            excluded[j] = sent[j] or below[c, j]
        if not any_unsent or np.all(excluded):
            continue
        fill_capacities(arrays, excluded, capacities, False)
        begin_row(wait, order, k, 0, kappa[0], rows, rhs, owner, m)
        count_unsent(below, excluded, 0, rows, m)
        for i in range(n):
            if kappa[i] <= 0.0:
                continue
            if i > 0 and budget_loss(below, sent, step, i, loss):
                weight = _lifted(parent, capacities.lift, i, kappa[i] * ROUNDED)
                add(rows, m, weight, loss)
            if excluded[i] or child_start[i] == child_start[i + 1]:
                continue
            if many[i] == size[i] and not costly(
                relay, limit, child_start, children, kappa, i
            ):
                continue
            weight = _lifted(
                parent, capacities.lift, i, (kappa[i] - inner[i]) * ROUNDED
            )
            relay_loss(burden, excluded, limit, i, loss)
            add(rows, m, weight, loss)
        m += 1
    return m


@jitable
def _lifted(parent, lift, v, weight):  # type: ignore[no-untyped-def]
    """Return what the whole subtree loses where the block at v loses ``weight``."""
    while parent[v] >= 0:
        weight *= lift[v]
        v = parent[v]
    return weight
