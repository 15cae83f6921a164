"""A proximal bundle: where to look next for the maximum of a concave function.

Each evaluation of the function gives a cut, value + slope · (x − point), that is nowhere
below it. The next point maximises the least of the cuts minus a quadratic penalty on the
distance to the best point so far. The multipliers of the cuts in that program solve its
dual, by steps that move weight from the highest used cut to the lowest one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import inner_loop

CUTS = 12
"""Most cuts that are kept."""

WEIGHT_STEPS = 100
"""Most steps that move weight between cuts, for one point."""

PRECISION = 1e-2
"""Share of the expected increase by which cuts in use may differ at the next point."""


@inner_loop
def keep_cut(
    point: Any,
    value: float,
    slope: Any,
    turn: int,
    count: int,
    slopes: Any,
    offsets: Any,
    weights: Any,
    ages: Any,
) -> int:
    """Add a cut, in the place of the least used one if there are too many; return where.

    Its weight is 0. The weight of the cut that it replaces goes to another one.
    """
    place = count
    if count == len(weights):
        place = 0
        for c in range(1, count):
            if weights[c] < weights[place] or (
                weights[c] == weights[place] and ages[c] < ages[place]
            ):
                place = c
    lost = weights[place] if place < count else 0.0
    weights[place], ages[place] = 0.0, turn
    if lost > 0.0:
        highest = 0
        for c in range(count):
            if weights[c] > weights[highest]:
                highest = c
        weights[highest] += lost
    offsets[place] = value
    for k in range(len(slope)):
        slopes[place, k] = slope[k]
        offsets[place] -= slope[k] * point[k]
    return place


@inner_loop
def next_point(
    best_point: Any,
    best: float,
    stretch: float,
    scale: Any,
    floor: Any,
    coupling: Any,
    coupled: int,
    count: int,
    slopes: Any,
    offsets: Any,
    weights: Any,
    direction: Any,
    point: Any,
) -> tuple[float, float]:
    """Fill in the next point; return the increase that cuts allow there, and its error.

    Parameters
    ----------
    best_point, best
        The best point so far, shape (n,), and its value.
    stretch, scale
        The penalty is Σ (change / scale)² / (2 stretch), where scale has shape (n,).
    floor, coupling, coupled
        Coordinate k is at least floor[k] − coupling[k] · (coordinate ``coupled``). One that
        is that small at the best point falls as the coupled one rises.
    count, slopes, offsets, weights
        The cuts and their weights, shapes (cuts, n), (cuts,) and (cuts,).
    direction
        Room for n numbers.
    point
        Is filled in, shape (n,).
    """
    n = len(scale)
    held = np.zeros(n)
    for k in range(n):
        at_floor = best_point[k] <= floor[k] - coupling[k] * best_point[coupled]
        held[k] = coupling[k] if at_floor and k != coupled else 0.0
        direction[k] = 0.0
        for c in range(count):
            direction[k] += weights[c] * slopes[c, k]
    low, high = -np.inf, np.inf
    for _ in range(WEIGHT_STEPS):
        rise = 0.0
        for k in range(n):
            point[k] = best_point[k] + stretch * scale[k] * scale[k] * direction[k]
            rise -= held[k] * direction[k]
        point[coupled] += stretch * scale[coupled] * scale[coupled] * rise
        point[coupled] = max(point[coupled], floor[coupled])
        rise = point[coupled] - best_point[coupled]
        for k in range(n):
            if k != coupled:
                point[k] -= held[k] * rise
                point[k] = max(point[k], floor[k] - coupling[k] * point[coupled])
        low, high, down, up = np.inf, -np.inf, 0, 0
        for c in range(count):
            value = offsets[c]
            for k in range(n):
                value += slopes[c, k] * point[k]
            if value < low:
                low, down = value, c
            if weights[c] > 0.0 and value > high:
                high, up = value, c
        if down == up or high - low <= PRECISION * max(1e-9, low - best):
            break
        curvature, rise = 0.0, 0.0
        for k in range(n):
            change = slopes[down, k] - slopes[up, k]
            rise += (1.0 if k == coupled else -held[k]) * change
            if k != coupled:
                curvature += stretch * (scale[k] * change) ** 2
        curvature += stretch * (scale[coupled] * rise) ** 2
        moved = weights[up]
        if curvature > 0.0:
            moved = min(moved, (high - low) / curvature)
        weights[up] -= moved
        weights[down] += moved
        for k in range(n):
            direction[k] += moved * (slopes[down, k] - slopes[up, k])
    return low - best, high - low
