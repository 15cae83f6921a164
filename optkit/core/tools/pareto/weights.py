"""The points of a front that are best under some weights.

First each aim is minimised alone. Then, for the two neighbours that are farthest apart, the
instance is solved under the weights for which both are equally good; a solution that is
better than both is a new point between them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable

from optkit.core.instance import Instance
from optkit.core.solving.result import Reason, Result
from optkit.core.tools.pareto.aims import Aims
from optkit.core.tools.pareto.front import Front, FrontPoint, bounded, front_of
from optkit.core.tools.pareto.front_bound import FrontBound, WeightedBound

TOLERANCE = 1e-9
"""Relative difference above which a point counts as better than its neighbours."""


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
        return bounded(
            front_of(aims, points, False, interrupted), FrontBound(tuple(bounds))
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
    front = front_of(aims, points, not gaps and not interrupted, interrupted)
    return bounded(front, FrontBound(tuple(bounds)))


def _weighed(weights: tuple[float, float], point: FrontPoint) -> float:
    return weights[0] * point.values[0] + weights[1] * point.values[1]
