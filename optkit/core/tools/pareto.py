"""Traces the Pareto front between two aims of a problem.

A family whose objective weighs two aims (:class:`Aims`) gets its front by solving the same
instance under other weights. First each aim is minimised alone. Then, for the two
neighbours that are farthest apart, the instance is solved under the weights for which both
are equally good; a solution that is better than both is a new point between them. This
finds supported points, which are best under some weights. What lies between them, in
non-convex parts of the front, is found by the family's own search, if it has one
(:attr:`Aims.between`): it limits one aim and minimises the other.

Bounds of all solves together bound the front (:class:`~optkit.core.tools.front_bound`).

Where an option of a family's solvers decides between two aims (:class:`Knob`), that option
is varied: first its two ends, then between the two neighbours that are farthest apart.
Nothing is proven of such a front.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import ContradictionError
from optkit.core.instance import Instance, Solution
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.given import result_of
from optkit.core.solving.result import Reason, Result
from optkit.core.tools.front_bound import FrontBound, WeightedBound
from optkit.core.tools.point_sets import nondominated

TOLERANCE = 1e-9
"""Relative difference above which a point counts as better than its neighbours."""


CLOSED = 1e-4
"""Relative distance of a point from the bound on the first aim at which it is proven.
Bounds under weights lose digits where the first aim's weight is small."""

CONTRADICTION = 1e-6
"""Share of both aims by which a point may be below the bound, for rounding."""

SOURCE = "front"
"""Stands in the place of the solver of points that were found between others."""

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


@dataclass(frozen=True, eq=False)
class Between:
    """What a search between the supported points found and proved.

    Parameters
    ----------
    found
        Values of both aims of all points that were found, shape (n, 2), sorted by the
        first, none better than another in both.
    bounds
        Corners, shape (m, 2): every solution is as large as one of them in both aims.
        None where not every part of the problem has a bound.
    solution
        Returns the solution of a point, by its index.
    complete
        Whether there are no more points.
    interrupted
        Whether Ctrl-C or its like ended the search.
    """

    found: Floats
    bounds: Floats | None
    solution: Callable[[int], Solution]
    complete: bool
    interrupted: bool


