"""The follower's rows and bounds, and how a change of its columns brings them nearer."""

from __future__ import annotations

import math

import numpy as np

from optkit.bilevel.problem.indicators import ON_THE_GRID, common_step
from optkit.bilevel.problem.problem_data import ProblemData, csr_row
from optkit.core.arrays import Floats, Ints

ROUNDING = 1e-12
"""A change of a row that is a smaller share of its terms is put down to rounding."""

MOST_PAIRS = 20_000
"""Most pairs of columns that are looked at for short directions."""

MOST_ENTRIES = 20_000_000
"""Most entries of the table of short directions by rows."""


class MovingRows:
    """The sides of the follower's rows and bounds as ``normals @ z <= right``.

    Parameters
    ----------
    problem
        The bilevel program.

    Attributes
    ----------
    normals
        Shape (sides, columns).
    limits
        The least value that breaks a side, if its values lie on a grid, that is, if all its
        columns are integer and their coefficients have a common step; otherwise the side
        itself. Shape (sides,).
    """

    def __init__(self, problem: ProblemData) -> None:
        normals: list[Floats] = []
        limits: list[float] = []

        def add(dense: Floats, low: float, high: float, step: float) -> None:
            for sign, right in ((1.0, high), (-1.0, -low)):
                if math.isfinite(right):
                    normals.append(sign * dense)
                    limits.append(_least_breaking(float(right), step))

        for row in problem.lower_rows.tolist():
            indices, values = csr_row(problem.matrix, row)
            dense = np.zeros(problem.columns)
            dense[indices] = values
            if values.any():
                step = _row_step(problem, indices, values)
                add(dense, problem.row_lower[row], problem.row_upper[row], step)
        for j in problem.lower.tolist():
            dense = np.zeros(problem.columns)
            dense[j] = 1.0
            step = 1.0 if problem.integer[j] else 0.0
            add(dense, problem.column_lower[j], problem.column_upper[j], step)
        self.normals = np.array(normals).reshape(len(limits), problem.columns)
        self.limits = np.array(limits)
        self._sizes = np.linalg.norm(self.normals, axis=1)
        self._lower_part = self.normals[:, problem.lower]
        self._integer = problem.integer[problem.lower]

    def change(self, directions: Floats) -> Floats:
        """Return how much each side comes nearer if the lower columns change.

        Where no integer column changes, the change can be as short as is wanted, so that
        no side comes nearer by more than any positive number: 0 is returned.

        Parameters
        ----------
        directions
            Shape (directions, lower columns).

        Returns
        -------
        numpy.ndarray
            Shape (directions, sides); -inf where a side comes no nearer, so that it holds
            after the change wherever it did before.
        """
        change = directions @ self._lower_part.T
        size = np.abs(directions) @ np.abs(self._lower_part).T
        changes = _nearer(change, size)
        continuous = ~np.asarray(directions[:, self._integer].any(axis=1))
        changes[continuous] = np.minimum(changes[continuous], 0.0)
        return changes

    def change_by_pairs(self, directions: Floats, first: Ints, second: Ints) -> Floats:
        """Return what :meth:`change` returns for sums of two directions.

        Parameters
        ----------
        directions
            Changes of one integer column each, shape (directions, lower columns).
        first, second
            The summands of each sum, which change different columns, shape (sums,).

        Returns
        -------
        numpy.ndarray
            Shape (sums, sides).
        """
        change = directions @ self._lower_part.T
        size = np.abs(change)
        return _nearer(change[first] + change[second], size[first] + size[second])

    def reached(self, changes: Floats, low: Floats, high: Floats) -> Floats:
        """Leave out the sides that no point in a box breaks after the change.

        Parameters
        ----------
        changes
            As :meth:`change` returns them, shape (directions, sides).
        low, high
            The box, shape (columns,).

        Returns
        -------
        numpy.ndarray
            Of the same shape; -inf for the sides left out.
        """
        largest = largest_activity(self.normals, low, high)
        slack = ON_THE_GRID * np.maximum(1.0, np.abs(self.limits))
        room = self.limits - slack - largest
        return np.where(changes < room, -np.inf, changes)

    def depths(self, changes: Floats, vertex: Floats) -> Floats:
        """Return the distance of a vertex from what would break after each change.

        Parameters
        ----------
        changes
            As :meth:`change` returns them, shape (directions, sides).
        vertex
            Shape (columns,).

        Returns
        -------
        numpy.ndarray
            Shape (directions,); infinite if nothing would break.
        """
        room = (self.limits - self.normals @ vertex) / self._sizes
        return np.asarray(
            (room - changes / self._sizes).min(axis=1, initial=np.inf), dtype=np.float64
        )


def _nearer(change: Floats, size: Floats) -> Floats:
    return np.where(change > ROUNDING * size, change, -np.inf)


def largest_activity(rows: Floats, low: Floats, high: Floats) -> Floats:
    """Return the largest value of each row over a box; it may be infinite."""
    bounds = np.where(rows > 0.0, high, low)
    terms = np.zeros(rows.shape)
    np.multiply(rows, bounds, out=terms, where=rows != 0.0)
    return np.asarray(terms.sum(axis=1), dtype=np.float64)


def short_directions(problem: ProblemData, rows: MovingRows, count: int) -> Floats:
    """Return improving changes of one integer lower column, or of two, by 1.

    Where there are too many, those that bring rows least nearer are taken.

    Parameters
    ----------
    problem
        The bilevel program.
    rows
        The sides of its follower's rows and bounds.
    count
        Most directions to return.

    Returns
    -------
    numpy.ndarray
        Shape (directions, lower columns).
    """
    integer = np.flatnonzero(problem.integer[problem.lower])
    cost = problem.follower_cost[problem.lower]
    width = len(problem.lower)
    singles = np.zeros((2 * len(integer), width))
    singles[np.arange(len(integer)), integer] = 1.0
    singles[len(integer) + np.arange(len(integer)), integer] = -1.0
    size = float(np.abs(cost).max(initial=0.0))
    gains = -(singles @ cost)
    least = 1e-9 * size
    first, second = np.triu_indices(len(singles), 1)
    entries = len(first) * max(width, len(rows.limits))
    apart = second - first != len(integer)
    if len(first) > MOST_PAIRS or entries > MOST_ENTRIES:
        apart[:] = False
    pairs = apart & (gains[first] + gains[second] > least)
    first, second = first[pairs], second[pairs]
    alone = singles[gains > least]
    directions = np.vstack([alone, singles[first] + singles[second]])
    change = np.vstack(
        [rows.change(alone), rows.change_by_pairs(singles, first, second)]
    )
    tightness = np.where(np.isfinite(change), change, 0.0).sum(axis=1)
    return directions[np.argsort(tightness, kind="stable")[:count]]


def _row_step(problem: ProblemData, indices: Ints, values: Floats) -> float:
    """Return the step of a row's values; 0 if there is none that is coarse enough."""
    if not problem.integer[indices].all():
        return 0.0
    return common_step(values) or 0.0


def _least_breaking(right: float, step: float) -> float:
    """Return the least multiple of the step above a side; the side, if the step is 0."""
    if step == 0.0:
        return right
    return step * (math.floor(right / step + ON_THE_GRID) + 1.0)
