"""Load that the servers not yet sent can take at cost 1, block by block.

A block is a server and all below it. As everywhere in this package, the loops are plain
Python on arrays, compiled by numba.
"""

from __future__ import annotations

from typing import NamedTuple

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import jitable


class Capacities(NamedTuple):
    """Capacities of each server's block v, arrays of shape (n,).

    Parameters
    ----------
    kappa
        Most load of the unsent servers of the block, relaying charged only up to the
        limits.
    inner
        The same for those below v only.
    price
        (1 − D_v inner)/a_v, what v loses per unit spent.
    lift
        The least that the parent's block loses per Gbit that this one does.
    apart
        Product of the factors 1 − D κ of v's siblings.
    limit
        See :func:`relay_limit`.
    low
        The part of kappa that is left if relaying beyond the limits costs all it can.
    many
        Number of unsent servers of the block.
    """

    kappa: Floats
    inner: Floats
    price: Floats
    lift: Floats
    apart: Floats
    limit: Floats
    low: Floats
    many: Floats


@jitable
def block_take(v, distance, own, relay, child_start, children, kappa, limit):  # type: ignore[no-untyped-def]
    """Return (what the block at v takes at cost 1, what those below it take of it).

    v relays at no more than ``limit`` per Gbit. An upper bound where ``limit`` ≤ a_v.
    """
    d = distance[v]
    rest = 1.0
    load = 0.0
    spent = 0.0
    for q in range(child_start[v], child_start[v + 1]):
        c = children[q]
        take = kappa[c] * rest
        load += take
        spent += min(relay[c], limit) * take
        rest = max(0.0, rest - d * take)
    scale = own[v] - d * spent
    y = (1.0 - spent) / scale if scale > 0.0 else 1.0 / own[v]
    return load + min(y, 1.0 / own[v]) * rest, load


@jitable
def relay_limit(  # type: ignore[no-untyped-def]
    v, alone, above, distance, own, relay, step, child_start, children, kappa, low
):
    """Return the most that v may be charged for relaying a Gbit to unsent servers.

    Up to this, contiguous blocks are proven optimal, even if those below v take as little
    as ``low``. ``alone``: no unsent server is outside v's block, so none interrupts it;
    ``above``: D of v's parent.
    """
    most = 0.0
    for q in range(child_start[v], child_start[v + 1]):
        if kappa[children[q]] > 0.0:
            most = max(most, relay[children[q]])
    most = min(most, own[v])
    if alone or most <= step[v]:
        return most
    # A κ that is too low gives limits that are too low; one that is too high, too high.
    limit = most
    for _ in range(5):
        take, _ = block_take(v, distance, own, relay, child_start, children, low, limit)
        left = 1.0 - above * take * (1.0 - 1e-11)
        limit = most if left * most <= step[v] else max(step[v], step[v] / left)
    return limit


@jitable
def fill_capacities(arrays, sent, capacities, everybody):  # type: ignore[no-untyped-def]
    """Fill in ``capacities`` for the servers that ``sent`` does not mark.

    ``everybody``: whether all servers marked as sent really are.
    """
    # Unpacked, because handing a tuple on array by array would slow the innermost calls.
    parent, distance, own = arrays.parent, arrays.distance, arrays.own
    relay, step, size = arrays.relay, arrays.step, arrays.block_size
    child_start, children = arrays.child_start, arrays.children
    kappa, limit, low, many = (
        capacities.kappa,
        capacities.limit,
        capacities.low,
        capacities.many,
    )
    inner, price, lift, apart = (
        capacities.inner,
        capacities.price,
        capacities.lift,
        capacities.apart,
    )
    n = len(parent)
    for v in range(n):
        many[v] = 0.0 if sent[v] else 1.0
    for v in range(n - 1, 0, -1):
        many[parent[v]] += many[v]
    for v in range(n - 1, -1, -1):
        d = distance[v]
        first, last = child_start[v], child_start[v + 1]
        limit[v] = own[v]
        if not sent[v] and many[v] > 1.0:
            alone = everybody and many[v] == many[0]
            above = distance[parent[v]] if parent[v] >= 0 else 0.0
            limit[v] = relay_limit(
                v,
                alone,
                above,
                distance,
                own,
                relay,
                step,
                child_start,
                children,
                kappa,
                low,
            )
        total, load = block_take(
            v, distance, own, relay, child_start, children, kappa, limit[v]
        )
        low_total, low_load = block_take(
            v, distance, own, relay, child_start, children, low, limit[v]
        )
        inner[v] = load
        dearest = 0.0
        spent = 0.0
        beyond = 0.0
        rest = 1.0
        for q in range(first, last):
            c = children[q]
            if kappa[c] > 0.0:
                dearest = max(dearest, min(relay[c], limit[v]))
                beyond += max(0.0, relay[c] - limit[v]) * kappa[c]
            spent += min(relay[c], limit[v]) * kappa[c] * rest
            rest = max(0.0, rest - d * kappa[c] * rest)
            apart[c] = 1.0
            for z in range(first, last):
                if z != q:
                    apart[c] *= max(0.0, 1.0 - d * kappa[children[z]])
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
            low[v] = 0.0  # the cost of the servers already sent is not bounded here
        for q in range(first, last):
            lift[children[q]] = apart[children[q]] * through * (1.0 - 1e-12)
