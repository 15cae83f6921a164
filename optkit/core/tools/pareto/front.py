"""A front: its points, what they are called, and what is proven of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import ContradictionError
from optkit.core.solving.result import Result
from optkit.core.tools.pareto.aims import Aims, Knob
from optkit.core.tools.pareto.front_bound import FrontBound
from optkit.core.tools.pareto.point_sets import nondominated

CLOSED = 1e-4
"""Relative distance of a point from the bound on the first aim at which it is proven.
Bounds under weights lose digits where the first aim's weight is small."""

CONTRADICTION = 1e-6
"""Share of both aims by which a point may be below the bound, for rounding."""


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


def front_of(
    aims: Aims | Knob, points: Sequence[FrontPoint], complete: bool, interrupted: bool
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


def bounded(front: Front, bound: FrontBound, found: Floats | None = None) -> Front:
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
