"""The points of a triangle of multipliers at which a basis of the follower lies.

The multipliers of :mod:`optkit.discovery.bounds.multiplier_triangles` are those of a basis
of the follower's relaxation. So r_f(q) = 0 for its basic requests f, which are connected,
and each row whose slack is basic has the multiplier 0; on a Farkas ray, t is 0 instead. In
all there are two such equations. That leaves the points where two lines meet: lines
r_f = 0, and the sides of the simplex. A triangle without such a point needs no bound, and
in one with few of them, requests that are fractional are known up to a few pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

ROUNDING = 1e-9
"""Share of its largest value by which a line may be moved, for rounding."""

MAX_POINTS = 12
"""Most points that take the place of a triangle's corners."""

CLEAR_ANGLE = 1e-4
"""Least sine of the angle between two lines whose point of intersection is computed."""


@dataclass(frozen=True, eq=False)
class Vertices:
    """Pairs of lines that meet in a triangle.

    Parameters
    ----------
    first, second
        Numbers of the lines of each pair, shape (pairs,).
    points
        Multipliers (t, λ, μ) where each pair meets, shape (pairs, 3); None if there are
        too many pairs, or lines are nearly parallel.
    """

    first: Ints
    second: Ints
    points: Floats | None

    def kept(self, pairs: Bools) -> Vertices:
        """Return some of the pairs."""
        points = None if self.points is None else self.points[pairs]
        return Vertices(self.first[pairs], self.second[pairs], points)


def vertices(triangle: Floats, lines: Floats, margin: Floats) -> Vertices:
    """Return which lines meet in a triangle.

    Parameters
    ----------
    triangle
        Corners (t, λ, μ), shape (3, 3).
    lines
        Values of each line's function at the corners, shape (3, k).
    margin
        How far these may be wrong, shape (k,).
    """
    one, two = np.triu_indices(lines.shape[1], 1)
    length = np.abs(lines).max(axis=0)
    # Where both functions are 0, in multiples of the corners, up to a common factor.
    cross = np.cross(lines[:, one], lines[:, two], axis=0)
    size = length[one] * length[two]
    error = 4.0 * (length[one] * margin[two] + length[two] * margin[one])
    error += ROUNDING * size
    inside: Bools = (cross >= -error).all(axis=0) | (cross <= error).all(axis=0)
    one, two, cross = one[inside], two[inside], cross[:, inside]
    total = cross.sum(axis=0)
    clear = np.abs(total) > np.maximum(CLEAR_ANGLE * size, 1e3 * error)[inside]
    if len(one) > MAX_POINTS or not clear.all():
        return Vertices(one, two, None)
    weights = np.maximum(cross / total, 0.0)
    return Vertices(one, two, (weights / weights.sum(axis=0)).T @ triangle)
