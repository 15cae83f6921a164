"""Compiled loops over the length of one queue. Import where needed: it loads numba.

In a slot a number of jobs arrives, with probabilities a[0 … A], and joins as far as there
is room; then, if the queue is not empty, one job leaves with probability μ. With A = 1
this is the paper's kernel: [0,0] = 1 − b + bμ, [l,l−1] = μ(1 − b), [L,L−1] = μ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.compiled import compiled


@compiled
def step(law: Any, arrivals: Any, rate: float) -> tuple[Any, float]:
    """Return the law of the length one slot later, and the expected number of drops."""
    limit = len(law) - 1
    most = len(arrivals) - 1
    joined = np.zeros(limit + 1)
    drops = 0.0
    for length in range(limit + 1):
        mass = law[length]
        if mass == 0.0:
            continue
        for count in range(most + 1):
            share = mass * arrivals[count]
            reached = length + count
            if reached > limit:
                drops += share * (reached - limit)
                reached = limit
            joined[reached] += share
    served = joined * (1.0 - rate)
    served[0] = joined[0]
    for length in range(1, limit + 1):
        served[length - 1] += rate * joined[length]
    return served, drops


@compiled
def back(value: Any, arrivals: Any, rate: float) -> Any:
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
    one, so the diagonal dominates and no pivoting is needed.
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
def tail(
    arrivals: Any, rate: float, per: int, discount: float, cost: Any, penalty: float
) -> Any:
    """Return the discounted cost from a boundary on, by length, that boundary included.

    h = (I − γ P^t)^{-1} (g + γ d), d the drops of one interval. The inverse is the mean
    of (I − a ω^k P)^{-1} over the t-th roots of unity ω^k, with a^t = γ: t banded
    systems in place of a power of P, and each with its conjugate gives a real part.
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
            drops = full + back(drops, arrivals, rate)
    right = cost + discount * drops
    if discount == 0.0:
        return right
    base = discount ** (1.0 / per)
    total = np.zeros(limit + 1)
    for k in range(per // 2 + 1):
        weight = base * np.exp(2j * np.pi * k / per)
        times = 1.0 if k == 0 or 2 * k == per else 2.0
        total += times * _solve(weight, arrivals, rate, right).real
    return total / per


@compiled
def transient(
    start: int,
    arrivals: Any,
    rate: float,
    per: int,
    discount: float,
    cost: Any,
    penalty: float,
    later: Any,
) -> float:
    """Return the discounted cost from the next boundary on.

    Parameters
    ----------
    start
        Length at the last boundary.
    arrivals
        (slots, A + 1), laws of the arrivals of the slots after it; whole intervals.
    later
        Discounted cost by length from the boundary after the last of these slots on.
    """
    limit = len(cost) - 1
    law = np.zeros(limit + 1)
    law[min(start, limit)] = 1.0
    value = 0.0
    weight = 1.0
    slots = len(arrivals)
    for slot in range(slots):
        law, drops = step(law, arrivals[slot], rate)
        value += weight * penalty * drops
        if (slot + 1) % per == 0:
            if slot + 1 == slots:
                value += weight * np.sum(law * later)
            else:
                value += weight * np.sum(law * cost)
                weight *= discount
    return value
