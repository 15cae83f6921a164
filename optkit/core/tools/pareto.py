"""Traces the Pareto front between two aims of a problem.

A family whose objective weighs two aims (:class:`Aims`) gets its front by solving the same
instance under other weights. First each aim is minimised alone. Then, for the two
neighbours that are farthest apart, the instance is solved under the weights for which both
are equally good; a solution that is better than both is a new point between them. So the
front consists of supported points, which are best under some weights; points inside
non-convex parts of the front are not found.

Where an option of a family's solvers decides between two aims (:class:`Knob`), that option
is varied: first its two ends, then between the two neighbours that are farthest apart.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optkit.core.instance import Instance
from optkit.core.solving.result import Reason, Result, Status

TOLERANCE = 1e-9
"""Relative difference above which a point counts as better than its neighbours."""


NARROWEST = 1e-4
"""Distance of two positions of a knob between which no further one is tried."""


@dataclass(frozen=True)
class Aim:
    """One of two aims.

    Parameters
    ----------
    name
        What is minimised: ``time``.
    unit
        Its unit.
    """

    name: str
    unit: str


@dataclass(frozen=True)
class Aims:
    """The two aims of a family, and how to weigh and measure them.

    Parameters
    ----------
    first, second
        The two aims.
    weigh
        ``weigh(instance, w1, w2)`` returns the same instance with other weights.
    values
        ``values(metrics)`` returns the values of both aims, from the checker's metrics.
    """

    first: Aim
    second: Aim
    weigh: Callable[[Any, float, float], Instance]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]


@dataclass(frozen=True)
class Knob:
    """Two aims between which an option of the family's solvers decides.

    Parameters
    ----------
    first, second
        The two aims.
    settings
        ``settings(instance, options, position)`` returns the user's options with the one
        that is varied set to a position between 0, best for the first aim, and 1.
    values
        ``values(metrics)`` returns the values of both aims, from the checker's metrics.
    reference
        What position 1 is called: it is shown even if other points are better.
    """

    first: Aim
    second: Aim
    settings: Callable[[Any, Mapping[str, Any], float], Mapping[str, Any]]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]
    reference: str


@dataclass(frozen=True)
class FrontPoint:
    """One point of a front.

    Parameters
    ----------
    values
        The values of the two aims.
    weights
        The weights under which it was found; None where an option was varied.
    result
        The run that found it; its solution has passed the check.
    settings
        The options of the solver, where one of them was varied.
    """

    values: tuple[float, float]
    weights: tuple[float, float] | None
    result: Result
    settings: Mapping[str, Any] = field(default_factory=dict)

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
        The points, sorted by the first aim; none is better than another in both aims.
    labels
        Indices of special points by name: ``min-time`` and its like for the two ends;
        ``compromise``, with the least sum of the aims as shares of their ranges; and
        ``median``, in the middle of the list.
    complete
        Whether tracing ended because there are no more points, not at the limit.
    interrupted
        Whether Ctrl-C or its like ended it.
    reference
        A point to compare with, whether or not others are better; None for none.
    """

    points: tuple[FrontPoint, ...]
    labels: Mapping[str, int]
    complete: bool
    interrupted: bool = False
    reference: FrontPoint | None = None


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
        The instance; its own weights are ignored.
    aims
        The family's aims.
    solve
        Solves an instance; called once for each pair of weights.
    most
        Largest number of points, including the two ends.
    tell
        Called after each solve with the number of points.
    """
    points: list[FrontPoint] = []
    interrupted = False

    def solve_at(first: float, second: float) -> FrontPoint | None:
        nonlocal interrupted
        if interrupted:
            return None
        try:
            result = solve(aims.weigh(instance, first, second))
        except KeyboardInterrupt:  # outside the run, which would have returned its best
            interrupted = True
            return None
        interrupted = result.termination.reason is Reason.INTERRUPTED
        feasible = result.verification is not None and result.verification.feasible
        if not feasible:
            return None
        point = FrontPoint(aims.values(result.metrics), (first, second), result)
        points.append(point)
        tell(len(points))
        return point

    low, high = solve_at(1.0, 0.0), solve_at(0.0, 1.0)
    if low is None or high is None:
        return _front(aims, points, False, interrupted)
    gaps: list[tuple[float, int, FrontPoint, FrontPoint]] = []
    scale = tuple(
        max(abs(a - b), 1e-300) for a, b in zip(low.values, high.values, strict=True)
    )

    def open_gap(left: FrontPoint, right: FrontPoint) -> None:
        width = right.values[0] - left.values[0]
        drop = left.values[1] - right.values[1]
        if width > 0.0 and drop > 0.0:
            size = math.hypot(width / scale[0], drop / scale[1])
            heapq.heappush(gaps, (-size, len(points) + len(gaps), left, right))

    open_gap(low, high)
    while gaps and len(points) < most and not interrupted:
        _, _, left, right = heapq.heappop(gaps)
        weights = (
            left.values[1] - right.values[1],
            right.values[0] - left.values[0],
        )
        total = weights[0] + weights[1]
        shares = (weights[0] / total, weights[1] / total)
        middle = solve_at(*shares)
        if middle is None:
            continue
        ends = _weighed(shares, left)
        if _weighed(shares, middle) < ends - TOLERANCE * abs(ends):
            open_gap(left, middle)
            open_gap(middle, right)
    return _front(aims, points, not gaps and not interrupted, interrupted)


def turn(
    instance: Instance,
    knob: Knob,
    options: Mapping[str, Any],
    solve: Callable[[Mapping[str, Any]], Result],
    most: int,
    tell: Callable[[int], None] = lambda _: None,
) -> Front:
    """Return the front of an instance that appears as an option is varied.

    Solvers that decide by rules need not get better in one aim as they get worse in the
    other; points that are beaten in both are left out at the end.

    Parameters
    ----------
    instance
        The instance.
    knob
        The aims, and the option that decides between them.
    options
        The options that the user gives.
    solve
        Solves the instance with options; called once for each setting.
    most, tell
        As in :func:`trace`.
    """
    points: list[FrontPoint] = []
    interrupted = False

    def solve_at(position: float) -> FrontPoint | None:
        nonlocal interrupted
        if interrupted:
            return None
        settings = knob.settings(instance, options, position)
        try:
            result = solve(settings)
        except KeyboardInterrupt:  # outside the run, which would have returned its best
            interrupted = True
            return None
        interrupted = result.termination.reason is Reason.INTERRUPTED
        if result.verification is None or not result.verification.feasible:
            return None
        point = FrontPoint(knob.values(result.metrics), None, result, settings)
        points.append(point)
        tell(len(points))
        return point

    low, high = solve_at(0.0), solve_at(1.0)
    if low is None or high is None:
        return _front(knob, points, False, interrupted)
    scale = tuple(
        max(abs(a - b), 1e-300) for a, b in zip(low.values, high.values, strict=True)
    )
    gaps: list[tuple[float, float, float, FrontPoint, FrontPoint]] = []

    def open_gap(start: float, left: FrontPoint, end: float, right: FrontPoint) -> None:
        apart = math.hypot(
            *(
                (b - a) / s
                for a, b, s in zip(left.values, right.values, scale, strict=True)
            )
        )
        if apart > 0.0 and end - start > NARROWEST:
            heapq.heappush(gaps, (-apart, start, end, left, right))

    open_gap(0.0, low, 1.0, high)
    while gaps and len(points) < most and not interrupted:
        _, start, end, left, right = heapq.heappop(gaps)
        position = 0.5 * (start + end)
        middle = solve_at(position)
        if middle is not None:
            open_gap(start, left, position, middle)
            open_gap(position, middle, end, right)
    front = _front(knob, points, not gaps and not interrupted, interrupted)
    return replace(front, reference=high)


def _weighed(weights: tuple[float, float], point: FrontPoint) -> float:
    return weights[0] * point.values[0] + weights[1] * point.values[1]


def _front(
    aims: Aims | Knob, points: list[FrontPoint], complete: bool, interrupted: bool
) -> Front:
    """Return the points that no other point beats, and label the special ones."""
    kept: list[FrontPoint] = []
    for point in sorted(points, key=lambda p: p.values):
        if not kept or point.values[1] < kept[-1].values[1]:
            kept.append(point)
    labels: dict[str, int] = {}
    if kept:
        labels[f"min-{aims.first.name}"] = 0
        labels["compromise"] = _compromise(kept)
        labels["median"] = (len(kept) - 1) // 2
        labels[f"min-{aims.second.name}"] = len(kept) - 1
    return Front(tuple(kept), labels, complete, interrupted)


def _compromise(points: list[FrontPoint]) -> int:
    """Return the index of the point with the least sum of aims as shares of ranges."""
    lows = [min(point.values[aim] for point in points) for aim in (0, 1)]
    spans = [
        max(point.values[aim] for point in points) - lows[aim] or 1.0 for aim in (0, 1)
    ]

    def distance(index: int) -> float:
        return sum((points[index].values[a] - lows[a]) / spans[a] for a in (0, 1))

    return min(range(len(points)), key=distance)
