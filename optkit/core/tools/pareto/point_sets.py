"""Finite sets of points in the plane, of which the least in both coordinates matter.

What two independent parts of a problem can do together is the sum of two such sets: every
point of one plus every point of the other. Sets that grow too large are thinned. Points
that were found are dropped, and points that bound are replaced by one that is no larger
than any of them, so both stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

MAX_POINTS = 1_500
"""Points of a sum above which it is thinned."""


def nondominated(points: Floats) -> Ints:
    """Return the indices of the points that no other point is as small as, by the first.

    Parameters
    ----------
    points
        Shape (n, 2). Of equal points, one is kept.
    """
    order = np.lexsort((points[:, 1], points[:, 0]))
    second = points[order, 1]
    least_before = np.minimum.accumulate(np.append(np.inf, second[:-1]))
    kept: Ints = order[second < least_before]
    return kept


@dataclass(frozen=True, eq=False)
class PointSet:
    """Nondominated points, each the sum of one member of every part.

    Parameters
    ----------
    points
        Sorted by the first coordinate, shape (n, 2).
    members
        Which point of each part each of them is the sum of, shape (n, parts).
    thinned
        Whether points were left out or replaced.
    """

    points: Floats
    members: Ints
    thinned: bool = False

    @classmethod
    def of(cls, points: Floats) -> PointSet:
        """Return the set of one part; its members are indices into ``points``."""
        kept = nondominated(points)
        return cls(points[kept], kept[:, None])

    def plus(
        self, other: PointSet, *, bounds: bool, most: int = MAX_POINTS
    ) -> PointSet:
        """Return the sum of this set and another.

        Parameters
        ----------
        other
            The other set.
        bounds
            Whether the points are bounds, as opposed to points that were found.
        most
            Most points of the sum.
        """
        sums = (self.points[:, None] + other.points[None]).reshape(-1, 2)
        kept = nondominated(sums)
        mine, theirs = np.divmod(kept, len(other.points))
        members = np.hstack([self.members[mine], other.members[theirs]])
        whole = PointSet(sums[kept], members, self.thinned or other.thinned)
        return whole if len(kept) <= most else whole._thin(most, bounds)

    def _thin(self, most: int, bounds: bool) -> PointSet:
        """Return at most about ``most`` points, evenly along the front."""
        span = np.ptp(self.points, axis=0)
        along = (self.points / np.where(span > 0.0, span, 1.0)) @ np.array([1.0, -1.0])
        cell = np.floor((along - along[0]) / max(np.ptp(along), 1e-300) * most)
        first: Bools = np.append(True, cell[1:] != cell[:-1])
        starts = np.flatnonzero(first)
        last = np.append(starts[1:], len(cell)) - 1
        if not bounds:
            starts = np.union1d(starts, last[-1:])
            return PointSet(self.points[starts], self.members[starts], True)
        corners = np.column_stack([self.points[starts, 0], self.points[last, 1]])
        return PointSet(corners, self.members[starts], True)


def sum_of(parts: list[PointSet], *, bounds: bool, most: int = MAX_POINTS) -> PointSet:
    """Return the sum of some sets, two neighbours at a time so that few sums are large.

    Parameters
    ----------
    parts
        At least one set.
    bounds, most
        As in :meth:`PointSet.plus`.
    """
    while len(parts) > 1:
        sums = [
            left.plus(right, bounds=bounds, most=most)
            for left, right in zip(parts[::2], parts[1::2], strict=False)
        ]
        parts = sums + parts[len(sums) * 2 :]
    return parts[0]
