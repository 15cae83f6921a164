"""A Pyomo model compiled once to arrays, from which every backend works."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyomo.core.base.constraint import ConstraintData
    from pyomo.core.base.var import VarData

INFINITE = 1e20
"""From here on, HiGHS and SCIP alike take a bound for infinite."""

INTEGER_TOLERANCE = 1e-5
"""Nearer than this to an integer, the value of an integer variable is rounded."""


@dataclass(frozen=True)
class Breach:
    """The row, bound or variable that a point breaks most.

    Parameters
    ----------
    amount
        By how much, relative to the size of what is broken; 0 if nothing is.
    what
        What is broken, in words; empty if nothing is.
    """

    amount: float
    what: str


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A linear model with integer variables, always to be minimised.

    ``minimise cost @ x + offset`` subject to ``row_lower <= matrix @ x <= row_upper``,
    ``column_lower <= x <= column_upper``, and ``x[integer]`` integer. A model that
    maximises is held negated, and ``sign`` is -1.

    Parameters
    ----------
    name
        The name of the Pyomo model.
    matrix
        Coefficients, CSR, shape (rows, columns); no explicit zeros.
    row_lower, row_upper
        Bounds of the rows, shape (rows,); infinite where there is none.
    column_lower, column_upper
        Bounds of the variables, shape (columns,); infinite where there is none, and
        integers where the variable is.
    integer
        Which variables are integer, shape (columns,).
    cost
        Objective coefficients, to be minimised, shape (columns,).
    offset
        Constant term of the objective, to be minimised.
    sign
        1 if the model minimises, -1 if it maximises.
    variables
        The Pyomo variable of each column. Fixed variables are constants, not columns.
    constraints
        The Pyomo constraint of each row.
    idle
        Variables that are free to take any value: no active row or objective has them.
    """

    name: str
    matrix: Any
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    column_lower: NDArray[np.float64]
    column_upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    cost: NDArray[np.float64]
    offset: float
    sign: int
    variables: Sequence[VarData] = field(repr=False)
    constraints: Sequence[ConstraintData] = field(repr=False)
    idle: Sequence[VarData] = field(default=(), repr=False)

    @property
    def columns(self) -> int:
        """Number of variables."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @cached_property
    def column_names(self) -> list[str]:
        """The full name of each column."""
        return [variable.name for variable in self.variables]

    @cached_property
    def column_of(self) -> dict[int, int]:
        """The column of each variable, by ``id(variable)``."""
        return {id(variable): j for j, variable in enumerate(self.variables)}

    def evaluate(self, values: NDArray[np.float64]) -> float:
        """Return the objective of a point, to be minimised."""
        return math.fsum((self.cost * values).tolist()) + self.offset

    def in_sense_of_model(self, value: float) -> float:
        """Return an objective or bound as the user's model states it."""
        # Adding zero turns -0.0, which nobody wants to read, into 0.0.
        return self.sign * value + 0.0

    def rounded(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the point moved into the bounds, near-integer values rounded.

        Parameters
        ----------
        values
            Shape (columns,).

        Returns
        -------
        numpy.ndarray
            A new array. An integer variable further than 1e-5 from an integer keeps
            its value: rounding would hide that the point is no solution.
        """
        nearest = np.rint(values)
        near = self.integer & (np.abs(values - nearest) <= INTEGER_TOLERANCE)
        result = np.where(near, nearest, values)
        slack = INTEGER_TOLERANCE * np.maximum(1.0, np.abs(result))
        clipped = np.clip(result, self.column_lower, self.column_upper)
        movable = (np.abs(clipped - result) <= slack) & ~self.integer
        # Adding zero turns -0.0 into 0.0.
        return np.where(movable, clipped, result) + 0.0

    def worst_breach(self, values: NDArray[np.float64]) -> Breach:
        """Return what a point breaks most.

        Parameters
        ----------
        values
            Shape (columns,).

        Returns
        -------
        Breach
            Rows are measured against the larger of 1, the bound and the sum of the
            magnitudes of their terms; columns against the larger of 1 and the bound.
        """
        worst = Breach(0.0, "")
        if not np.isfinite(values).all():
            j = int(np.flatnonzero(~np.isfinite(values))[0])
            return Breach(math.inf, f"{self.variables[j].name} = {values[j]}")
        fraction = np.where(self.integer, np.abs(values - np.rint(values)), 0.0)
        if fraction.size and fraction.max() > worst.amount:
            j = int(fraction.argmax())
            worst = Breach(
                float(fraction[j]),
                f"{self.variables[j].name} = {values[j]:.12g} is not an integer",
            )
        excess = _excess(values, self.column_lower, self.column_upper, 0.0)
        if excess.size and excess.max() > worst.amount:
            j = int(excess.argmax())
            worst = Breach(
                float(excess[j]),
                f"{self.variables[j].name} = {values[j]:.12g} is outside "
                f"{_interval(self.column_lower[j], self.column_upper[j])}",
            )
        if self.rows:
            activity = self.matrix @ values
            size = abs(self.matrix) @ np.abs(values)
            excess = _excess(activity, self.row_lower, self.row_upper, size)
            if excess.max() > worst.amount:
                i = int(excess.argmax())
                between = _interval(self.row_lower[i], self.row_upper[i])
                worst = Breach(
                    float(excess[i]),
                    f"constraint {self.constraints[i].name}, constants aside, is "
                    f"{activity[i]:.12g}, outside {between}",
                )
        return worst

    def contradiction(self, tolerance: float) -> str | None:
        """Say why the model cannot have a solution, where one glance shows it.

        Parameters
        ----------
        tolerance
            How far a constant may lie outside its bounds.

        Returns
        -------
        str or None
            The variable with no value left, or the row that no variable can mend.
        """
        lower, upper = self.column_lower, self.column_upper
        for j in np.flatnonzero(lower > upper + tolerance).tolist():
            low, high = self.variables[j].bounds
            kind = "no integer" if self.integer[j] else "nothing"
            return f"{self.variables[j].name} has {kind} in its bounds {low}, {high}"
        for variable in self.idle:
            low, high = variable.bounds
            if low is not None and high is not None and low > high + tolerance:
                return f"{variable.name} has nothing in its bounds {low}, {high}"
        constant = np.diff(self.matrix.indptr) == 0
        broken = (self.row_lower > tolerance) | (self.row_upper < -tolerance)
        broken |= self.row_lower > self.row_upper + tolerance
        for i in np.flatnonzero(broken).tolist():
            if constant[i]:
                return (
                    f"constraint {self.constraints[i].name} has no free variable and "
                    "does not hold"
                )
            if self.row_lower[i] > self.row_upper[i] + tolerance:
                return (
                    f"constraint {self.constraints[i].name} has nothing between its "
                    f"bounds {self.row_lower[i]:.12g} and {self.row_upper[i]:.12g}"
                )
        return None

    def load(self, values: NDArray[np.float64]) -> None:
        """Write a point into the variables of the Pyomo model.

        Parameters
        ----------
        values
            Shape (columns,). An idle variable without a value gets the one nearest
            zero within its bounds, so that no expression is left undefined.
        """
        from pyomo.core.staleflag import StaleFlagManager

        StaleFlagManager.mark_all_as_stale(delayed=True)
        for variable, value, integer in zip(
            self.variables, values.tolist(), self.integer.tolist(), strict=True
        ):
            whole = integer and float(value).is_integer()
            variable.set_value(int(value) if whole else value, skip_validation=True)
        for variable in self.idle:
            if variable.value is None:
                lower, upper = variable.bounds
                value = max(0.0, lower) if lower is not None else 0.0
                value = min(value, upper) if upper is not None else value
                if not variable.is_continuous():
                    value = math.ceil(value) if value > 0 else math.floor(value)
                variable.set_value(value, skip_validation=True)


def _excess(
    values: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    size: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """How far values lie outside their bounds, relative to the larger magnitude."""
    below = np.where(np.isfinite(lower), lower - values, -np.inf)
    above = np.where(np.isfinite(upper), values - upper, -np.inf)
    base = np.maximum(1.0, size)
    below_scale = np.maximum(base, np.where(np.isfinite(lower), np.abs(lower), 0.0))
    above_scale = np.maximum(base, np.where(np.isfinite(upper), np.abs(upper), 0.0))
    excess = np.maximum(below / below_scale, above / above_scale)
    return np.asarray(np.maximum(excess, 0.0), dtype=np.float64)


def _interval(lower: float, upper: float) -> str:
    return f"[{lower:.12g}, {upper:.12g}]"


def empty_matrix(rows: int, columns: int) -> Any:
    """Return a CSR matrix without entries, shape (rows, columns)."""
    return scipy.sparse.csr_array((rows, columns), dtype=np.float64)
