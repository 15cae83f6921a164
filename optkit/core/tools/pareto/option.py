"""The points of a front between whose aims an option of the solvers decides.

The two ends of the option come first, then the middle between the two neighbours that are
farthest apart. Nothing is proven of such a front.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from optkit.core.instance import Instance
from optkit.core.solving.result import Reason, Result
from optkit.core.tools.pareto.aims import Knob
from optkit.core.tools.pareto.front import Front, FrontPoint, front_of

NARROWEST = 1e-4
"""Distance of two positions of a knob between which no further one is tried."""


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
        As in :func:`~optkit.core.tools.pareto.weights.trace`.
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
        return front_of(knob, points, False, interrupted)
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
    front = front_of(knob, points, not gaps and not interrupted, interrupted)
    found = np.array([point.values for point in front.points]).reshape(-1, 2)
    return replace(front, reference=high, found=found)
