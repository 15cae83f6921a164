"""Compiled: paths over triples of neighbouring reports. Import where needed: loads numba.

Slopes are PCHIP's (rule 0), or those of the parabola through three neighbours (rule 1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.compiled import compiled


@compiled
def slope_between(
    left: float, right: float, before: int, behind: int, rule: int
) -> float:
    """Return the slope where two pieces meet. Compiled."""
    if rule == 1:
        return (behind * left + before * right) / (before + behind)
    if left * right <= 0.0:
        return 0.0
    one = 2.0 * behind + before
    other = behind + 2.0 * before
    return (one + other) / (one / left + other / right)


@compiled
def slope_at_end(near: float, far: float, length: int, beyond: int, rule: int) -> float:
    """Return the slope at the outer end of a piece that has one neighbour. Compiled."""
    slope = ((2.0 * length + beyond) * near - length * far) / (length + beyond)
    if rule == 1:
        return slope
    if slope * near <= 0.0:
        return 0.0
    if near * far <= 0.0 and abs(slope) > 3.0 * abs(near):
        return 3.0 * near
    return slope


@compiled
def extend(
    load: Any,
    sums: Any,
    price: float,
    rule: int,
    cost: Any,
    origin: Any,
    first: int,
    last: int,
) -> None:
    """Go on from reports in slots ``first`` … ``last`` − 1 to the next ones. Compiled.

    cost[c, j, i] is that of all pieces but the last, of reports up to c, the one before
    at c − j, the one before that at c − j − i; i = 0 where c − j is slot 0.
    """
    slots, gaps = cost.shape[:2]
    steep = np.empty(gaps)
    paid = np.empty(gaps)
    for c in range(first, last):
        if c == 0:
            for d in range(1, min(gaps, slots)):
                cost[d, d, 0] = price
            continue
        for j in range(1, min(gaps, c + 1)):
            b = c - j
            slope = (load[c] - load[b]) / j
            q = sums[b, j]
            # What the piece from b to c costs without what its slope at c decides.
            ways = 1 if b == 0 else min(gaps, b + 1)
            for i in range(1, ways):
                u = slope_between((load[b] - load[b - i]) / i, slope, i, j, rule)
                paid[i] = cost[c, j, i] + q[0] + q[1] * u + q[3] * u * u
                steep[i] = q[4] * u
            for k in range(1, min(gaps, slots - c)):
                later = (load[c + k] - load[c]) / k
                v = slope_between(slope, later, j, k, rule)
                best = np.inf
                where = 0
                if b == 0:
                    u = slope_at_end(slope, later, j, k, rule)
                    best = cost[c, j, 0] + q[0] + q[1] * u + q[3] * u * u
                    best += q[4] * u * v
                for i in range(1, ways):
                    sum_ = paid[i] + steep[i] * v
                    if sum_ < best:
                        best = sum_
                        where = i
                cost[c + k, k, j] = best + q[2] * v + q[5] * v * v + price
                origin[c + k, k, j] = where


@compiled
def end(
    load: Any, sums: Any, after: Any, rule: int, cost: Any, tail: int
) -> tuple[int, int, int]:
    """Return the best last report and the two gaps before it. Compiled."""
    slots, gaps = cost.shape[:2]
    best = after[0] if slots - 1 <= tail else np.inf
    answer = (0, 0, 0)
    for c in range(max(1, slots - 1 - tail), slots):
        for j in range(1, min(gaps, c + 1)):
            b = c - j
            slope = (load[c] - load[b]) / j
            q = sums[b, j]
            for i in range(gaps):
                paid = cost[c, j, i]
                if paid == np.inf:
                    continue
                at_b = at_c = slope
                if i > 0:
                    before = (load[b] - load[b - i]) / i
                    at_b = slope_between(before, slope, i, j, rule)
                    at_c = slope_at_end(slope, before, j, i, rule)
                paid += q[0] + q[1] * at_b + q[2] * at_c + q[3] * at_b * at_b
                paid += q[4] * at_b * at_c + q[5] * at_c * at_c + after[c]
                if paid < best:
                    best = paid
                    answer = (c, j, i)
    return answer
