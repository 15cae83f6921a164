"""A bilevel instance as arrays, both objectives to be minimised."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from optkit.bilevel.instance import BilevelInstance, Objective
from optkit.bilevel.solution import BilevelSolution
from optkit.core.arrays import Bools, Floats, Ints

ON_AN_INTEGER = 1e-9
"""A bound of an integer column that is nearer than this to an integer is on it."""


@dataclass(frozen=True, eq=False)
class Problem:
    """``min c z`` over the bilevel feasible ``z``; see :class:`BilevelInstance`.

    Parameters
    ----------
    instance
        What the arrays were made from.
    matrix
        Coefficients, CSR, shape (rows, columns).
    row_lower, row_upper
        Sides of the rows, shape (rows,); infinite where there is none.
    column_lower, column_upper
        Bounds, shape (columns,); those of integer columns are integers.
    integer
        Which columns are integer, shape (columns,).
    row_is_lower, column_is_lower
        What belongs to the follower, shapes (rows,) and (columns,).
    cost, offset
        The leader's objective, to be minimised.
    follower_cost, follower_offset
        The follower's objective, to be minimised; it may have terms in upper columns,
        which the follower cannot change.
    """

    instance: BilevelInstance
    matrix: Any
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    integer: Bools
    row_is_lower: Bools
    column_is_lower: Bools
    cost: Floats
    offset: float
    follower_cost: Floats
    follower_offset: float

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @cached_property
    def upper(self) -> Ints:
        """Indices of the leader's columns."""
        return np.flatnonzero(~self.column_is_lower)

    @cached_property
    def lower(self) -> Ints:
        """Indices of the follower's columns."""
        return np.flatnonzero(self.column_is_lower)

    @cached_property
    def lower_rows(self) -> Ints:
        """Indices of the follower's rows."""
        return np.flatnonzero(self.row_is_lower)

    @cached_property
    def linking_matrix(self) -> Any:
        """Coefficients of the upper columns in the lower rows, CSR."""
        return _sorted(self.matrix[self.lower_rows][:, self.upper])

    @cached_property
    def follower_matrix(self) -> Any:
        """Coefficients of the lower columns in the lower rows, CSR."""
        return _sorted(self.matrix[self.lower_rows][:, self.lower])

    @cached_property
    def linking(self) -> Ints:
        """Indices of the upper columns that stand in the lower rows."""
        used: Bools = np.diff(self.linking_matrix.tocsc().indptr) > 0
        return self.upper[used]

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.id for column in self.instance.columns]

    @property
    def follower_is_linear(self) -> bool:
        """Whether the follower solves a linear program."""
        return not bool(self.integer[self.lower].any())

    def continuous_linking(self) -> list[str]:
        """Return the names of linking columns that are not integer."""
        return [self.names[j] for j in self.linking if not self.integer[j]]

    def objective(self, values: Floats) -> float:
        """Return the leader's objective of a point, to be minimised."""
        # Rounded once, as the checker does: sums that cancel leave nothing.
        return math.fsum([*(self.cost * values).tolist(), self.offset])

    def follower_objective(self, values: Floats) -> float:
        """Return the follower's objective of a point, to be minimised."""
        terms = (self.follower_cost * values).tolist()
        return math.fsum([*terms, self.follower_offset])

    def solution(self, values: Floats) -> BilevelSolution:
        """Return a point, shape (columns,), as a solution."""
        sign = _sign(self.instance.lower_objective)
        values = values + 0.0  # no -0.0 in files
        return BilevelSolution(
            upper={self.names[j]: float(values[j]) for j in self.upper},
            lower={self.names[j]: float(values[j]) for j in self.lower},
            follower_value=sign * self.follower_objective(values) + 0.0,
        )

    def point(self, solution: BilevelSolution) -> Floats:
        """Return a solution as a point, shape (columns,)."""
        both = {**solution.upper, **solution.lower}
        return np.array([both[name] for name in self.names], dtype=np.float64)


def compile_instance(instance: BilevelInstance) -> Problem:
    """Return the arrays of an instance."""
    place = {column.id: j for j, column in enumerate(instance.columns)}
    starts, indices, data = [0], [], []
    for row in instance.rows:
        for name, value in row.coefficients.items():
            if value:
                indices.append(place[name])
                data.append(value)
        starts.append(len(indices))
    shape = (len(instance.rows), len(place))
    matrix = scipy.sparse.csr_array(
        (
            np.array(data, dtype=np.float64),
            np.array(indices, dtype=np.int32),
            np.array(starts, dtype=np.int32),
        ),
        shape=shape,
    )
    integer = np.array([column.integer for column in instance.columns], dtype=np.bool_)
    lower = _bounds([column.lower for column in instance.columns], -np.inf)
    upper = _bounds([column.upper for column in instance.columns], np.inf)
    lower = np.where(integer, np.ceil(lower - ON_AN_INTEGER), lower) + 0.0
    upper = np.where(integer, np.floor(upper + ON_AN_INTEGER), upper) + 0.0
    cost, offset = _objective(instance.upper_objective, place)
    follower_cost, follower_offset = _objective(instance.lower_objective, place)
    return Problem(
        instance=instance,
        matrix=_sorted(matrix),
        row_lower=_bounds([row.lower for row in instance.rows], -np.inf),
        row_upper=_bounds([row.upper for row in instance.rows], np.inf),
        column_lower=lower,
        column_upper=upper,
        integer=integer,
        row_is_lower=np.array([r.level == "lower" for r in instance.rows], np.bool_),
        column_is_lower=np.array(
            [c.level == "lower" for c in instance.columns], np.bool_
        ),
        cost=cost,
        offset=offset,
        follower_cost=follower_cost,
        follower_offset=follower_offset,
    )


def _bounds(values: list[float | None], missing: float) -> Floats:
    return np.array([missing if v is None else v for v in values], dtype=np.float64)


def _objective(objective: Objective, place: dict[str, int]) -> tuple[Floats, float]:
    cost = np.zeros(len(place))
    for name, value in objective.coefficients.items():
        cost[place[name]] = value
    sign = _sign(objective)
    return sign * cost + 0.0, sign * objective.constant + 0.0


def _sign(objective: Objective) -> float:
    return -1.0 if objective.sense == "max" else 1.0


def _sorted(matrix: Any) -> Any:
    matrix = scipy.sparse.csr_array(matrix)
    matrix.sort_indices()
    return matrix
