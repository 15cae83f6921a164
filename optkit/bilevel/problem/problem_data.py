"""A bilevel instance as arrays, both objectives to be minimised."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from optkit.backends.linear import integer_bounds
from optkit.bilevel.instance import BilevelInstance, Objective
from optkit.bilevel.solution import BilevelSolution
from optkit.core.arrays import Bools, Floats, Ints

ROUNDING = 1e-15
"""A sum that is less than this share of its terms' magnitudes is zero."""


@dataclass(frozen=True, eq=False)
class ProblemData:
    """``min c z`` over the bilevel feasible ``z``; see :class:`BilevelInstance`.

    Parameters
    ----------
    instance
        The instance that the arrays describe.
    matrix
        Coefficients, CSR, shape (rows, columns).
    row_lower, row_upper
        Sides of the rows, shape (rows,); infinite where there is none.
    column_lower, column_upper
        Bounds, shape (columns,); those of integer columns are integers.
    integer
        Which columns are integer, shape (columns,).
    row_is_lower, column_is_lower
        Which rows and columns belong to the follower, shapes (rows,) and (columns,).
    cost, offset
        The leader's objective, to be minimised.
    follower_cost, follower_offset
        The follower's objective, to be minimised. It may have terms in upper columns,
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
    def upper_rows(self) -> Ints:
        """Indices of the leader's rows."""
        return np.flatnonzero(~self.row_is_lower)

    @cached_property
    def lower_rows(self) -> Ints:
        """Indices of the follower's rows."""
        return np.flatnonzero(self.row_is_lower)

    @cached_property
    def linking_matrix(self) -> Any:
        """Coefficients of the upper columns in the lower rows, CSR."""
        return _sorted_csr(self.matrix[self.lower_rows][:, self.upper])

    @cached_property
    def follower_matrix(self) -> Any:
        """Coefficients of the lower columns in the lower rows, CSR."""
        return _sorted_csr(self.matrix[self.lower_rows][:, self.lower])

    @cached_property
    def linking(self) -> Ints:
        """Indices of the linking columns: upper columns that appear in lower rows."""
        used: Bools = np.diff(self.linking_matrix.tocsc().indptr) > 0
        return self.upper[used]

    @cached_property
    def linking_positions(self) -> Ints:
        """Positions of the linking columns among the upper columns."""
        return np.searchsorted(self.upper, self.linking)

    @cached_property
    def own_follower_cost(self) -> Floats:
        """The follower's costs of its own columns; 0 for the leader's, shape (columns,)."""
        return np.where(self.column_is_lower, self.follower_cost, 0.0)

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.id for column in self.instance.columns]

    @property
    def is_pessimistic(self) -> bool:
        """Whether the follower takes the optimum that is worst for the leader."""
        return self.instance.ties == "pessimistic"

    @property
    def follower_is_linear(self) -> bool:
        """Whether the follower solves a linear program."""
        return not bool(self.integer[self.lower].any())

    @cached_property
    def follower_value_is_whole(self) -> bool:
        """Whether the follower's objective takes integer values only."""
        lower = self.lower
        return takes_whole_values(self.follower_cost[lower], self.integer[lower])

    def continuous_linking(self) -> list[str]:
        """Return the names of the linking columns that are not integer."""
        return [self.names[j] for j in self.linking if not self.integer[j]]

    def objective(self, values: Floats) -> float:
        """Return the leader's objective of a point, to be minimised."""
        return _sum([*(self.cost * values).tolist(), self.offset])

    def follower_objective(self, values: Floats) -> float:
        """Return the follower's objective of a point, to be minimised."""
        terms = (self.follower_cost * values).tolist()
        return _sum([*terms, self.follower_offset])

    def solution(self, values: Floats) -> BilevelSolution:
        """Turn a point, shape (columns,), into a solution; integer columns are rounded."""
        sign = _sign(self.instance.lower_objective)
        values = np.where(self.integer, np.rint(values), values) + 0.0  # no -0.0
        return BilevelSolution(
            upper={self.names[j]: float(values[j]) for j in self.upper},
            lower={self.names[j]: float(values[j]) for j in self.lower},
            follower_value=sign * self.follower_objective(values) + 0.0,
        )

    def point(self, solution: BilevelSolution) -> Floats:
        """Turn a solution into a point, shape (columns,)."""
        values = {**solution.upper, **solution.lower}
        return np.array([values[name] for name in self.names], dtype=np.float64)


