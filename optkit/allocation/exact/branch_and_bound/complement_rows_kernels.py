"""What everybody but one block can take: the block must then take the difference."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from optkit.allocation.exact.branch_and_bound.capacity_kernels import capacities
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


@register_jitable
def others_rows(arrays, order, k, sent, scratch, program, m):  # type: ignore[no-untyped-def]
    """Write, for every block, what all unsent outside it take; return the row count.

    What such a row loses is handed up to the whole subtree.
    """
    parent, below, burden, wait = (
        arrays.parent,
        arrays.below,
        arrays.burden,
        arrays.wait,
    )
    relay, step, size = arrays.relay, arrays.step, arrays.block_size
    kid_start, kids = arrays.kid_start, arrays.kids
    room, loss = scratch.room, scratch.loss
    kappa, inner, limit, many = room.kappa, room.inner, room.limit, room.many
    rows, rhs, owner = program.rows, program.rhs, program.owner
    n = len(order)
    gone = np.zeros(n, dtype=np.bool_)
    for c in range(1, n):
        anybody = False
        for j in range(n):
            if below[c, j] and not sent[j]:
                anybody = True
            gone[j] = sent[j] or below[c, j]
        if not anybody or np.all(gone):
            continue
        capacities(arrays, gone, room, False)
        begin_row(wait, order, k, 0, kappa[0], rows, rhs, owner, m)
        count_unsent(below, gone, 0, rows, m)
        for i in range(n):
            if kappa[i] <= 0.0:
                continue
            if i > 0 and budget_loss(below, sent, step, i, loss):
                weight = _lifted(parent, room.lift, i, kappa[i] * ROUNDED)
                add(rows, m, weight, loss)
            if gone[i] or kid_start[i] == kid_start[i + 1]:
                continue
            if many[i] == size[i] and not costly(
                relay, limit, kid_start, kids, kappa, i
            ):
                continue
            weight = _lifted(parent, room.lift, i, (kappa[i] - inner[i]) * ROUNDED)
            relay_loss(burden, gone, limit, i, loss)
            add(rows, m, weight, loss)
        m += 1
    return m


@register_jitable
def _lifted(parent, lift, v, weight):  # type: ignore[no-untyped-def]
    """Return what the whole subtree loses where the block at v loses ``weight``."""
    while parent[v] >= 0:
        weight *= lift[v]
        v = parent[v]
    return weight
