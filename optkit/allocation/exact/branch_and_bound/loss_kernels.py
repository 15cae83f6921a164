"""Losses of blocks to relaying and to servers already sent, and of the blocks above."""

from __future__ import annotations

from optkit.allocation.exact.branch_and_bound.node_lp_kernels import add
from optkit.core.runtime.compiled import jitable

ROUNDED = 1.0 - 1e-12
"""Factor on each loss, so that rounding never makes a row stronger than is proven."""


@jitable
def costly(relay, limit, child_start, children, kappa, i):  # type: ignore[no-untyped-def]
    """Say whether i may pay more for relaying to unsent servers than its limit."""
    for q in range(child_start[i], child_start[i + 1]):
        if kappa[children[q]] > 0.0 and relay[children[q]] > limit[i]:
            return True
    return False


@jitable
def relay_loss(burden, sent, limit, i, loss):  # type: ignore[no-untyped-def]
    """Fill in what i pays per Gbit of each server: beyond its limit, or in full if sent."""
    for j in range(len(burden)):
        if sent[j]:
            loss[j] = burden[i, j]
        else:
            loss[j] = max(0.0, burden[i, j] - limit[i])


@jitable
def budget_loss(below, sent, step, c, loss):  # type: ignore[no-untyped-def]
    """Fill in how much less budget c's block has than its parent's; say if any."""
    any_sent = False
    for j in range(len(below)):
        loss[j] = 0.0
        if sent[j] and below[c, j]:
            loss[j] = step[c]
            any_sent = True
    return any_sent


@jitable
def _charge_above(  # type: ignore[no-untyped-def]
    parent,
    distance,
    own,
    child_start,
    children,
    kappa,
    apart,
    lift,
    block,
    relaying,
    together,
    rows,
    c,
    weight,
    loss,
):
    """Add the losses of all blocks above c to their rows, if c's block loses ``weight``."""
    v = parent[c]
    while v >= 0 and weight > 0.0:
        d = distance[v]
        reached = False
        factor = 1.0
        for q in range(child_start[v], child_start[v + 1]):
            if children[q] == c:
                reached = True
            else:
                factor *= max(0.0, 1.0 - d * kappa[children[q]])
            if reached and together[children[q]] >= 0:
                add(rows, together[children[q]], weight * factor, loss)
        if relaying[v] >= 0:
            through = max(0.0, 1.0 - d / own[v])
            add(rows, relaying[v], weight * apart[c] * through, loss)
        weight *= lift[c]
        add(rows, block[v], weight, loss)
        c = v
        v = parent[v]


@jitable
def charge_losses(arrays, sent, scratch, rows):  # type: ignore[no-untyped-def]
    """Add to the rows of every block its own losses and those of the blocks below it."""
    parent, below, burden = arrays.parent, arrays.below, arrays.burden
    distance, own, relay = arrays.distance, arrays.own, arrays.relay
    step, size = arrays.step, arrays.block_size
    child_start, children = arrays.child_start, arrays.children
    capacities, row_numbers, loss = (
        scratch.capacities,
        scratch.row_numbers,
        scratch.loss,
    )
    kappa, inner, limit, many = (
        capacities.kappa,
        capacities.inner,
        capacities.limit,
        capacities.many,
    )
    apart, lift = capacities.apart, capacities.lift
    block, relaying, together = (
        row_numbers.block,
        row_numbers.relaying,
        row_numbers.together,
    )
    for i in range(len(sent)):
        if kappa[i] <= 0.0:
            continue
        if i > 0 and budget_loss(below, sent, step, i, loss):
            _charge_above(
                parent,
                distance,
                own,
                child_start,
                children,
                kappa,
                apart,
                lift,
                block,
                relaying,
                together,
                rows,
                i,
                kappa[i] * ROUNDED,
                loss,
            )
        if sent[i] or child_start[i] == child_start[i + 1]:
            continue
        if many[i] < size[i] or costly(relay, limit, child_start, children, kappa, i):
            weight = (kappa[i] - inner[i]) * ROUNDED
            relay_loss(burden, sent, limit, i, loss)
            add(rows, block[i], weight, loss)
            _charge_above(
                parent,
                distance,
                own,
                child_start,
                children,
                kappa,
                apart,
                lift,
                block,
                relaying,
                together,
                rows,
                i,
                weight,
                loss,
            )