def problem_data(instance: BilevelInstance) -> ProblemData:
    """Return the arrays of an instance; they are made once and kept with it."""
    return instance.derived(_problem_data)


def _problem_data(instance: BilevelInstance) -> ProblemData:
    column_index = {column.id: j for j, column in enumerate(instance.columns)}
    starts, indices, data = [0], [], []
    for row in instance.rows:
        for name, value in row.coefficients.items():
            if value:
                indices.append(column_index[name])
                data.append(value)
        starts.append(len(indices))
    matrix = scipy.sparse.csr_array(
        (
            np.array(data, dtype=np.float64),
            np.array(indices, dtype=np.int32),
            np.array(starts, dtype=np.int32),
        ),
        shape=(len(instance.rows), len(column_index)),
    )
    columns, rows = instance.columns, instance.rows
    integer = np.array([column.integer for column in columns], dtype=np.bool_)
    column_lower, column_upper = integer_bounds(
        _filled([column.lower for column in columns], -np.inf),
        _filled([column.upper for column in columns], np.inf),
        integer,
    )
    cost, offset = _minimised(instance.upper_objective, column_index)
    follower_cost, follower_offset = _minimised(instance.lower_objective, column_index)
    return ProblemData(
        instance=instance,
        matrix=_sorted_csr(matrix),
        row_lower=_filled([row.lower for row in rows], -np.inf),
        row_upper=_filled([row.upper for row in rows], np.inf),
        column_lower=column_lower,
        column_upper=column_upper,
        integer=integer,
        row_is_lower=np.array([row.level == "lower" for row in rows], np.bool_),
        column_is_lower=np.array([c.level == "lower" for c in columns], np.bool_),
        cost=cost,
        offset=offset,
        follower_cost=follower_cost,
        follower_offset=follower_offset,
    )


def _sum(terms: list[float]) -> float:
    """Add up; what is less than the rounding of terms that cancel is zero.

    Otherwise the value of such terms would depend on the unit they are written in.
    """
    total = math.fsum(terms)
    return total if abs(total) > ROUNDING * math.fsum(map(abs, terms)) else 0.0


def takes_whole_values(cost: Floats, integer: Bools) -> bool:
    """Say whether ``cost @ z`` is an integer wherever the integer columns of z are."""
    active = cost != 0.0
    return bool(integer[active].all() and (cost == np.rint(cost)).all())


def csr_row(matrix: Any, i: int) -> tuple[Ints, Floats]:
    """Return the column indices and coefficients of one row of a CSR matrix."""
    entries = slice(matrix.indptr[i], matrix.indptr[i + 1])
    return matrix.indices[entries], matrix.data[entries]


def _filled(values: list[float | None], missing: float) -> Floats:
    return np.array([missing if v is None else v for v in values], dtype=np.float64)


def _minimised(
    objective: Objective, column_index: dict[str, int]
) -> tuple[Floats, float]:
    """Return coefficients and constant of an objective, to be minimised."""
    cost = np.zeros(len(column_index))
    for name, value in objective.coefficients.items():
        cost[column_index[name]] = value
    sign = _sign(objective)
    return sign * cost + 0.0, sign * objective.constant + 0.0


def _sign(objective: Objective) -> float:
    return -1.0 if objective.sense == "max" else 1.0


def _sorted_csr(matrix: Any) -> Any:
    matrix = scipy.sparse.csr_array(matrix)
    matrix.sort_indices()
    return matrix
