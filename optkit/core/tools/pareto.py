"""The front between two aims of one problem, traced by weights; every point is solved.

A family that weighs two aims against each other (:class:`Aims`) gets its front by solving
the same instance under other weights: first each aim alone, then always the two neighbours
that are farthest apart, with the weights under which both would be equally good. Whatever
is better than both is a new point between them. So the front consists of supported
points, those that are best under some weights; what lies in a dent between them no weights
find.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from optkit.core.instance import Instance
from optkit.core.solving.result import Result, Status

TOLERANCE = 1e-9
"""Relative difference from which a point counts as better than its neighbours."""


@dataclass(frozen=True)
class Aim:
    """One of two aims.

    Parameters
    ----------
    name
        What is kept small: ``time``.
    unit
        Its unit.
    """

    name: str
    unit: str


@dataclass(frozen=True)
class Aims:
    """What a family hands over to have its front traced.

    Parameters
    ----------
    first, second
        The two aims.
    weigh
        ``weigh(instance, w1, w2)``: the same instance under other weights.
    values
        ``values(metrics)``: both aims' values, from the checker's metrics.
    """

    first: Aim
    second: Aim
    weigh: Callable[[Any, float, float], Instance]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]


@dataclass(frozen=True)
class FrontPoint:
    """One point of a front.

    Parameters
    ----------
    values
        The two aims.
    weights
        The weights that it was found under.
    result
        The run that found it; its solution has passed the check.
    """

    values: tuple[float, float]
    weights: tuple[float, float]
    result: Result

    @property
    def proven(self) -> bool:
        """Whether no solution is better under these weights."""
        return self.result.status is Status.OPTIMAL


@dataclass(frozen=True)
class Front:
    """A traced front.

    Parameters
    ----------
    points
        None is better than another in both aims; by the first aim, least first.
    labels
        Names of special points, by their place: ``min-time`` and its like for the two
        ends; ``compromise``, best where each aim counts in shares of its range; and
        ``median``, in the middle of the list.
    complete
        Whether it ended because nothing more was found, not because it had enough.
    """

    points: tuple[FrontPoint, ...]
    labels: Mapping[str, int]
    complete: bool


def trace(
    instance: Instance,
    aims: Aims,
    solve: Callable[[Instance], Result],
    most: int,
    tell: Callable[[int], None] = lambda _: None,
) -> Front:
    """Return the front of an instance.

    Parameters
    ----------
    instance
        The instance; its own weights are of no account.
    aims
        The family's aims.
    solve
        Solves an instance; called once for each pair of weights.
    most
        Points at most, the two ends included.
    tell
        Told after each solve how many points there are.
    """
    found: list[FrontPoint] = []

    def at(first: float, second: float) -> FrontPoint | None:
        result = solve(aims.weigh(instance, first, second))
        feasible = result.verification is not None and result.verification.feasible
        if not feasible:
            return None
        point = FrontPoint(aims.values(result.metrics), (first, second), result)
        found.append(point)
        tell(len(found))
        return point

    ends = [at(1.0, 0.0), at(0.0, 1.0)]
    low, high = ends
    if low is None or high is None:
        return _front(aims, found, False)
    gaps: list[tuple[float, int, FrontPoint, FrontPoint]] = []
    scale = tuple(
        max(abs(a - b), 1e-300) for a, b in zip(low.values, high.values, strict=True)
    )

    def open_gap(left: FrontPoint, right: FrontPoint) -> None:
        width = right.values[0] - left.values[0]
        drop = left.values[1] - right.values[1]
        if width > 0.0 and drop > 0.0:
            size = math.hypot(width / scale[0], drop / scale[1])
            heapq.heappush(gaps, (-size, len(found) + len(gaps), left, right))

    open_gap(low, high)
    while gaps and len(found) < most:
        _, _, left, right = heapq.heappop(gaps)
        weights = (
            left.values[1] - right.values[1],
            right.values[0] - left.values[0],
        )
        total = weights[0] + weights[1]
        middle = at(weights[0] / total, weights[1] / total)
        if middle is None:
            continue
        known = _weighed(middle.weights, left)
        if _weighed(middle.weights, middle) < known - TOLERANCE * abs(known):
            open_gap(left, middle)
            open_gap(middle, right)
    return _front(aims, found, not gaps)


def _weighed(weights: tuple[float, float], point: FrontPoint) -> float:
    return weights[0] * point.values[0] + weights[1] * point.values[1]


def _front(aims: Aims, found: list[FrontPoint], complete: bool) -> Front:
    """Keep what no other point beats, and name the special ones."""
    kept: list[FrontPoint] = []
    for point in sorted(found, key=lambda p: p.values):
        if not kept or point.values[1] < kept[-1].values[1]:
            kept.append(point)
    labels: dict[str, int] = {}
    if kept:
        labels[f"min-{aims.first.name}"] = 0
        labels["compromise"] = _compromise(kept)
        labels["median"] = (len(kept) - 1) // 2
        labels[f"min-{aims.second.name}"] = len(kept) - 1
    return Front(tuple(kept), labels, complete)


def _compromise(points: list[FrontPoint]) -> int:
    """Return the point of least sum, each aim measured in shares of its range."""
    lows = [min(point.values[aim] for point in points) for aim in (0, 1)]
    spans = [
        max(point.values[aim] for point in points) - lows[aim] or 1.0 for aim in (0, 1)
    ]

    def distance(place: int) -> float:
        return sum((points[place].values[a] - lows[a]) / spans[a] for a in (0, 1))

    return min(range(len(points)), key=distance)
