"""What one cubic piece of a reconstruction costs, as a function of its end slopes.

Between two neighbouring reports the curve is a cubic through both; only the slopes at its
ends depend on the other reports. Its squared error over the slots between is a quadratic
function of the two slopes, so six sums tell all there is to know about a piece.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import compiled


def piece_errors(load: Floats, longest: int) -> Floats:
    """Return (T, longest + 1, 6): the sums of the piece from each slot, by its length.

    With end slopes u and v the squared error of a piece is
    q0 + q1 u + q2 v + q3 u² + q4 u v + q5 v², in percent².
    """
    sums = np.zeros((len(load), longest + 1, 6))
    compiled(_sums)(load, sums)
    return sums


def tail_errors(load: Floats) -> Floats:
    """Return (T,): the squared error after a last report in each slot, its value kept."""
    ones = np.arange(len(load))[::-1]
    after = np.cumsum(load[::-1])[::-1] - load
    squares = np.cumsum((load**2)[::-1])[::-1] - load**2
    tail: Floats = squares - 2.0 * load * after + ones * load**2
    return np.maximum(tail, 0.0)


def _sums(load: Any, sums: Any) -> None:
    """Fill in the sums of every piece. Compiled."""
    slots, lengths, _ = sums.shape
    for first in range(slots):
        for length in range(2, min(lengths, slots - first)):
            here, there = load[first], load[first + length]
            for step in range(1, length):
                x = step / length
                # Hermite's basis; the slopes' parts scale with the length.
                base = here + (there - here) * x * x * (3.0 - 2.0 * x)
                base -= load[first + step]
                u = length * x * (1.0 - x) * (1.0 - x)
                v = -length * x * x * (1.0 - x)
                place = sums[first, length]
                place[0] += base * base
                place[1] += 2.0 * base * u
                place[2] += 2.0 * base * v
                place[3] += u * u
                place[4] += 2.0 * u * v
                place[5] += v * v


def least_errors(load: Floats, sums: Floats, monotone: bool) -> Floats:
    """Return (T, lengths): the least squared error of each piece over its end slopes.

    Parameters
    ----------
    load
        (T,), in percent.
    sums
        Of :func:`piece_errors`.
    monotone
        Whether the slopes are limited as PCHIP limits them: both between zero and three
        times the piece's own slope. Otherwise they are free.
    """
    least = np.zeros(sums.shape[:2])
    compiled(_least)(load, sums, monotone, least)
    return least


def _least(load: Any, sums: Any, monotone: bool, least: Any) -> None:
    """Fill in the least error of every piece. Compiled."""
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
            elif not monotone:  # two slopes for one slot between: no error is left
                best = 0.0
            if monotone and best == np.inf:
                for end in (low, high):
                    # One slope at its end; the other is best, cut to its range.
                    v = min(max(-(q[2] + q[4] * end) / (2.0 * q[5]), low), high)
                    error = q[0] + q[1] * end + q[2] * v
                    error += q[3] * end * end + q[4] * end * v + q[5] * v * v
                    best = min(best, error)
                    u = min(max(-(q[1] + q[4] * end) / (2.0 * q[3]), low), high)
                    error = q[0] + q[1] * u + q[2] * end
                    error += q[3] * u * u + q[4] * u * end + q[5] * end * end
                    best = min(best, error)
            least[first, length] = max(best, 0.0)
