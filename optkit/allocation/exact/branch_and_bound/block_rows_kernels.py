"""Rows that bound what each block's unsent servers take of its budget."""

from __future__ import annotations

from optkit.allocation.exact.branch_and_bound.node_lp_kernels import (
    begin_row,
    count_unsent,
)
from optkit.core.runtime.compiled import jitable


@jitable
def block_rows(arrays, order, k, sent, scratch, program, m):  # type: ignore[no-untyped-def]
    """Write the rows of every block that has unsent servers; return the new row count.

    ``scratch.row_numbers`` notes which row belongs to which block; prices and losses of the
    blocks are added later.
    """
    wait, below, burden, own = arrays.wait, arrays.below, arrays.burden, arrays.own
    distance, child_start, children = (
        arrays.distance,
        arrays.child_start,
        arrays.children,
    )
    kappa, inner, price = (
        scratch.capacities.kappa,
        scratch.capacities.inner,
        scratch.capacities.price,
    )
    row_numbers, plain = scratch.row_numbers, scratch.plain
    block, relaying, together = (
        row_numbers.block,
        row_numbers.relaying,
        row_numbers.together,
    )
    rows, rhs, owner = program.rows, program.rhs, program.owner
    n = len(order)
    for v in range(n):
        if kappa[v] <= 0.0:
            continue
        # Unsent servers of v's block take κ times what is left of the budget there.
        begin_row(wait, order, k, v, kappa[v], rows, rhs, owner, m)
        count_unsent(below, sent, v, rows, m)
        block[v] = m
        relaying[v] = -1
        m += 1
        first, end = child_start[v], child_start[v + 1]
        if first == end:
            continue
        # Its children's blocks, the cheapest to relay to first, taken together.
        taken = 0.0
        blocks = 0
        for q in range(first, end):
            c = children[q]
            together[c] = -1
            if kappa[c] <= 0.0:
                continue
            taken += kappa[c] * (1.0 - distance[v] * taken)
            blocks += 1
            if blocks == 1:
                continue
            begin_row(wait, order, k, v, taken, rows, rhs, owner, m)
            for z in range(first, q + 1):
                count_unsent(below, sent, children[z], rows, m)
            together[c] = m
            m += 1
        if not sent[v]:
            # v relays out of the budget that its own load needs.
            begin_row(wait, order, k, v, inner[v] + price[v], rows, rhs, owner, m)
            count_unsent(below, sent, v, rows, m)
            for j in range(n):
                rows[m, j] += price[v] * burden[v, j]
            relaying[v] = m
            m += 1
            begin_row(wait, order, k, v, 1.0, rows, rhs, owner, m)
            for j in range(n):
                rows[m, j] += burden[v, j]
            rows[m, v] += own[v]
            m += 1
        # Least prices: each server loses at least its own per unit that it spends.
        begin_row(wait, order, k, v, plain[v], rows, rhs, owner, m)
        count_unsent(below, sent, v, rows, m)
        row_numbers.prices[v] = m
        m += 1
    return m
