"""Sums of sets of points, compared with all sums, thinned or not."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.core.tools.pareto.point_sets import PointSet, nondominated, sum_of


def random_parts(seed: int, parts: int, size: int) -> list[Floats]:
    """Return some sets of random points; some coordinates are equal, sums are exact."""
    rng = np.random.default_rng(seed)
    return [np.round(rng.random((size, 2)) * 64) / 64 for _ in range(parts)]


def all_sums(parts: list[Floats]) -> Floats:
    """Return every sum of one point per part."""
    sums = np.zeros((1, 2))
    for part in parts:
        sums = (sums[:, None] + part[None]).reshape(-1, 2)
    return sums


def test_only_points_that_none_is_as_small_as_are_kept() -> None:
    """Equal points count once, and the kept ones are sorted by the first coordinate."""
    points = np.array([[2.0, 1.0], [1.0, 3.0], [1.0, 3.0], [1.0, 4.0], [3.0, 1.0]])
    assert points[nondominated(points)].tolist() == [[1.0, 3.0], [2.0, 1.0]]


@pytest.mark.parametrize("seed", range(5))
def test_sum_has_the_front_of_all_sums(seed: int) -> None:
    """And its members say which points were added."""
    parts = random_parts(seed, 5, 7)
    summed = sum_of([PointSet.of(part) for part in parts], bounds=False)
    every = all_sums(parts)
    expected = every[nondominated(every)]
    assert not summed.thinned
    assert np.array_equal(summed.points, expected)
    for point, members in zip(summed.points, summed.members, strict=True):
        added = sum(part[member] for part, member in zip(parts, members, strict=True))
        assert np.allclose(point, added)


@pytest.mark.parametrize("seed", range(5))
def test_thinned_sums_stay_on_their_side(seed: int) -> None:
    """Found points still exist, both ends among them; bounds are below every sum."""
    sets = [PointSet.of(part) for part in random_parts(seed, 6, 12)]
    every = all_sums([part.points for part in sets])
    front = every[nondominated(every)]
    assert len(front) > 5
    found = sum_of(sets, bounds=False, most=5)
    assert found.thinned
    assert len(found.points) < len(front)
    for point in found.points:
        assert np.isclose(every, point).all(axis=1).any()
    bounds = sum_of(sets, bounds=True, most=5)
    assert len(bounds.points) <= 7
    below = (bounds.points[:, None] <= every[None] + 1e-12).all(axis=2)
    assert below.any(axis=0).all()
