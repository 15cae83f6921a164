"""What the servers not yet sent can take, block by block, at cost 1.

A block is a server and all below it. Plain Python on arrays that numba compiles, as in all
of this package.
"""

from __future__ import annotations

from typing import NamedTuple

from numba.extending import register_jitable

from optkit.core.arrays import Floats


class Capacities(NamedTuple):
    """What is known of each server's block v, arrays of shape (n,).

    Parameters
    ----------
    kappa
        Most load of the unsent servers of the block, relaying charged up to the limits
        only.
    inner
        The same of those below v only.
    price
        (1 − D_v inner)/a_v, what v loses per unit spent.
    lift
        The least that the parent's block loses per Gbit that this one does.
    apart
        Product of the factors 1 − D κ of v's siblings.
    limit
        See :func:`relay_limit`.
    low
        What is left of kappa at the most that relaying beyond the limits can cost.
    many
        Unsent servers of the block.
    """

    kappa: Floats
    inner: Floats
    price: Floats
    lift: Floats
    apart: Floats
    limit: Floats
    low: Floats
    many: Floats


@register_jitable
def block_take(v, dist, own, relay, kid_start, kids, kappa, limit):  # type: ignore[no-untyped-def]
    """Return (what the block at v takes at cost 1, what those below it take of it).

    v relays at no more than ``limit`` per Gbit. An upper bound where ``limit`` ≤ a_v.
    """
    d = dist[v]
    rest = 1.0
    load = 0.0
    spent = 0.0
    for q in range(kid_start[v], kid_start[v + 1]):
        c = kids[q]
        take = kappa[c] * rest
        load += take
        spent += min(relay[c], limit) * take
        rest = max(0.0, rest - d * take)
    scale = own[v] - d * spent
    y = (1.0 - spent) / scale if scale > 0.0 else 1.0 / own[v]
    return load + min(y, 1.0 / own[v]) * rest, load


@register_jitable
def relay_limit(  # type: ignore[no-untyped-def]
    v, alone, above, dist, own, relay, step, kid_start, kids, kappa, low
):
    """Return the most that v may be charged for relaying a Gbit to unsent servers.

    Up to this, contiguous blocks are proven optimal, also if those below v take as little
    as ``low``. ``alone``: nobody unsent is outside v's block, so nobody interrupts it;
    ``above``: D of v's parent.
    """
    most = 0.0
    for q in range(kid_start[v], kid_start[v + 1]):
        if kappa[kids[q]] > 0.0:
            most = max(most, relay[kids[q]])
    most = min(most, own[v])
    if alone or most <= step[v]:
        return most
    # Limits from a κ that is too low are too low, and from one that is too high too high.
    limit = most
    for _ in range(5):
        take, _ = block_take(v, dist, own, relay, kid_start, kids, low, limit)
        left = 1.0 - above * take * (1.0 - 1e-11)
        limit = most if left * most <= step[v] else max(step[v], step[v] / left)
    return limit


@register_jitable
def capacities(arrays, sent, room, everybody):  # type: ignore[no-untyped-def]
    """Fill in ``room``, a :class:`Capacities`, for those whom ``sent`` does not name.

    ``everybody``: who is taken for sent really is.
    """
    # Unpacked: a tuple is handed on array by array, which the innermost calls would feel.
    parent, dist, own = arrays.parent, arrays.distance, arrays.own
    relay, step, size = arrays.relay, arrays.step, arrays.block_size
    kid_start, kids = arrays.kid_start, arrays.kids
    kappa, limit, low, many = room.kappa, room.limit, room.low, room.many
    inner, price, lift, apart = room.inner, room.price, room.lift, room.apart
    n = len(parent)
    for v in range(n):
        many[v] = 0.0 if sent[v] else 1.0
    for v in range(n - 1, 0, -1):
        many[parent[v]] += many[v]
    for v in range(n - 1, -1, -1):
        d = dist[v]
        first, last = kid_start[v], kid_start[v + 1]
        limit[v] = own[v]
        if not sent[v] and many[v] > 1.0:
            alone = everybody and many[v] == many[0]
            above = dist[parent[v]] if parent[v] >= 0 else 0.0
            limit[v] = relay_limit(
                v, alone, above, dist, own, relay, step, kid_start, kids, kappa, low
            )
        total, load = block_take(v, dist, own, relay, kid_start, kids, kappa, limit[v])
        low_total, low_load = block_take(
            v, dist, own, relay, kid_start, kids, low, limit[v]
        )
        inner[v] = load
        dearest = 0.0
        spent = 0.0
        beyond = 0.0
        rest = 1.0
        for q in range(first, last):
            c = kids[q]
            if kappa[c] > 0.0:
                dearest = max(dearest, min(relay[c], limit[v]))
                beyond += max(0.0, relay[c] - limit[v]) * kappa[c]
            spent += min(relay[c], limit[v]) * kappa[c] * rest
            rest = max(0.0, rest - d * kappa[c] * rest)
            apart[c] = 1.0
            for z in range(first, last):
                if z != q:
                    apart[c] *= max(0.0, 1.0 - d * kappa[kids[z]])
        price[v] = rest / own[v]
        if sent[v]:
            through = 1.0
            kappa[v], low[v] = load, low_load
        else:
            through = 0.0
            scale = own[v] - d * spent
            if scale > 0.0:
                through = max(0.0, 1.0 - dearest / scale) * max(0.0, 1.0 - d / own[v])
            kappa[v] = total
            low[v] = low_total - max(0.0, low_total - low_load) * min(1.0, beyond)
            low[v] = max(0.0, low[v])
        if many[v] < size[v]:
            low[v] = 0.0  # what those sent cost the block is not bounded here
        for q in range(first, last):
            lift[kids[q]] = apart[kids[q]] * through * (1.0 - 1e-12)
