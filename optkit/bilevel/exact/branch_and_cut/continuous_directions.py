"""Directions in which the follower can move its continuous columns, and gain by it."""

from __future__ import annotations

import numpy as np
import scipy.sparse

from optkit.backends.incremental import IncrementalModel, SolveStatus
from optkit.bilevel.exact.branch_and_cut.moving_rows import MovingRows
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats
from optkit.core.solving.deadline import Deadline

TIGHT = 1e-7
"""A side is tight at a point that is nearer to it than this, relative to its normal."""


LEAST_GAIN = 1e-7
"""Least cosine of the angle between a direction and what the follower wants."""


class ContinuousDirections:
    """The linear program that finds a direction with much room, at any point.

    With the integer columns as they are, the follower moves by w. It gains 1, and

        min sum_i max(0, b_i w) / room_i,   d w = -1,   b_i w <= 0 where side i is tight

    prefers sides that come no nearer, and then those that are far away.

    Parameters
    ----------
    problem
        The bilevel program.
    rows
        The sides of its follower's rows and bounds.
    """

    def __init__(self, problem: ProblemData, rows: MovingRows) -> None:
        self._problem, self._rows = problem, rows
        self._free = np.flatnonzero(~problem.integer[problem.lower])
        self._columns = problem.lower[self._free]
        self._cost = problem.follower_cost[self._columns]
        part = rows.normals[:, self._columns]
        self._sides = np.flatnonzero(part.any(axis=1))
        self._part = part[self._sides]
        self._sizes = np.linalg.norm(self._part, axis=1)
        self._model = self._build() if self._cost.any() else None

    def _build(self) -> IncrementalModel:
        """Return the program: columns w, then what each side comes nearer."""
        count, sides = len(self._free), len(self._sides)
        matrix = scipy.sparse.block_array(
            [
                [self._part / self._sizes[:, None], -scipy.sparse.eye_array(sides)],
                [self._cost[None] / np.linalg.norm(self._cost), None],
            ],
            format="csr",
        )
        return IncrementalModel(
            matrix,
            np.append(np.full(sides, -np.inf), -1.0),
            np.append(np.zeros(sides), -1.0),
            np.append(np.full(count, -np.inf), np.zeros(sides)),
            np.full(count + sides, np.inf),
            np.zeros(count + sides, dtype=np.bool_),
            np.zeros(count + sides),
        )

    def at(self, point: Floats, deadline: Deadline) -> Floats | None:
        """Return a direction that is open to the follower at a point.

        Parameters
        ----------
        point
            Shape (columns,).
        deadline
            Ends the solve.

        Returns
        -------
        numpy.ndarray or None
            Shape (lower columns,), zero in the integer columns; None if there is none, or
            the linear program found none in time.
        """
        if self._model is None:
            return None
        count = len(self._free)
        normals, limits = (
            self._rows.normals[self._sides],
            self._rows.limits[self._sides],
        )
        room = (limits - normals @ point) / self._sizes
        tight = room <= TIGHT
        nearer = count + np.arange(len(self._sides))
        self._model.set_column_bounds(
            nearer, np.zeros(len(nearer)), np.where(tight, 0.0, np.inf)
        )
        weights = 1.0 / np.maximum(room, TIGHT)
        self._model.set_cost(np.append(np.zeros(count), np.where(tight, 0.0, weights)))
        result = self._model.solve(deadline)
        if result.status is not SolveStatus.OPTIMAL or result.values is None:
            return None
        return self._polished(result.values[:count])

    def _polished(self, change: Floats) -> Floats | None:
        """Return the direction, exactly along the sides that it nearly keeps.

        None if it gains nothing after that.
        """
        change = change / np.abs(change).max()
        moved = np.abs(change) > TIGHT
        change[~moved] = 0.0
        kept = np.abs(self._part @ change) <= TIGHT * self._sizes
        part = self._part[kept][:, moved]
        if part.any():
            change[moved] -= np.linalg.pinv(part) @ (part @ change[moved])
        gain = -float(self._cost @ change)
        if gain <= LEAST_GAIN * np.linalg.norm(self._cost) * np.linalg.norm(change):
            return None
        direction = np.zeros(len(self._problem.lower))
        direction[self._free] = change
        return direction
