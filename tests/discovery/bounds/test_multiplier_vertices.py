"""Which lines meet in a triangle of multipliers."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.discovery.bounds.multiplier_vertices import vertices

TRIANGLE: Floats = np.eye(3)


def _through(first: Floats, second: Floats) -> Floats:
    """Return the values at the corners of a function that is 0 at two points."""
    values: Floats = np.cross(first, second)
    return values / np.abs(values).max()


def test_pairs_are_those_that_meet_inside_and_points_are_where() -> None:
    """Of three lines, two meet inside; their point is returned."""
    point = np.array([0.2, 0.3, 0.5])
    lines = np.stack(
        [
            _through(point, np.array([1.0, 0.0, 0.0])),
            _through(point, np.array([0.0, 0.5, 0.5])),
            _through(np.array([0.9, 0.1, 0.0]), np.array([0.9, 0.0, 0.1])),
        ],
        axis=1,
    )
    # The third line crosses the first at (0.9, …), and meets the second outside.
    met = vertices(TRIANGLE, lines, np.full(3, 1e-12))
    assert list(zip(met.first, met.second, strict=True)) == [(0, 1), (0, 2)]
    assert met.points is not None
    np.testing.assert_allclose(met.points[0], point)
    np.testing.assert_allclose(lines.T[[0, 2]] @ met.points[1], 0.0, atol=1e-12)


def test_lines_that_are_nearly_the_same_meet_at_no_known_point() -> None:
    """The pair is kept, without its point."""
    line = _through(np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.5, 0.0]))
    lines = np.stack([line, line + 1e-13], axis=1)
    met = vertices(TRIANGLE, lines, np.full(2, 1e-12))
    assert list(zip(met.first, met.second, strict=True)) == [(0, 1)]
    assert met.points is None
