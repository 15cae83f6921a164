"""The points of a front that no weights find, in its non-convex parts.

They come from the family's own search, which limits one aim and minimises the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import ContradictionError
from optkit.core.instance import Instance
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.given import result_of
from optkit.core.tools.pareto.aims import Aims, Between
from optkit.core.tools.pareto.front import Front, FrontPoint, bounded, front_of
from optkit.core.tools.pareto.front_bound import FrontBound

SAME = 1e-9
"""Relative difference up to which two points are one."""

SOURCE = "front"
"""Stands in the place of the solver of points that were found between others."""


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
        The front that :func:`~optkit.core.tools.pareto.weights.trace` returned.
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
    filled = front_of(
        aims, points, between.complete, front.interrupted or between.interrupted
    )
    bound = FrontBound(front.bound.weighted, between.bounds)
    return bounded(filled, bound, between.found)


def _same(points: Sequence[FrontPoint], values: Floats) -> FrontPoint | None:
    """Return the point that has these values but for rounding; None if none has."""
    for point in points:
        if np.allclose(point.values, values, rtol=SAME, atol=0.0):
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
