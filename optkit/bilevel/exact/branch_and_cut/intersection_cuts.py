"""Intersection cuts: half-spaces that cut off a vertex inside a set without solutions.

At a vertex of a linear program all feasible points lie in a cone. Let the vertex be in the
interior of a convex set whose interior holds no wanted point. Follow each edge of the cone
up to the boundary of the set: the half-space beyond these points contains every wanted
point. Source: Balas, Oper. Res. 19 (1971).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

LEAST_DEPTH = 1e-6
"""A vertex that is nearer than this to a facet, relative to the facet's size, is taken to
be on the boundary."""

LARGEST_RESIDUAL = 1e-9
"""Largest relative error of the facets' coordinates in the cone."""

NEGLIGIBLE = 1e-12
"""Coordinates of a facet that are smaller than this, relative to its size, are zero."""

WIDEST_RANGE = 1e6
"""Largest quotient of two coefficients of a cut, and largest right-hand side."""

MARGIN = 1e-9
"""Share of the distance between vertex and facet, and of a cut's terms, that is given up
for rounding."""

LEAST_EFFICACY = 1e-5
"""Cuts that are nearer than this to the vertex are not worth adding."""


@dataclass(frozen=True, eq=False)
class Cone:
    """The constraints that are active at a vertex: bounds of columns, and rows.

    They are ``signs * z[at_bound] >= bounds`` and ``rows @ z >= sides``. There are as many
    as columns, and they are linearly independent. Slacks are in this order.

    Parameters
    ----------
    at_bound, signs, bounds
        The columns at a bound; 1 for a lower bound, -1 for an upper one; the bound times
        the sign. All of shape (columns at a bound,).
    others
        Indices of the other columns, shape (rows,).
    rows, sides
        Shapes (rows, columns) and (rows,).
    rigid
        Which of all the constraints hold with equality everywhere, shape (columns,).
    local
        Which are valid in the current node only, shape (columns,).
    low, high
        The node's bounds of all columns, shape (columns,).
    """

    at_bound: Ints
    signs: Floats
    bounds: Floats
    others: Ints
    rows: Floats
    sides: Floats
    rigid: Bools
    local: Bools
    low: Floats
    high: Floats

    @cached_property
    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self.rows[:, self.others]), dtype=np.float64)

    @cached_property
    def vertex(self) -> Floats:
        """The point at which all hold with equality, shape (columns,).

        Raises
        ------
        numpy.linalg.LinAlgError
            If the constraints are linearly dependent.
        """
        vertex = np.zeros(len(self.rigid))
        vertex[self.at_bound] = self.signs * self.bounds
        vertex[self.others] = self._inverse @ (self.sides - self.rows @ vertex)
        return vertex

    def coordinates(self, normals: Floats) -> Floats:
        """Return the coefficients of linear functions in terms of the slacks.

        Parameters
        ----------
        normals
            The functions, shape (functions, columns).

        Returns
        -------
        numpy.ndarray
            Shape (functions, columns).
        """
        of_rows = normals[:, self.others] @ self._inverse
        of_bounds = normals[:, self.at_bound] - of_rows @ self.rows[:, self.at_bound]
        return np.hstack([of_bounds * self.signs, of_rows])

    def combined(self, weights: Floats) -> tuple[Floats, Any]:
        """Return weighted sums of the constraints, as coefficients and a side each.

        Parameters
        ----------
        weights
            Shape (columns,), or (sums, columns).

        Returns
        -------
        (numpy.ndarray, Any)
            Coefficients, in the shape of the weights; sides, a number or shape (sums,).
        """
        count = len(self.at_bound)
        values = weights[..., count:] @ self.rows
        values[..., self.at_bound] += weights[..., :count] * self.signs
        sides = weights[..., :count] @ self.bounds + weights[..., count:] @ self.sides
        return values, sides


@dataclass(frozen=True, eq=False)
class FreeSet:
    """``normals @ z <= limits``, a set whose interior holds no wanted point.

    Parameters
    ----------
    normals, limits
        Shapes (facets, columns) and (facets,).
    local
        Whether its interior is free of wanted points of the current node only.
    """

    normals: Floats
    limits: Floats
    local: bool = False


