"""Convex sets whose interior holds no bilevel feasible point that is still wanted.

``docs/bilevel.md`` has the proofs. None of the sets rests on more than its own condition,
which is checked here: that the values of a row lie on a grid, where the set is widened by
one step of it.
"""

from __future__ import annotations

import numpy as np

from optkit.bilevel.exact.branch_and_cut.intersection_cuts import FreeSet
from optkit.bilevel.exact.branch_and_cut.moving_rows import (
    MovingRows,
    largest_activity,
    short_directions,
)
from optkit.bilevel.problem.indicators import ON_THE_GRID
from optkit.bilevel.problem.linking_rows import linking_rows
from optkit.bilevel.problem.problem_data import ProblemData
from optkit.core.arrays import Floats

MOST_KEPT = 2000
"""Most responses, and most directions, that are remembered."""

LEAST_DEPTH = 1e-4
"""Sets whose boundary is nearer than this to a vertex are not worth a cut."""


class FreeSets:
    """The sets of one bilevel program.

    Parameters
    ----------
    problem
        The program, with integer linking columns.
    low, high
        Bounds of its columns, shape (columns,); those of linking columns are finite.
    """

    def __init__(self, problem: ProblemData, low: Floats, high: Floats) -> None:
        self._problem, self._low, self._high = problem, low, high
        self._linking_rows = linking_rows(problem)
        self._linking = np.zeros((len(self._linking_rows), problem.columns))
        for i, row in enumerate(self._linking_rows):
            self._linking[i, row.indices] = row.a
        self._largest = largest_activity(self._linking, low, high)
        self._sizes = np.linalg.norm(self._linking, axis=1)
        self._slack = ON_THE_GRID * np.maximum(1.0, np.abs(self._largest))
        self._cost = problem.own_follower_cost
        self._cost_size = float(np.linalg.norm(self._cost))
        self._solution_normals = np.vstack([-self._cost, self._linking])
        self.moving = MovingRows(problem)
        self._responses: dict[bytes, int] = {}
        self._values = np.zeros(0)
        self._thresholds = np.zeros((0, len(self._linking_rows)))
        self._changes = np.zeros((0, len(self.moving.limits)))
        self._directions: set[bytes] = set()
        self._remember(short_directions(problem, self.moving, MOST_KEPT // 2))

    def improving_solution(self, response: Floats, value: float) -> FreeSet:
        """Return where the follower could choose a response that is better for it.

        In the interior of ``d y >= d y*`` and ``a_i x <= t_i``, where ``t_i`` is the least
        value of ``a_i x`` that rules y* out, the follower may choose y*, and gains by it.
        The set is remembered for :meth:`around`.

        Parameters
        ----------
        response, value
            A point y* of the follower, shape (lower columns,), and its objective. It
            satisfies its bounds and every lower row without linking columns.
        """
        key = response.tobytes()
        if key in self._responses:
            thresholds = self._thresholds[self._responses[key]]
            return self._solution_set(value, thresholds, thresholds)
        thresholds = np.array([row.threshold(response) for row in self._linking_rows])
        # A row that no decision makes binding is no facet.
        thresholds[self._largest < thresholds - self._slack] = np.inf
        if len(self._values) < MOST_KEPT:
            self._responses[key] = len(self._values)
            self._values = np.append(self._values, value)
            self._thresholds = np.vstack([self._thresholds, thresholds])
        return self._solution_set(value, thresholds, thresholds)

    def _solution_set(self, value: float, node: Floats, tree: Floats) -> FreeSet:
        """Return a set by its thresholds: those in a node, and those in the whole tree."""
        facets = np.isfinite(node)
        return FreeSet(
            self._solution_normals[np.append(True, facets)],
            np.append(-value, node[facets]),
            bool((facets != np.isfinite(tree)).any()),
        )

    def improving_direction(self, direction: Floats) -> FreeSet:
        """Return where the follower could move in a direction, and would gain by it.

        The set is remembered for :meth:`around`.

        Parameters
        ----------
        direction
            Change of the lower columns, shape (lower columns,), integer in the integer
            columns, with a negative objective.
        """
        change = self.moving.change(direction[None])
        self._remember(direction[None])
        return self._direction_set(change[0], change[0])

    def _direction_set(self, node: Floats, tree: Floats) -> FreeSet:
        """Return a set by the changes of sides: in a node, and in the whole tree."""
        facets = np.isfinite(node)
        return FreeSet(
            self.moving.normals[facets],
            (self.moving.limits - node)[facets],
            bool((facets != np.isfinite(tree)).any()),
        )

    def _remember(self, directions: Floats) -> None:
        fresh = []
        for direction in directions:
            key = direction.tobytes()
            if key not in self._directions and len(self._directions) < MOST_KEPT:
                self._directions.add(key)
                fresh.append(direction)
        if fresh:
            changes = self.moving.change(np.array(fresh))
            self._changes = np.vstack([self._changes, changes])

    def hypercube(self, decision: Floats) -> FreeSet:
        """Return the box around one assignment of the linking columns.

        Once the assignment is evaluated, no other point in the interior is wanted: the
        linking columns are integers.

        Parameters
        ----------
        decision
            Values of the upper columns, shape (upper columns,).
        """
        problem = self._problem
        values = decision[problem.linking_positions]
        normals, limits = [], []
        for j, value in zip(problem.linking.tolist(), values.tolist(), strict=True):
            for sign, bound in ((1.0, self._high[j]), (-1.0, -self._low[j])):
                if sign * value < bound - 0.5:
                    normal = np.zeros(problem.columns)
                    normal[j] = sign
                    normals.append(normal)
                    limits.append(sign * value + 1.0)
        return FreeSet(
            np.array(normals).reshape(len(limits), problem.columns), np.array(limits)
        )

    def around(
        self, vertex: Floats, low: Floats, high: Floats, count: int
    ) -> list[FreeSet]:
        """Return those of the remembered sets in which a vertex lies deepest.

        Parameters
        ----------
        vertex
            Shape (columns,).
        low, high
            The node's bounds, shape (columns,). Facets that no point between them reaches
            are left out.
        count
            Most sets to return.
        """
        largest = largest_activity(self._linking, low, high)
        thresholds = np.where(
            largest < self._thresholds - self._slack, np.inf, self._thresholds
        )
        changes = self.moving.reached(self._changes, low, high)
        room = (thresholds - self._linking @ vertex) / self._sizes
        gain = (float(self._cost @ vertex) - self._values) / max(self._cost_size, 1e-9)
        depths = np.concatenate(
            [
                np.minimum(room.min(axis=1, initial=np.inf), gain),
                self.moving.depths(changes, vertex),
            ]
        )
        deepest = np.argsort(-depths, kind="stable")[:count]
        solutions = len(self._values)
        return [
            self._solution_set(
                float(self._values[k]), thresholds[k], self._thresholds[k]
            )
            if k < solutions
            else self._direction_set(
                changes[k - solutions], self._changes[k - solutions]
            )
            for k in deepest.tolist()
            if LEAST_DEPTH < depths[k] < np.inf
        ]
