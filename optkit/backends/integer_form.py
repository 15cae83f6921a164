"""Rewrite a linear model in whole numbers, or say why that is impossible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse

from optkit.backends.linear import LinearModel
from optkit.core.arrays import Floats

LARGEST = 2**52
"""Largest magnitude of a variable, row or objective; beyond it doubles skip integers."""

_LARGEST_DENOMINATOR = 10**6

_ROUNDING = 1e-10
"""How far approximating coefficients by fractions may move a row or the objective."""


@dataclass(frozen=True, eq=False)
class IntegerForm:
    """A model whose numbers are all integers, with the same solutions, columns and rows.

    Parameters
    ----------
    matrix
        CSR, integer-valued, shape (rows, columns).
    row_lower, row_upper, column_lower, column_upper
        Integer-valued; rows may be infinite on one side.
    cost
        Integer-valued, shape (columns,).
    scale
        ``cost / scale`` is the model's objective without its offset.
    empty_row
        Index of a row that no integer satisfies, so there is no solution; or None.
    """

    matrix: Any
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    cost: Floats
    scale: int
    empty_row: int | None


class NotIntegerError(ValueError):
    """The model cannot be written in integers; the text says why."""


def integer_form(model: LinearModel, tolerance: float) -> IntegerForm:
    """Rewrite a model in whole numbers.

    Each row is multiplied by the least common denominator of its coefficients, and its
    bounds are rounded inwards. No solution is lost, since the row is then an integer.

    Parameters
    ----------
    model
        The model.
    tolerance
        How far a row may exceed its bounds.

    Returns
    -------
    IntegerForm
        The model in whole numbers.

    Raises
    ------
    NotIntegerError
        If a variable is continuous or unbounded, or coefficients have no common unit.
    """
    names = model.variables
    for j in np.flatnonzero(~model.integer).tolist():
        raise NotIntegerError(f"variable {names[j].name} is continuous")
    lower = np.ceil(model.column_lower - tolerance)
    upper = np.floor(model.column_upper + tolerance)
    largest = np.maximum(np.abs(lower), np.abs(upper))
    for j in np.flatnonzero(~np.isfinite(largest)).tolist():
        raise NotIntegerError(
            f"variable {names[j].name} has no finite bounds (they are "
            f"{model.column_lower[j]:.12g} and {model.column_upper[j]:.12g})"
        )
    for j in np.flatnonzero(largest > LARGEST).tolist():
        raise NotIntegerError(
            f"variable {names[j].name} may be as large as {largest[j]:.6g}, and at "
            f"most {LARGEST} is safe"
        )
    matrix = scipy.sparse.csr_array(model.matrix, copy=True)
    units = np.ones(model.rows)
    fractional = matrix.data != np.rint(matrix.data)
    too_large = abs(matrix) @ np.maximum(largest, 1.0) > LARGEST
    row_of = np.repeat(np.arange(model.rows), np.diff(matrix.indptr))
    for i in np.union1d(row_of[fractional], np.flatnonzero(too_large)).tolist():
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        reach = largest[matrix.indices[part]]
        where = f"constraint {model.constraints[i].name}"
        matrix.data[part], units[i] = _whole(matrix.data[part], reach, where)
    # Without the slack, rounding inwards could lose a value that is on the bound up to
    # rounding errors. The slack must stay well below the unit of the row.
    slack = np.minimum(tolerance * units, 0.25)
    row_lower = np.ceil(model.row_lower * units - slack)
    row_upper = np.floor(model.row_upper * units + slack)
    empty = np.flatnonzero(row_lower > row_upper).tolist()
    cost, scale = _whole(model.cost, largest, "the objective")
    return IntegerForm(
        matrix=matrix,
        row_lower=row_lower,
        row_upper=row_upper,
        column_lower=lower,
        column_upper=upper,
        cost=cost,
        scale=scale,
        empty_row=empty[0] if empty else None,
    )


def _whole(coefficients: Floats, reach: Floats, where: str) -> tuple[Floats, int]:
    """Return the coefficients times their least common denominator, and the latter."""
    unit = 1
    whole = coefficients
    if not np.array_equal(coefficients, np.rint(coefficients)):
        fractions = [
            Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
            for value in coefficients.tolist()
        ]
        unit = math.lcm(*(fraction.denominator for fraction in fractions))
        moved = [
            abs(float(fraction) - value)
            for fraction, value in zip(fractions, coefficients.tolist(), strict=True)
        ]
        if unit > LARGEST or float(np.dot(moved, reach)) > _ROUNDING:
            j = int(np.argmax([fraction.denominator for fraction in fractions]))
            raise NotIntegerError(
                f"the coefficients of {where} are not multiples of a common unit "
                f"(one of them is {coefficients[j]!r})"
            )
        whole = np.array([float(fraction * unit) for fraction in fractions])
    size = float(np.dot(np.abs(whole), np.maximum(reach, 1.0)))
    if size > LARGEST:
        raise NotIntegerError(
            f"{where}, in integers, may reach {size:.6g}, and at most {LARGEST} is safe"
        )
    return whole, unit
