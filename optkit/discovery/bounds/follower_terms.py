"""Facts about the follower's response that hold for all multipliers in a triangle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.multiplier_triangles import ROUNDING, SingleAgentScope
from optkit.discovery.bounds.multiplier_vertices import Vertices, vertices
from optkit.discovery.bounds.triangle_bound import FollowerTerms, Fractional

MAX_LINES = 100
"""Most requests whose reduced cost may be 0 for which the pairs of them are looked at."""


def follower_terms(scope: SingleAgentScope, triangle: Floats) -> FollowerTerms:
    """Return what is known of the follower with multipliers in a triangle.

    Any two requests whose mode is not known may be fractional.

    Parameters
    ----------
    scope
        The scope.
    triangle
        Corners (t, λ, μ), shape (3, 3).
    """
    modes, _ = _relaxed_modes(scope, triangle)
    free = modes == 0
    distinct = np.unique(scope.request[free], return_index=True)[1]
    links = np.flatnonzero(free)[distinct]
    flips, extra = _rounding(scope, triangle, links)
    granted = np.sort(flips, axis=1)[:, -2:].sum(axis=1)
    granted += extra.max(axis=1, initial=0.0) + _anyway(scope, triangle)
    none = np.full(1, -1, dtype=np.int64)
    fractional = Fractional(
        number=np.full(len(modes), -1, dtype=np.int64),
        group=np.zeros(0, dtype=np.int64),
        first=none,
        second=none,
        share=np.ones(1),
        room=np.array([scope.rounding_loss[links].max(initial=0.0)]),
    )
    return _terms(scope, triangle, granted, modes, fractional)


def vertex_terms(scope: SingleAgentScope, triangle: Floats) -> FollowerTerms:
    """Return the same for multipliers of a basis of the follower's relaxation.

    They lie where two lines meet. Where many lines cross the triangle, this is not used.
    """
    modes, margin = _relaxed_modes(scope, triangle)
    undecided = np.flatnonzero(modes == 0)
    # The links of a request have the same line.
    _, first, number = np.unique(
        scope.request[undecided], return_index=True, return_inverse=True
    )
    if len(first) > MAX_LINES:
        return follower_terms(scope, triangle)
    free = undecided[first]
    sides = triangle * scope.magnitudes
    touched = sides.min(axis=0) <= ROUNDING
    met = vertices(
        triangle,
        np.hstack([(triangle @ scope.coefficients)[:, free], sides[:, touched]]),
        np.append(margin[free], np.full(int(touched.sum()), ROUNDING)),
    )
    met = met.kept(_connectable(scope, met, undecided, number))
    basic = np.union1d(met.first, met.second)
    basic = basic[basic < len(free)]
    if met.points is not None and len(met.points):
        modes, _ = _relaxed_modes(scope, met.points)
        modes[undecided[np.isin(number, basic)]] = 0
    renumber = np.full(len(free) + 3, -1, dtype=np.int64)  # sides have no request
    renumber[basic] = np.arange(len(basic))
    number_of_link = np.full(len(modes), -1, dtype=np.int64)
    number_of_link[undecided] = renumber[number]
    return _with_pairs(
        scope,
        triangle,
        modes,
        replace(met, first=renumber[met.first], second=renumber[met.second]),
        free[basic],
        number_of_link,
    )


def _connectable(
    scope: SingleAgentScope, met: Vertices, undecided: Ints, number: Ints
) -> Bools:
    """Return which pairs one choice can connect.

    Parameters
    ----------
    scope, met
        The scope, and the pairs.
    undecided, number
        Links of the requests, and the line of each, shape (links,).
    """
    count = int(number.max(initial=-1)) + 1
    options = np.zeros((count + 3, len(scope.option_group)), dtype=bool)
    options[number, scope.option[undecided]] = True
    group = np.full(count + 3, -1, dtype=np.int64)
    group[number] = scope.option_group[scope.option[undecided]]
    group[count:] = -1 - np.arange(3)  # sides are in no group
    kept: Bools = group[met.first] != group[met.second]
    same = np.flatnonzero(~kept)
    kept[same] = (options[met.first[same]] & options[met.second[same]]).any(axis=1)
    return kept


def _with_pairs(
    scope: SingleAgentScope,
    triangle: Floats,
    modes: Ints,
    met: Vertices,
    basic: Ints,
    number: Ints,
) -> FollowerTerms:
    """Return the terms where one of some pairs is fractional.

    Parameters
    ----------
    scope, triangle, modes
        The scope, the triangle, and the modes that hold at all multipliers.
    met
        The pairs, with -1 for a side of the simplex.
    basic
        A link of each request in pairs, shape (K,).
    number
        As in :class:`Fractional`.
    """
    one, two = met.first, met.second
    loss = np.append(scope.rounding_loss[basic], 0.0)
    corners = triangle if met.points is None else met.points
    nobody = np.zeros((len(corners), 1))
    flips, extra = (
        np.hstack([granted, nobody]) for granted in _rounding(scope, corners, basic)
    )
    of_pair = flips[:, one] + flips[:, two] + np.maximum(extra[:, one], extra[:, two])
    of_pair += _anyway(scope, corners)[:, None]
    if met.points is None:
        granted = of_pair.max(axis=1, initial=0.0)
        share = (of_pair / granted[:, None]).max(axis=0, initial=0.0)
    else:
        granted, share = np.diagonal(of_pair), np.ones(len(one))
    fractional = Fractional(
        number=number,
        group=scope.option_group[scope.option[basic]],
        first=one,
        second=two,
        share=share,
        room=np.maximum(loss[one], loss[two]),
    )
    return _terms(scope, corners, granted, modes, fractional)


def _rounding(
    scope: SingleAgentScope, corners: Floats, links: Ints
) -> tuple[Floats, Floats]:
    """Return what each request's rounding costs at each corner, shapes (m, K) twice.

    First what is granted for the change of its mode; then what is granted besides to the
    one of a pair that is fractional where a rounded mode failed.
    """
    energy, gain = scope.rounding_energy[links], scope.rounding_loss[links]
    flips = np.outer(corners[:, 0], np.abs(scope.links.extra[links]))
    failed = np.outer(corners[:, 2], gain) + np.outer(corners[:, 0], energy)
    extra = np.where(gain > 0.0, np.maximum(failed - flips, 0.0), 0.0)
    return flips, extra


def _anyway(scope: SingleAgentScope, corners: Floats) -> Floats:
    """Return what the follower is granted without rounding at each corner, shape (m,)."""
    return corners[:, 0] * scope.tolerance + ROUNDING * (corners @ scope.magnitudes)


def _terms(
    scope: SingleAgentScope,
    corners: Floats,
    granted: Floats,
    modes: Ints,
    fractional: Fractional,
) -> FollowerTerms:
    """Return the terms; each corner is a ray, and at this length it grants 1."""
    if not len(fractional.share):
        return FollowerTerms(modes, np.zeros(len(modes)), 0.0, 0.0, fractional)
    rays = corners / granted[:, None]
    regret = np.abs(rays @ scope.coefficients).min(axis=0) * (1.0 - ROUNDING)
    prices = rays.min(axis=0)
    return FollowerTerms(
        modes,
        np.where(modes == 0, 0.0, regret),
        float(prices[1]),
        float(prices[2]),
        fractional,
    )


def _relaxed_modes(scope: SingleAgentScope, corners: Floats) -> tuple[Ints, Floats]:
    """Return the modes of the relaxation that hold between corners, and a margin.

    1 stands for agent mode, -1 for self-directed mode, 0 for undecided. Reduced costs are
    linear in (t, λ, μ), so the corners decide their signs; those closer to 0 than the
    margin may have either.
    """
    reduced = corners @ scope.coefficients
    margin = ROUNDING * (np.abs(corners) @ np.abs(scope.coefficients)).max(axis=0)
    agent = reduced.max(axis=0) < -margin
    self_directed = reduced.min(axis=0) > margin
    modes: Ints = np.where(agent, 1, np.where(self_directed, -1, 0)).astype(np.int64)
    return modes, margin
