"""The least price of a server over all orders, in each block that contains it."""

from __future__ import annotations

from optkit.core.runtime.compiled import jitable


@jitable
def plain_capacities(arrays, sent, plain):  # type: ignore[no-untyped-def]
    """Fill in what each block's unsent servers take at cost 1 without relaying energy."""
    parent, distance, own = arrays.parent, arrays.distance, arrays.own
    n = len(parent)
    for v in range(n):
        plain[v] = 0.0
    for v in range(n - 1, -1, -1):
        if not sent[v]:
            plain[v] += (1.0 - distance[v] * plain[v]) / own[v]
        p = parent[v]
        if p >= 0:
            plain[p] += plain[v] * (1.0 - distance[p] * plain[p])


@jitable
def least_prices(parent, distance, own, plain, i, path_price):  # type: ignore[no-untyped-def]
    """Fill in the least price of i inside v's block, for every v from i up to the root.

    That is its price when it is sent first of the block's unsent servers. ``path_price`` is
    indexed by v.
    """
    # The block without i, level by level: divide i's factor out of the product.
    d = distance[i]
    factor = 1.0 - d / own[i]
    without = 0.0
    if d > 0.0 and factor > 1e-3:
        without = max(0.0, (1.0 - (1.0 - d * plain[i]) / factor) / d)
        without = min(plain[i], without + 1e-12 / d)
    else:  # dividing would lose digits: start from the children
        for c in range(i + 1, len(parent)):
            if parent[c] == i:
                without += plain[c] * (1.0 - d * without)
    was = plain[i]
    waited = 0.0
    v = i
    while True:
        path_price[v] = max(0.0, (1.0 - waited - distance[v] * without) / own[i])
        p = parent[v]
        if p < 0:
            return
        waited += (distance[v] - distance[p]) * without
        d = distance[p]
        others = 1.0 - d * was
        now = plain[p]  # safe: it only makes the price smaller
        if d == 0.0:
            now = plain[p] - was + without
        elif others > 1e-3:
            now = (1.0 - (1.0 - d * plain[p]) / others * (1.0 - d * without)) / d
            now = min(plain[p], now + 1e-12 / d)
        was = plain[p]
        without = now
        v = p
