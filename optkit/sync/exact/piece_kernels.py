"""The compiled loops over pieces of a reconstruction.

Slopes follow one of two rules: PCHIP's (0), or those of the parabola through three
neighbouring reports (1).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop, loop


@loop(lambda load, sums: 3 * sums.shape[0] * sums.shape[1] ** 2)
def fill_piece_errors(load: Any, sums: Any) -> None:
    """Fill in the six sums of every piece, (T, lengths, 6); see ``piece_errors``."""
    slots, lengths, _ = sums.shape
    for first in range(slots):
        for length in range(2, min(lengths, slots - first)):
            left, right = load[first], load[first + length]
            for step in range(1, length):
                x = step / length
                # The Hermite basis; the parts of the slopes scale with the length.
                base = left + (right - left) * x * x * (3.0 - 2.0 * x)
                base -= load[first + step]
                u = length * x * (1.0 - x) * (1.0 - x)
                v = -length * x * x * (1.0 - x)
                q = sums[first, length]
                q[0] += base * base
                q[1] += 2.0 * base * u
                q[2] += 2.0 * base * v
                q[3] += u * u
                q[4] += 2.0 * u * v
                q[5] += v * v


@loop(lambda load, sums, monotone, least: 10 * sums.shape[0] * sums.shape[1])
def fill_least_errors(load: Any, sums: Any, monotone: bool, least: Any) -> None:
    """Fill in the least error of every piece, (T, lengths); see ``least_errors``."""
    slots, lengths, _ = sums.shape
    for first in range(slots):
        for length in range(2, min(lengths, slots - first)):
            q = sums[first, length]
            low = 0.0
            high = 3.0 * (load[first + length] - load[first]) / length
            if high < low:
                low, high = high, low
            best = np.inf
            det = 4.0 * q[3] * q[5] - q[4] * q[4]
            if det > 1e-9 * q[3] * q[5]:
                u = (q[4] * q[2] - 2.0 * q[5] * q[1]) / det
                v = (q[4] * q[1] - 2.0 * q[3] * q[2]) / det
                if not monotone or (low <= u <= high and low <= v <= high):
                    best = q[0] + 0.5 * (q[1] * u + q[2] * v)
            elif not monotone:  # one slot between the ends: two slopes fit it exactly
                best = 0.0
            if monotone and best == np.inf:
                for end in (low, high):
                    # One slope at a limit of its range, the other the best within it.
                    v = min(max(-(q[2] + q[4] * end) / (2.0 * q[5]), low), high)
                    error = q[0] + q[1] * end + q[2] * v
                    error += q[3] * end * end + q[4] * end * v + q[5] * v * v
                    best = min(best, error)
                    u = min(max(-(q[1] + q[4] * end) / (2.0 * q[3]), low), high)
                    error = q[0] + q[1] * u + q[2] * end
                    error += q[3] * u * u + q[4] * u * end + q[5] * end * end
                    best = min(best, error)
            least[first, length] = max(best, 0.0)


@loop(lambda least, after, price: least.size)
def cheapest_pairs(least: Any, after: Any, price: float) -> tuple[float, int]:
    """Return the least cost of reports, and their number, by a path over pairs.

    Parameters
    ----------
    least
        (T, lengths): least error of a piece, by its end and its length.
    after
        (T,): error after a last report in each slot.
    price
        Price of a report.
    """
    slots, lengths = least.shape
    cost = np.full(slots, np.inf)
    used = np.zeros(slots, np.int64)
    cost[0] = 0.0
    best, number = after[0], 0
    for last in range(1, slots):
        for length in range(1, min(lengths, last + 1)):
            previous = last - length
            candidate = cost[previous] + least[previous, length] + price
            if candidate < cost[last]:
                cost[last] = candidate
                used[last] = used[previous] + 1
        if cost[last] + after[last] < best:
            best = cost[last] + after[last]
            number = used[last]
    return best, number


@inner_loop
def slope_between(
    left: float, right: float, before: int, behind: int, rule: int
) -> float:
    """Return the slope at a report, from the slopes and lengths of both pieces."""
    if rule == 1:
        return (behind * left + before * right) / (before + behind)
    if left * right <= 0.0:
        return 0.0
    weight_left = 2.0 * behind + before
    weight_right = behind + 2.0 * before
    return (weight_left + weight_right) / (weight_left / left + weight_right / right)


@inner_loop
def slope_at_end(near: float, far: float, length: int, beyond: int, rule: int) -> float:
    """Return the slope at the outer end of a piece that has one neighbour."""
    slope = ((2.0 * length + beyond) * near - length * far) / (length + beyond)
    if rule == 1:
        return slope
    if slope * near <= 0.0:
        return 0.0
    if near * far <= 0.0 and abs(slope) > 3.0 * abs(near):
        return 3.0 * near
    return slope


@loop(
    lambda load, sums, price, rule, cost, origin, first, last: (
        (last - first) * cost.shape[1] ** 3
    )
)
def extend_triples(
    load: Any,
    sums: Any,
    price: float,
    rule: int,
    cost: Any,
    origin: Any,
    first: int,
    last: int,
) -> None:
    """Extend the paths that end in slots ``first`` … ``last`` - 1 by one report.

    cost[c, j, i] is the cost of all pieces but the last where the last three reports are
    in slots c - j - i, c - j and c; i = 0 where c - j is slot 0. origin[c, j, i] is the
    gap before those.
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
            # Cost of the piece from b to c, without the terms of its slope at c.
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


@loop(lambda load, sums, after, rule, cost, tail: (tail + 1) * cost.shape[1] ** 2)
def end_triples(
    load: Any, sums: Any, after: Any, rule: int, cost: Any, tail: int
) -> tuple[int, int, int]:
    """Return the slot of the best last report, and the two gaps before it."""
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
