"""Compiled loops over the law of the length of one queue.

In a slot, 0 … A jobs arrive with probabilities a[0 … A] and join as far as there is room;
then, if the queue is not empty, one job leaves with probability μ. With A = 1 this is the
paper's kernel: [0,0] = 1 − b + bμ, [l,l−1] = μ(1 − b), [L,L−1] = μ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.compiled import compiled

NEGLIGIBLE = 1e-15
"""A longest length with less probability than this is merged with the next shorter one."""


@compiled
def advance_law(law: Any, scratch: Any, top: int, arrivals: Any, rate: float) -> Any:
    """Advance the law of the length by one slot, in place.

    Parameters
    ----------
    law
        (L + 1,); zero above ``top``.
    scratch
        Of the same shape; overwritten.
    top
        Longest length with positive probability.
    arrivals, rate
        The slot's arrivals, and μ.

    Returns
    -------
    tuple of int and float
        The new longest length with positive probability, and the expected number of
        drops.
    """
    limit = len(law) - 1
    most = len(arrivals) - 1
    reach = min(limit, top + most)
    drops = 0.0
    for length in range(reach + 1):
        scratch[length] = 0.0
    # The inner loops run over lengths without branches, so they become vector code.
    for count in range(most + 1):
        share = arrivals[count]
        if share == 0.0:
            continue
        room = min(top, limit - count)
        for length in range(room + 1):
            scratch[length + count] += law[length] * share
        for length in range(max(room + 1, 0), top + 1):
            drops += law[length] * share * (length + count - limit)
            scratch[limit] += law[length] * share
    law[reach] = scratch[reach] * (1.0 - rate)
    for length in range(reach):
        law[length] = scratch[length] * (1.0 - rate) + scratch[length + 1] * rate
    law[0] += scratch[0] * rate
    while reach > 0 and law[reach] < NEGLIGIBLE:
        law[reach - 1] += law[reach]
        law[reach] = 0.0
        reach -= 1
    return reach, drops


@compiled
def next_law(law: Any, arrivals: Any, rate: float) -> Any:
    """Return the law of the length one slot later, and the expected number of drops."""
    later = law.copy()
    _, drops = advance_law(later, np.empty(len(law)), len(law) - 1, arrivals, rate)
    return later, drops


@compiled
def expected_next(value: Any, arrivals: Any, rate: float) -> Any:
    """Return the expectation of ``value`` one slot later, by the length now."""
    limit = len(value) - 1
    after = np.empty(limit + 1)
    after[0] = value[0]
    for length in range(1, limit + 1):
        after[length] = (1.0 - rate) * value[length] + rate * value[length - 1]
    before = np.zeros(limit + 1)
    for length in range(limit + 1):
        for count in range(len(arrivals)):
            before[length] += arrivals[count] * after[min(length + count, limit)]
    return before


@compiled
def _solve(weight: complex, arrivals: Any, rate: float, right: Any) -> Any:
    """Solve (I − w P) x = r for |w| < 1 by elimination without pivoting.

    P has one diagonal below the main one and A above. Each row of w P adds up to less than
    one, so the diagonal dominates.
    """
    limit = len(right) - 1
    most = len(arrivals) - 1
    width = most + 2
    rows = np.zeros((limit + 1, width), dtype=np.complex128)  # columns l − 1 … l + A
    for length in range(limit + 1):
        for count in range(most + 1):
            reached = min(length + count, limit)
            stay = reached - length + 1
            if reached == 0:
                rows[length, stay] -= weight * arrivals[count]
            else:
                rows[length, stay] -= weight * arrivals[count] * (1.0 - rate)
                rows[length, stay - 1] -= weight * arrivals[count] * rate
        rows[length, 1] += 1.0
    x = right.astype(np.complex128)
    for length in range(1, limit + 1):
        factor = rows[length, 0] / rows[length - 1, 1]
        if factor != 0.0:
            for offset in range(1, width):
                rows[length, offset - 1] -= factor * rows[length - 1, offset]
            x[length] -= factor * x[length - 1]
    for length in range(limit, -1, -1):
        total = x[length]
        for offset in range(2, width):
            if length + offset - 1 <= limit:
                total -= rows[length, offset] * x[length + offset - 1]
        x[length] = total / rows[length, 1]
    return x


@compiled
def stationary_cost(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return the discounted cost by length if arrivals never change.

    It includes the present boundary: h = (I − γ P^t)^{-1} (g + γ d), with d the drops of
    one interval. The inverse is the mean of (I − a ω^k P)^{-1} over the t-th roots of
    unity ω^k, with a^t = γ: t banded systems in place of a power of P. Of two conjugate
    systems one is solved.
    """
    limit = len(cost) - 1
    full = np.zeros(limit + 1)
    if penalty > 0.0:
        for length in range(limit + 1):
            for count in range(len(arrivals)):
                over = length + count - limit
                if over > 0:
                    full[length] += penalty * arrivals[count] * over
    drops = np.zeros(limit + 1)
    if penalty > 0.0:
        for _ in range(per):
            drops = expected_next(drops, arrivals, rate)
            for length in range(limit + 1):
                drops[length] += full[length]
    right = np.empty(limit + 1)
    for length in range(limit + 1):
        right[length] = cost[length] + discount * drops[length]
    if discount == 0.0:
        return right
    base = discount ** (1.0 / per)
    total = np.zeros(limit + 1)
    for k in range(per // 2 + 1):
        weight = base * np.exp(2j * np.pi * k / per)
        times = 1.0 if k == 0 or 2 * k == per else 2.0
        x = _solve(weight, arrivals, rate, right)
        for length in range(limit + 1):
            total[length] += times * x[length].real
    for length in range(limit + 1):
        total[length] /= per
    return total


@compiled
def transient_cost(
    start: int,
    arrivals: Any,
    rate: float,
    per: int,
    discount: float,
    cost: Any,
    penalty: float,
    later: Any,
) -> float:
    """Return the discounted cost from the next boundary on, while arrivals change.

    Parameters
    ----------
    start
        Length at the last boundary.
    arrivals
        (slots, A + 1), laws of the arrivals in the slots after it; whole intervals.
    rate, per, discount, cost, penalty
        μ, t_B, γ, the stage cost by length, and the penalty of a drop.
    later
        Discounted cost by length from the boundary after these slots on.
    """
    limit = len(cost) - 1
    top = min(start, limit)
    law, scratch = np.zeros(limit + 1), np.zeros(limit + 1)
    law[top] = 1.0
    value = 0.0
    weight = 1.0
    slots = len(arrivals)
    for slot in range(slots):
        top, drops = advance_law(law, scratch, top, arrivals[slot], rate)
        value += weight * penalty * drops
        if (slot + 1) % per == 0:
            if slot + 1 == slots:
                value += weight * np.sum(law * later)
            else:
                value += weight * np.sum(law * cost)
                weight *= discount
    return value
