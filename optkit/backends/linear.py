"""A linear model as arrays, the form that every backend solves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from optkit.backends.tolerances import INTEGRALITY, ON_AN_INTEGER
from optkit.core.arrays import Bools, Floats

if TYPE_CHECKING:
    from pyomo.core.base.constraint import ConstraintData
    from pyomo.core.base.var import VarData


@dataclass(frozen=True)
class NamedComponent:
    """Stands for a Pyomo variable or constraint where there is no Pyomo model.

    Parameters
    ----------
    name
        Its name in messages.
    bounds
        Bounds of a variable; None or infinite where there is none.
    fixed
        Whether a variable is fixed.
    """

    name: str
    bounds: tuple[float | None, float | None] = (None, None)
    fixed: bool = False


@dataclass(frozen=True)
class Breach:
    """The row, bound or variable that a point breaks most.

    Parameters
    ----------
    amount
        How far it is broken, relative to its size; 0 if nothing is broken.
    what
        What is broken, in words; empty if nothing is.
    """

    amount: float
    what: str


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A mixed-integer linear model, always to be minimised.

    ``minimise cost @ x + offset`` subject to ``row_lower <= matrix @ x <= row_upper``,
    ``column_lower <= x <= column_upper``, and ``x[integer]`` integer. The objective of a
    model that maximises is negated, and ``sign`` is -1.

    Parameters
    ----------
    name
        The model's name, for messages.
    matrix
        Coefficients, CSR, shape (rows, columns); no explicit zeros.
    row_lower, row_upper
        Bounds of the rows, shape (rows,); infinite where there is none.
    column_lower, column_upper
        Bounds of the variables, shape (columns,); infinite where there is none, and
        integers where the variable is one.
    integer
        Which variables are integer, shape (columns,).
    cost
        Objective coefficients, to be minimised, shape (columns,).
    offset
        Constant term of the objective, to be minimised.
    sign
        1 if the model minimises, -1 if it maximises.
    variables
        The Pyomo variable of each column, or what stands for it. Fixed variables are
        constants, not columns.
    constraints
        The Pyomo constraint of each row, or what stands for it.
    idle
        Variables in no active row and not in the objective; any value within their
        bounds will do.
    """

    name: str
    matrix: Any
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    integer: Bools
    cost: Floats
    offset: float
    sign: int
    variables: Sequence[VarData | NamedComponent] = field(repr=False)
    constraints: Sequence[ConstraintData | NamedComponent] = field(repr=False)
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

    def evaluate(self, values: Floats) -> float:
        """Return the objective of a point, to be minimised."""
        return math.fsum((self.cost * values).tolist()) + self.offset

    def in_sense_of_model(self, value: float) -> float:
        """Return an objective or bound in the sense of the user's model."""
        # Adding zero turns -0.0, which nobody wants to read, into 0.0.
        return self.sign * value + 0.0

    def rounded(self, values: Floats) -> Floats:
        """Return a point with near-integer values rounded and near-misses of bounds mended.

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
        near = self.integer & (np.abs(values - nearest) <= INTEGRALITY)
        result = np.where(near, nearest, values)
        slack = INTEGRALITY * np.maximum(1.0, np.abs(result))
        clipped = np.clip(result, self.column_lower, self.column_upper)
        movable = (np.abs(clipped - result) <= slack) & ~self.integer
        # Adding zero turns -0.0 into 0.0.
        return np.where(movable, clipped, result) + 0.0

    def worst_breach(self, values: Floats) -> Breach:
        """Return the row, bound or integrality that a point breaks most.

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
        """Say why the model has no solution, where that is plain without solving it.

        Parameters
        ----------
        tolerance
            How far a constant may lie outside its bounds.

        Returns
        -------
        str or None
            Names a variable without a value in its bounds, or a row that no variable
            can satisfy; None if there is neither.
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

    def load(self, values: Floats) -> None:
        """Write a point into the variables of the Pyomo model.

        Parameters
        ----------
        values
            Shape (columns,). Idle variables that have no value are set to the value
            nearest zero within their bounds, so that no expression is undefined.
        """
        from pyomo.core.staleflag import StaleFlagManager

        StaleFlagManager.mark_all_as_stale(delayed=True)
        variables: Sequence[Any] = self.variables
        for variable, value, integer in zip(
            variables, values.tolist(), self.integer.tolist(), strict=True
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
    values: Floats,
    lower: Floats,
    upper: Floats,
    size: Floats | float,
) -> Floats:
    """Return how far values lie outside their bounds, relative to the larger magnitude."""
    below = np.where(np.isfinite(lower), lower - values, -np.inf)
    above = np.where(np.isfinite(upper), values - upper, -np.inf)
    base = np.maximum(1.0, size)
    below_scale = np.maximum(base, np.where(np.isfinite(lower), np.abs(lower), 0.0))
    above_scale = np.maximum(base, np.where(np.isfinite(upper), np.abs(upper), 0.0))
    excess = np.maximum(below / below_scale, above / above_scale)
    return np.asarray(np.maximum(excess, 0.0), dtype=np.float64)


def _interval(lower: float, upper: float) -> str:
    return f"[{lower:.12g}, {upper:.12g}]"


def integer_bounds(
    lower: Floats, upper: Floats, integer: Bools
) -> tuple[Floats, Floats]:
    """Return bounds with those of integer columns rounded inwards to integers.

    HiGHS' presolve (1.11 to 1.14) answers models wrongly whose integer variables have
    fractional bounds, so no solver gets to see one.

    Parameters
    ----------
    lower, upper, integer
        Shape (columns,).
    """
    lower = np.where(integer, np.ceil(lower - ON_AN_INTEGER), lower)
    upper = np.where(integer, np.floor(upper + ON_AN_INTEGER), upper)
    # Adding zero turns the -0.0 of ceil(-1e-9) into 0.0.
    return lower + 0.0, upper + 0.0


def empty_matrix(rows: int, columns: int) -> Any:
    """Return a CSR matrix without entries, shape (rows, columns)."""
    return scipy.sparse.csr_array((rows, columns), dtype=np.float64)
