"""Supported points: each solved, none beaten, all bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optkit.core.errors import ContradictionError
from optkit.core.tools.pareto.front import Front
from optkit.core.tools.pareto.weights import trace
from tests.core.tools.pareto.points import AIMS, Answer, Choice, best


def front_of(points: Sequence[tuple[float, float]], most: int = 50) -> Front:
    """Trace the front of a set of points."""
    problem: Any = Choice(points)
    return trace(problem, AIMS, best, most)


def supported(points: Sequence[tuple[float, float]]) -> set[tuple[float, float]]:
    """Return the corners of the lower left hull, by trying very many weights."""
    angles = np.linspace(0, np.pi / 2, 20_001)[1:-1]
    array = np.array(points)
    sums = np.outer(np.cos(angles), array[:, 0]) + np.outer(np.sin(angles), array[:, 1])
    return {points[i] for i in sums.argmin(axis=1)}


def test_all_supported_points_are_found() -> None:
    """Every corner of the convex hull is on the front."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        points = [tuple(row) for row in rng.random((40, 2)).tolist()]
        front = front_of(points)
        assert front.complete
        values = {point.values for point in front.points}
        assert supported(points) <= values
        for point in values:
            assert not any(
                other[0] <= point[0] and other[1] <= point[1] and other != point
                for other in values
            )


def test_points_and_the_space_between_are_bounded() -> None:
    """Each supported point is proven; the gap is that of the points in between."""
    front = front_of([(1.0, 10.0), (2.0, 4.0), (4.0, 3.5), (6.0, 2.0)])
    assert [point.values[0] for point in front.points] == [1.0, 2.0, 6.0]
    assert all(point.proven for point in front.points[:-1])
    away = min((6.0 - 4.0) / 6.0, (4.0 - 3.5) / 4.0)
    assert front.gap is not None
    assert front.gap > away
    for values in ([1.0, 10.0], [2.0, 4.0], [4.0, 3.5], [6.0, 2.0]):
        least = front.bound.least_first(np.array(values[1:]))[0]
        assert least <= values[0] + 1e-9


def test_a_point_below_its_bound_is_a_contradiction() -> None:
    """A solver that claims too large a bound is found out, whichever solve claims it."""
    problem: Any = Choice([(1.0, 10.0), (2.0, 4.0), (6.0, 2.0)])
    lying: Any = lambda p: replace(best(p), bound=best(p).bound + 2.0)  # noqa: E731
    with pytest.raises(ContradictionError, match="first aim is proven"):
        trace(problem, AIMS, lying, 9)


def test_special_points_are_named() -> None:
    """The labels name the ends, the median, and the compromise."""
    front = front_of([(0.0, 10.0), (1.0, 4.0), (2.0, 1.0), (8.0, 0.0)])
    assert [point.values[0] for point in front.points] == [0.0, 1.0, 2.0, 8.0]
    assert front.labels == {
        "min-time": 0,
        "median": 1,
        "compromise": 2,
        "min-energy": 3,
    }


def test_number_of_solves_is_held() -> None:
    """A front has at most the requested number of points, and is then incomplete."""
    rng = np.random.default_rng(1)
    angles = np.sort(rng.random(200)) * np.pi / 2
    points = [(1 - np.sin(a), 1 - np.cos(a)) for a in angles]
    solves: list[int] = []
    problem: Any = Choice(points)
    front = trace(problem, AIMS, best, 7, solves.append)
    assert len(solves) == 7
    assert len(front.points) == 7
    assert not front.complete


@pytest.mark.parametrize("points", [[(1.0, 1.0)], [(1.0, 1.0), (1.0, 3.0)]])
def test_one_point_can_be_best_in_both(points: list[tuple[float, float]]) -> None:
    """Aims without a conflict give a front of one point with every label."""
    front = front_of(points)
    assert [point.values for point in front.points] == [(1.0, 1.0)]
    assert set(front.labels.values()) == {0}
    assert front.complete


def test_what_fails_its_check_is_no_point() -> None:
    """Points that did not pass the check are not on the front."""
    problem: Any = Choice([(0.0, 1.0), (1.0, 0.0)])
    answers: Any = lambda p: Answer(best(p).point, feasible=p.weights[0] > 0.5)  # noqa: E731
    front = trace(problem, AIMS, answers, 9)
    assert [point.values for point in front.points] == [(0.0, 1.0)]
    assert not front.complete
