"""What blocks lose to relaying and to servers sent, and what those above lose by it."""

from __future__ import annotations

from numba.extending import register_jitable

from optkit.allocation.exact.branch_and_bound.node_lp_kernels import add

ROUNDED = 1.0 - 1e-12
"""Taken off each loss, so that rounding never makes a row say more than is proven."""


@register_jitable
def costly(relay, limit, kid_start, kids, kappa, i):  # type: ignore[no-untyped-def]
    """Say whether i may pay more for relaying to unsent servers than its limit."""
    for q in range(kid_start[i], kid_start[i + 1]):
        if kappa[kids[q]] > 0.0 and relay[kids[q]] > limit[i]:
            return True
    return False


@register_jitable
def relay_loss(burden, sent, limit, i, loss):  # type: ignore[no-untyped-def]
    """Fill in what i pays per Gbit of each server beyond its limit, and for those sent."""
    for j in range(len(burden)):
        if sent[j]:
            loss[j] = burden[i, j]
        else:
            loss[j] = max(0.0, burden[i, j] - limit[i])


@register_jitable
def budget_loss(below, sent, step, c, loss):  # type: ignore[no-untyped-def]
    """Fill in how much less budget the block at c has than its parent's; say if it has."""
    begun = False
    for j in range(len(below)):
        loss[j] = 0.0
        if sent[j] and below[c, j]:
            loss[j] = step[c]
            begun = True
    return begun


@register_jitable
def _charge_above(  # type: ignore[no-untyped-def]
    parent,
    dist,
    own,
    kid_start,
    kids,
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
    """Add to the rows of all blocks above c what they lose if c's loses ``weight``."""
    v = parent[c]
    while v >= 0 and weight > 0.0:
        d = dist[v]
        reached = False
        factor = 1.0
        for q in range(kid_start[v], kid_start[v + 1]):
            if kids[q] == c:
                reached = True
            else:
                factor *= max(0.0, 1.0 - d * kappa[kids[q]])
            if reached and together[kids[q]] >= 0:
                add(rows, together[kids[q]], weight * factor, loss)
        if relaying[v] >= 0:
            through = max(0.0, 1.0 - d / own[v])
            add(rows, relaying[v], weight * apart[c] * through, loss)
        weight *= lift[c]
        add(rows, block[v], weight, loss)
        c = v
        v = parent[v]


@register_jitable
def charge_losses(arrays, sent, scratch, rows):  # type: ignore[no-untyped-def]
    """Add to the rows of every block what it loses, and what those below it lose."""
    parent, below, burden = arrays.parent, arrays.below, arrays.burden
    dist, own, relay = arrays.distance, arrays.own, arrays.relay
    step, size = arrays.step, arrays.block_size
    kid_start, kids = arrays.kid_start, arrays.kids
    room, places, loss = scratch.room, scratch.places, scratch.loss
    kappa, inner, limit, many = room.kappa, room.inner, room.limit, room.many
    apart, lift = room.apart, room.lift
    block, relaying, together = places.block, places.relaying, places.together
    for i in range(len(sent)):
        if kappa[i] <= 0.0:
            continue
        if i > 0 and budget_loss(below, sent, step, i, loss):
            _charge_above(
                parent,
                dist,
                own,
                kid_start,
                kids,
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
        if sent[i] or kid_start[i] == kid_start[i + 1]:
            continue
        if many[i] < size[i] or costly(relay, limit, kid_start, kids, kappa, i):
            weight = (kappa[i] - inner[i]) * ROUNDED
            relay_loss(burden, sent, limit, i, loss)
            add(rows, block[i], weight, loss)
            _charge_above(
                parent,
                dist,
                own,
                kid_start,
                kids,
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
