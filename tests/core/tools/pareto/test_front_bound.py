"""What bounds exclude, compared with points of which it is known that they exist."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.core.tools.pareto.front_bound import FrontBound, WeightedBound
from optkit.core.tools.pareto.point_sets import nondominated


def front_and_bounds(seed: int) -> tuple[Floats, list[WeightedBound]]:
    """Return the front of some random points, and their least sums under weights."""
    rng = np.random.default_rng(seed)
    points = rng.random((60, 2)) + 0.1
    weights = [(1.0, 0.0), (0.0, 1.0), *rng.random((3, 2)).tolist()]
    bounds = [(a, b, float((points @ [a, b]).min())) for a, b in weights]
    return points[nondominated(points)], bounds


@pytest.mark.parametrize("seed", range(8))
def test_every_point_is_as_large_as_a_corner(seed: int) -> None:
    """Bounds under weights, corners, and both together leave out no point that exists."""
    front, weighted = front_and_bounds(seed)
    for bound in (
        FrontBound(weighted),
        FrontBound((), front - 0.01),
        FrontBound(weighted, front - 0.01),
        FrontBound(weighted, front),
    ):
        stairs = bound.staircase(front)
        assert (np.diff(stairs, axis=0) * [1.0, -1.0] > 0.0).all()
        below = (stairs[:, None] <= front[None] + 1e-9).all(axis=2)
        assert below.any(axis=0).all()
        least = bound.least_first(front[:, 1])
        assert (least <= front[:, 0] + 1e-9).all()


@pytest.mark.parametrize("seed", range(8))
def test_gap_is_what_the_definition_says(seed: int) -> None:
    """It is 0 where the bound is the front; an unknown point is within the gap."""
    front, weighted = front_and_bounds(seed)
    assert FrontBound(weighted, front).gap(front) == pytest.approx(0.0, abs=1e-12)
    shown = front[:: max(1, len(front) - 1)]
    bound = FrontBound(weighted, front)
    gap = bound.gap(shown)
    assert gap is not None
    away = ((shown[:, None] - front[None]) / shown[:, None]).max(axis=2).min(axis=0)
    assert gap >= away.max() - 1e-12
    # Only the corners are left between the two points, so nothing else widens it.
    assert gap <= away.max() + 1e-9


def test_a_limit_that_nothing_keeps_has_an_infinite_bound() -> None:
    """The second aim's own bound, and the lowest corner, say so."""
    limits = np.array([0.5, 1.0, 2.0])
    weighted = FrontBound([(1.0, 0.0, 3.0), (0.0, 1.0, 1.0)])
    assert weighted.least_first(limits).tolist() == [np.inf, 3.0, 3.0]
    corners = FrontBound((), np.array([[4.0, 1.0], [2.0, 2.0]]))
    assert corners.least_first(limits).tolist() == [np.inf, 4.0, 2.0]
    assert corners.least_first(limits, below=True).tolist() == [np.inf, np.inf, 4.0]


def test_without_bounds_nothing_is_claimed() -> None:
    """No corners and no gap where an aim has no bound at all."""
    front = np.array([[1.0, 2.0], [2.0, 1.0]])
    for bound in (FrontBound(), FrontBound([(0.0, 1.0, 1.0)])):
        assert len(bound.staircase(front)) == 0
        assert bound.gap(front) is None
