"""The most that one order takes at cost 1, without an LP solver's overhead.

Without relaying energy the costs of a fixed order are a triangular matrix; with it a few
entries are above the diagonal, so elimination meets mostly zeros. Where the solution and
its prices are non-negative, they prove each other optimal. Elsewhere the simplex of the
node programs takes over.
"""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem.bounded_simplex_kernels import maximise
from optkit.core.runtime.compiled import jitable
from optkit.core.runtime.loops import loop

_CLOSE = 1e-11
"""Relative distance of the two certificates up to which elimination is trusted."""


@jitable
def fill_costs(own, wait, burden, order, rows):  # type: ignore[no-untyped-def]
    """Fill ``rows`` with A of J = A y; rows and columns in the order of sending."""
    n = len(order)
    for r in range(n):
        i = order[r]
        for q in range(n):
            rows[r, q] = burden[i, order[q]]
        for q in range(r):
            rows[r, q] += wait[i, order[q]]
        rows[r, r] += own[i]


@jitable
def certificates(rows, n, loads, prices):  # type: ignore[no-untyped-def]
    """Return (load at cost 1 with ``loads``, upper bound from ``prices``)."""
    cost = 0.0
    total = 0.0
    worth = 0.0
    for r in range(n):
        value = 0.0
        for q in range(n):
            value += rows[r, q] * loads[q]
        cost = max(cost, value)
        total += loads[r]
        worth += prices[r]
    cover = np.inf
    for q in range(n):
        value = 0.0
        for r in range(n):
            value += rows[r, q] * prices[r]
        cover = min(cover, value)
    value = total / cost if cost > 0.0 else 0.0
    return value, worth / cover if cover > 0.0 else np.inf


@jitable
def eliminate(rows, n, factors, loads, prices):  # type: ignore[no-untyped-def]
    """Solve A x = 1 and Aᵀ p = 1 by one factorisation; say whether both are ≥ 0."""
    for r in range(n):
        for q in range(n):
            factors[r, q] = rows[r, q] / rows[q, q]
    for step in range(n):
        pivot = factors[step, step]
        if not pivot > 1e-9:
            return False
        for r in range(step + 1, n):
            t = factors[r, step]
            if t != 0.0:
                t /= pivot
                factors[r, step] = t
                for q in range(step + 1, n):
                    factors[r, q] -= t * factors[step, q]
    for r in range(n):
        value = 1.0
        for q in range(r):
            value -= factors[r, q] * loads[q]
        loads[r] = value
    for r in range(n - 1, -1, -1):
        value = loads[r]
        for q in range(r + 1, n):
            value -= factors[r, q] * loads[q]
        loads[r] = value / factors[r, r]
    for q in range(n):
        if loads[q] < 0.0:
            return False
    for q in range(n):
        loads[q] /= rows[q, q]
    # Uᵀ w = 1/diagonal, then Lᵀ p = w.
    for q in range(n):
        value = 1.0 / rows[q, q]
        for r in range(q):
            value -= factors[r, q] * prices[r]
        prices[q] = value / factors[q, q]
    for q in range(n - 1, -1, -1):
        value = prices[q]
        for r in range(q + 1, n):
            value -= factors[r, q] * prices[r]
        prices[q] = value
    return np.all(prices >= 0.0)


@loop(lambda own, *_: 3 * len(own) ** 3)
def order_value(  # type: ignore[no-untyped-def]
    own, wait, burden, order, rows, factors, ones, diagonal, basis, loads, prices
):
    """Return (load that ``order`` takes at cost 1, upper bound on it), in Gbit.

    ``rows`` is scratch of shape (n, n), ``factors`` of (n + 1, n + 1), ``basis`` of (2 n,),
    the rest of (n,). ``loads`` and ``prices`` are filled in, in the order of sending.
    """
    n = len(order)
    fill_costs(own, wait, burden, order, rows)
    if eliminate(rows, n, factors, loads, prices):
        value, bound = certificates(rows, n, loads, prices)
        if bound - value <= _CLOSE * value:
            return value, bound
    for q in range(n):
        ones[q] = 1.0
        diagonal[q] = rows[q, q]
    maximise(rows, ones, n, diagonal, factors, basis, loads, prices)
    return certificates(rows, n, loads, prices)
