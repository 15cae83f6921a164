"""The linear program of a node or an order, with a bound that rounding cannot break.

Columns are loads in units of 1/a_i (unit diagonal), so the simplex starts at zero load,
which is feasible, and its pivots are of one magnitude. A bound is never read off the
tableau. The final row prices, clipped to be non-negative, are put into the program again,
and weak duality gives a valid bound however the pivots were rounded.
"""

from __future__ import annotations

import numpy as np

from optkit.core.runtime.compiled import jitable


@jitable
def maximise(rows, rhs, m, own, tableau, basis, loads, prices):  # type: ignore[no-untyped-def]
    """Maximise the total load under the rows; return a certified upper bound.

    The primal simplex on the condensed tableau, starting from zero load. ``loads`` and
    ``prices`` are filled in with its final values.
    """
    n = len(own)
    for r in range(m):
        for j in range(n):
            tableau[r, j] = rows[r, j] / own[j]
        tableau[r, n] = rhs[r]
    top = 0.0
    for j in range(n):
        top = max(top, 1.0 / own[j])
    for j in range(n):
        tableau[m, j] = -1.0 / (own[j] * top)
    tableau[m, n] = 0.0
    # basis: the variables of the n columns, then of the m rows; loads are 0 to n − 1.
    for j in range(n):
        basis[j] = j
    for r in range(m):
        basis[n + r] = n + r
    for step in range(12 * (n + 5)):
        col = -1
        if step < 6 * (n + 5):
            least = -1e-12
            for j in range(n):
                if tableau[m, j] < least:
                    least = tableau[m, j]
                    col = j
        else:
            number = n + m
            for j in range(n):
                if tableau[m, j] < -1e-12 and basis[j] < number:
                    number = basis[j]
                    col = j
        if col < 0:
            break
        row = -1
        ratio = np.inf
        for r in range(m):
            t = tableau[r, col]
            if t > 1e-11:
                q = max(tableau[r, n], 0.0) / t
                if q < ratio * (1.0 - 1e-13) or (
                    q <= ratio * (1.0 + 1e-13) and t > tableau[row, col]
                ):
                    ratio = q
                    row = r
        if row < 0:
            break
        inverse = 1.0 / tableau[row, col]
        for j in range(n + 1):
            tableau[row, j] *= inverse
        tableau[row, col] = inverse
        for r in range(m + 1):
            if r != row:
                t = tableau[r, col]
                if t != 0.0:
                    for j in range(n + 1):
                        tableau[r, j] -= t * tableau[row, j]
                    tableau[r, col] = -t * inverse
        swap = basis[col]
        basis[col] = basis[n + row]
        basis[n + row] = swap
    for j in range(n):
        loads[j] = 0.0
    for r in range(m):
        prices[r] = 0.0
        if basis[n + r] < n:
            loads[basis[n + r]] = max(tableau[r, n], 0.0) / own[basis[n + r]]
    for j in range(n):
        if basis[j] >= n:
            prices[basis[j] - n] = max(tableau[m, j], 0.0) * top
    # Weak duality: prices, scaled until they cover every column, give a bound.
    cover = np.inf
    for j in range(n):
        total = 0.0
        for r in range(m):
            total += prices[r] * rows[r, j]
        cover = min(cover, total)
    if not cover > 0.0:
        return np.inf
    worth = 0.0
    for r in range(m):
        worth += prices[r] * rhs[r]
    return worth / cover