Search = Callable[
    [Any, Sequence[Any], Deadline, Callable[[str], None]], "Between | None"
]
"""``between(instance, solutions, deadline, tell)``: search between known solutions."""


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
    between
        Finds what lies between the supported points; None if the family cannot.
    """

    first: Aim
    second: Aim
    weigh: Callable[[Any, float, float], Instance]
    values: Callable[[Mapping[str, Any]], tuple[float, float]]
    between: Search | None = None


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
        The weights under which it was found; None where an option was varied, and where
        it was found between others.
    result
        The run that found it; its solution has passed the check.
    settings
        The options of the solver, where one of them was varied.
    least_first
        A lower bound on the first aim of all solutions whose second aim is no larger than
        this point's; None if there is none.
    """

    values: tuple[float, float]
    weights: tuple[float, float] | None
    result: Result
    settings: Mapping[str, Any] = field(default_factory=dict)
    least_first: float | None = None

    @property
    def gap(self) -> float | None:
        """Relative distance of the first aim from its bound; None without a bound."""
        if self.least_first is None:
            return None
        away = max(0.0, self.values[0] - self.least_first)
        return away / abs(self.values[0]) if away else 0.0

    @property
    def proven(self) -> bool:
        """Whether no solution is better in the first aim and as good in the second."""
        return self.gap is not None and self.gap <= CLOSED


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
    found
        Values of all points that were found, also of those that are not listed, shape
        (n, 2), sorted by the first aim.
    bound
        What is proven of all solutions.
    """

    points: tuple[FrontPoint, ...]
    labels: Mapping[str, int]
    complete: bool
    interrupted: bool = False
    reference: FrontPoint | None = None
    found: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    bound: FrontBound = field(default_factory=FrontBound)

    @property
    def gap(self) -> float | None:
        """How much better than the found points a solution may be.

        For every solution, some found point is at most this share of its own values worse
        in each aim. None where too little is known.
        """
        return self.bound.gap(self.found) if len(self.found) else None


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
    bounds: list[WeightedBound] = []
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
        if result.bound is not None:
            bounds.append((first, second, result.bound))
        feasible = result.verification is not None and result.verification.feasible
        if not feasible:
            return None
        point = FrontPoint(aims.values(result.metrics), (first, second), result)
        points.append(point)
        tell(len(points))
        return point

    low, high = solve_at(1.0, 0.0), solve_at(0.0, 1.0)
    if low is None or high is None:
        return _bounded(
            _front(aims, points, False, interrupted), FrontBound(tuple(bounds))
        )
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
    front = _front(aims, points, not gaps and not interrupted, interrupted)
    return _bounded(front, FrontBound(tuple(bounds)))


def fill(
    instance: Instance,
    aims: Aims,
    front: Front,
    most: int,
    deadline: Deadline,
    tell: Callable[[str], None] = lambda _: None,
) -> Front:
    """Return a front with what lies between its points.

    Parameters
    ----------
    instance
        The instance.
    aims
        The family's aims, which have a search.
    front
        The front that :func:`trace` returned.
    most
        Largest number of points that are listed: of all that were found, the ends and
        those that are farthest from their neighbours.
    deadline
        When to stop.
    tell
        Called now and then with the progress in words.

    Returns
    -------
    Front
        It is complete if no solution is missing that is better than every point in one
        of the two aims.
    """
    assert aims.between is not None
    solutions = [point.result.solution for point in front.points]
    between = aims.between(instance, solutions, deadline, tell)
    if between is None:
        return replace(front, complete=False)
    points: list[FrontPoint] = []
    for index in _spread(between.found, most):
        point = _same(front.points, between.found[index])
        points.append(point or _found_between(instance, aims, between, index))
    filled = _front(
        aims, points, between.complete, front.interrupted or between.interrupted
    )
    bound = FrontBound(front.bound.weighted, between.bounds)
    return _bounded(filled, bound, between.found)


def _same(points: Sequence[FrontPoint], values: Floats) -> FrontPoint | None:
    """Return the point that has these values but for rounding; None if none has."""
    for point in points:
        if np.allclose(point.values, values, rtol=TOLERANCE, atol=0.0):
            return point
    return None


def _found_between(
    instance: Instance, aims: Aims, between: Between, index: int
) -> FrontPoint:
    """Return one of the points that the family's search found, checked."""
    detail = "found between other points"
    result = result_of(instance, between.solution(index), SOURCE, detail)
    if result.verification is None or not result.verification.feasible:
        raise ContradictionError(
            f"the search between the points of the front of {instance.name!r} claims a"
            f" solution at {tuple(between.found[index].tolist())} that fails its check."
        )
    return FrontPoint(aims.values(result.metrics), None, result)


def _spread(found: Floats, most: int) -> list[int]:
    """Return the indices of both ends and of the points that divide the front evenly."""
    if len(found) <= most:
        return list(range(len(found)))
    span = np.ptp(found, axis=0)
    scaled = found / np.where(span > 0.0, span, 1.0)
    chosen = [0, len(found) - 1]
    away = np.minimum(*(np.hypot(*(scaled - scaled[end]).T) for end in chosen))
    while len(chosen) < most:
        chosen.append(int(np.argmax(away)))
        away = np.minimum(away, np.hypot(*(scaled - scaled[chosen[-1]]).T))
    return sorted(chosen)


def _bounded(front: Front, bound: FrontBound, found: Floats | None = None) -> Front:
    """Return a front with what is proven of each of its points, and of all.

    Raises
    ------
    ContradictionError
        If a point is better than its bound allows.
    """
    values = np.array([point.values for point in front.points]).reshape(-1, 2)
    whole = values[nondominated(values)] if found is None else found
    least = bound.least_first(values[:, 1] * (1.0 + CONTRADICTION))
    points = []
    for point, known in zip(front.points, least.tolist(), strict=True):
        if known > point.values[0] + CONTRADICTION * abs(point.values[0]):
            raise ContradictionError(
                f"a solution with {point.values} passed its check; the first aim is proven"
                f" to be at least {known!r} there."
            )
        proven = None if known == -math.inf else min(known, point.values[0])
        points.append(replace(point, least_first=proven))
    return replace(front, points=tuple(points), found=whole, bound=bound)


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
    found = np.array([point.values for point in front.points]).reshape(-1, 2)
    return replace(front, reference=high, found=found)


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