@dataclass(frozen=True, eq=False)
class Cut:
    """``values @ z >= right``.

    Parameters
    ----------
    values, right
        Coefficients, shape (columns,), and right-hand side.
    local
        Whether it is valid in the current node only.
    efficacy
        Euclidean distance of the vertex from it.
    """

    values: Floats
    right: float
    local: bool
    efficacy: float


def intersection_cuts(
    cone: Cone, free_sets: Sequence[FreeSet], low: Floats, high: Floats, most: int
) -> list[Cut]:
    """Return the deepest intersection cuts of a cone and some sets.

    Parameters
    ----------
    cone
        The cone at the vertex to be cut off.
    free_sets
        Sets with the vertex in their interior; those without a facet are left out.
    low, high
        Bounds of the columns that hold everywhere in the tree, shape (columns,).
    most
        Most cuts to return.

    Returns
    -------
    list of Cut
        The deepest first. Sets without a safe cut are left out.
    """
    free_sets = [free_set for free_set in free_sets if len(free_set.limits)]
    if not free_sets:
        return []
    normals = np.vstack([free_set.normals for free_set in free_sets])
    limits = np.concatenate([free_set.limits for free_set in free_sets])
    first = np.cumsum([0, *(len(free_set.limits) for free_set in free_sets[:-1])])
    size = np.maximum(np.abs(normals).max(axis=1), 1e-9)
    coordinates = cone.coordinates(normals)
    rebuilt, at_vertex = cone.combined(coordinates)
    error = np.abs(rebuilt - normals).max(axis=1)
    depth = limits - at_vertex
    safe = (error <= LARGEST_RESIDUAL * size) & (depth > LEAST_DEPTH * size)
    # A set that is a little smaller is free of wanted points, too.
    spread = np.abs(cone.vertex).max(initial=1.0)
    depth = depth * (1.0 - MARGIN) - MARGIN * size * spread
    safe &= depth > 0.0
    depth[~safe] = 1.0
    weights = np.maximum.reduceat(coordinates / depth[:, None], first, axis=0)
    weights = np.maximum(weights, 0.0)
    # Along a rigid constraint nothing moves, so any weight will do.
    weights[:, cone.rigid] = 0.0
    # The cut rests on every constraint along whose edge a facet comes nearer or recedes.
    moves = (np.abs(coordinates) > NEGLIGIBLE * size[:, None]) & cone.local
    local = np.logical_or.reduceat(moves.any(axis=1), first)
    local |= [free_set.local for free_set in free_sets]
    values, sides = cone.combined(weights)
    lengths = np.linalg.norm(values, axis=1)
    # At the vertex all slacks are zero, so the cut misses it by 1.
    distances = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0.0)
    distances[~np.logical_and.reduceat(safe, first)] = 0.0
    cuts: list[Cut] = []
    for k in np.argsort(-distances, kind="stable").tolist():
        if distances[k] < LEAST_EFFICACY or len(cuts) == most:
            break
        right = 1.0 + float(sides[k])
        cut = _tidied(values[k], right, bool(local[k]), cone.vertex, low, high)
        if cut is not None:
            cuts.append(cut)
    return cuts


def _tidied(
    values: Floats, right: float, local: bool, vertex: Floats, low: Floats, high: Floats
) -> Cut | None:
    """Return the cut without tiny coefficients, slightly relaxed; None if it is unsafe."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return None
    values, right = values / largest, right / largest
    for j in np.flatnonzero((values != 0.0) & (np.abs(values) * WIDEST_RANGE < 1.0)):
        bound = high[j] if values[j] > 0.0 else low[j]
        if not np.isfinite(bound):
            return None
        right -= values[j] * bound
        values[j] = 0.0
    terms = float(np.abs(values) @ np.abs(vertex))
    right -= MARGIN * max(1.0, abs(right), terms)
    efficacy = (right - float(values @ vertex)) / float(np.linalg.norm(values))
    if abs(right) > WIDEST_RANGE or efficacy < LEAST_EFFICACY:
        return None
    return Cut(values, right, local, efficacy)
