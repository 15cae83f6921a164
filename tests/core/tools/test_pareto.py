"""The front between two aims: supported points, each solved, none beaten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from optkit.core.errors import ContradictionError
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.result import Reason, Termination, Verification
from optkit.core.tools import pareto
from optkit.core.tools.pareto import (
    Aim,
    Aims,
    Between,
    Front,
    Knob,
    fill,
    trace,
    turn,
)


@dataclass(frozen=True)
class Choice:
    """A problem whose solutions are points in the plane, with weights."""

    points: Sequence[tuple[float, float]]
    weights: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Answer:
    """A stand-in for a result: the point, and whether it passed its check."""

    point: tuple[float, float]
    feasible: bool = True
    bound: float | None = None
    solution: None = None

    @property
    def termination(self) -> Termination:
        return Termination(Reason.PROVED)

    @property
    def verification(self) -> Verification:
        return Verification(self.feasible, 0.0)

    @property
    def metrics(self) -> dict[str, Any]:
        return {"x": self.point[0], "y": self.point[1]}


AIMS = Aims(
    Aim("time", "s"),
    Aim("energy", "J"),
    lambda problem, first, second: Choice(problem.points, (first, second)),  # type: ignore[arg-type,return-value]
    lambda metrics: (metrics["x"], metrics["y"]),
)


def best(problem: Any) -> Any:
    """Return the point of least weighted sum."""
    w1, w2 = problem.weights
    point = min(problem.points, key=lambda p: w1 * p[0] + w2 * p[1])
    return Answer(point, bound=w1 * point[0] + w2 * point[1])


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


@pytest.mark.parametrize("most", [3, 9])
def test_what_lies_between_is_filled_in(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points of the family's search are listed, checked and bounded; all are counted."""
    points = [(1.0, 10.0), (2.0, 4.0), (3.0, 3.9), (4.0, 3.5), (6.0, 2.0)]
    monkeypatch.setattr(pareto, "result_of", lambda _, solution, *__: Answer(solution))

    def between(_: Any, known: Any, *__: Any) -> Between:
        assert known == [None] * 3
        array = np.array(points)
        return Between(array, array, lambda index: points[index], True, False)  # type: ignore[arg-type,return-value]

    aims = replace(AIMS, between=between)
    problem: Any = Choice(points)
    traced = trace(problem, aims, best, 9)
    front = fill(problem, aims, traced, most, Deadline())
    assert front.complete
    assert front.found.tolist() == [list(point) for point in points]
    assert front.gap == pytest.approx(0.0)
    assert len(front.points) == min(most, len(points))
    assert front.points[0].values == points[0]
    assert front.points[-1].values == points[-1]
    assert all(point.proven for point in front.points)
    known = {point.values for point in traced.points}
    for point in front.points:
        assert (point.weights is not None) == (point.values in known)


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


def _turned(
    value: Callable[[float], tuple[float, float]], most: int
) -> tuple[Front, list[float]]:
    """Turn a knob from 0 to 1 and return the front with the positions tried."""
    tried: list[float] = []

    def solve(settings: Mapping[str, Any]) -> Any:
        tried.append(settings["position"])
        return Answer(value(tried[-1]))

    knob = Knob(
        AIMS.first,
        AIMS.second,
        lambda _, options, position: {**options, "position": position},
        AIMS.values,
        "all on",
    )
    problem: Any = None
    return turn(problem, knob, {"kept": 1}, solve, most), tried


def test_a_knob_is_turned_where_points_are_farthest_apart() -> None:
    """Ends first, then the middle of the widest gap; what is beaten is left out."""
    front, tried = _turned(lambda x: (x * x, 1.0 - x * x), 5)
    assert tried == [0.0, 1.0, 0.5, 0.75, 0.875]
    assert [point.values[0] for point in front.points] == sorted(x * x for x in tried)
    assert all(point.weights is None for point in front.points)
    assert front.points[0].settings == {"kept": 1, "position": 0.0}
    assert not front.complete
    beaten, _ = _turned(lambda x: (x, 2.0) if 0.0 < x < 1.0 else (x, 1.0 - x), 9)
    assert [point.values for point in beaten.points] == [(0.0, 1.0), (1.0, 0.0)]


def test_the_last_position_is_kept_for_comparison_even_if_it_is_beaten() -> None:
    """The front leaves it out, and it stays at hand."""
    front, _ = _turned(lambda x: (x, 2.0 if x == 1.0 else 1.0 - x), 3)
    assert [point.values for point in front.points] == [(0.0, 1.0), (0.5, 0.5)]
    assert front.reference is not None
    assert front.reference.values == (1.0, 2.0)


def test_a_knob_without_effect_ends_at_once() -> None:
    """Two equal ends have nothing between them."""
    front, tried = _turned(lambda x: (1.0, 1.0), 9)
    assert tried == [0.0, 1.0]
    assert front.complete
    assert len(front.points) == 1
