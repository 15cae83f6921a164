"""Powers of two that bring the numbers of a linear model near 1.

The tolerances of every backend are absolute: 1e-9 on a row means nothing where the row's
coefficients are 1e-9 themselves, and HiGHS takes those up to 1e-9 for zero. So rows,
continuous columns and objectives whose numbers are far from 1 are multiplied by powers
of two, which rounds nothing. Where the coefficients of such a row or objective over integer
columns are multiples of a common step, it is divided by that step: solvers reason with
whole numbers where they find them. Numbers of ordinary size stay as they are. Integer
columns are never scaled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from optkit.backends.base import OnProgress, Progress
from optkit.backends.linear import LinearModel
from optkit.core.arrays import Bools, Floats
from optkit.core.errors import UnavailableError

SMALL = 2.0**-7
"""Rows and objectives whose largest coefficient is below this are scaled up."""

LARGE = 2.0**14
"""Those whose largest coefficient is above this are scaled down: doubles have 16 digits, so
sums of larger terms are rounded by more than the tolerances. Sums of whole numbers are not,
and rows of them over integer columns stay."""

FARTHEST = 1e9
"""Coefficients of one row or objective may differ by this factor. The tolerances of a
backend are 1e-9 at best."""

NEGLIGIBLE = 1e-9
"""A term that can reach no more than this share of its row's largest coefficient is within
the tolerances, and may be as small as it likes."""

_LEAST = 2.0**-20
"""Rows and objectives with a coefficient below this are scaled up as far as they can be, so
that nothing of them is lost in the tolerances."""

_FAR_BELOW = 2.0**-30
"""Columns whose own coefficients and bounds are of ordinary size are scaled only if their
largest share in a row is below this: a large constant beside them makes them no smaller."""

_PASSES = 3


def factor_for(largest: float) -> float:
    """Return the power of two to multiply by so that the largest number is near 1.

    Returns
    -------
    float
        1 where the number is of ordinary size, zero or infinite.
    """
    return float(factors_for(np.array([largest]))[0])


def factors_for(largest: Floats) -> Floats:
    """Return :func:`factor_for` of each number."""
    away = (largest > 0.0) & np.isfinite(largest)
    away &= (largest < SMALL) | (largest > LARGE)
    exponent = np.frexp(np.where(away, largest, 1.0))[1]
    return np.where(away, np.ldexp(1.0, np.clip(1 - exponent, -1020, 1020)), 1.0)


def factors_between(largest: Floats, least: Floats) -> Floats:
    """Return the powers of two for rows, given the largest and least of their coefficients.

    Where the coefficients lie far apart, the largest becomes about :data:`LARGE`, not 1.
    """
    factors = factors_for(largest)
    wide = (factors * least < _LEAST) & (largest > 0.0) & np.isfinite(largest)
    exponent = np.frexp(np.where(wide, largest, 1.0))[1]
    up = np.ldexp(LARGE, np.clip(-exponent, -1000, 1000))
    return np.where(wide, up, factors)


def factor_between(coefficients: Floats) -> float:
    """Return :func:`factors_between` of one row or objective; zeros do not count."""
    sizes = np.abs(coefficients[coefficients != 0.0])
    if not len(sizes):
        return 1.0
    return float(factors_between(sizes.max(keepdims=True), sizes.min(keepdims=True))[0])


FINEST = 1e-12
"""Numbers that are nearer than this, relative, to a multiple of a step are multiples."""

MOST_STEPS = 2.0**20
"""Most steps in a coefficient; with more, the step is of no use."""

_DENOMINATORS = 1000


def common_step(values: Floats) -> float | None:
    """Return the largest number of which all values are multiples, rounding aside.

    It takes numbers that arithmetic has rounded, such as 3.0000000000000004e-09 beside
    2e-09.

    Returns
    -------
    float or None
        None if the values are not multiples of a step, or of one that is too small.
    """
    sizes = np.unique(np.abs(values))
    least = float(sizes[0])
    if float(sizes[-1]) > MOST_STEPS * least:
        return None
    denominator = 1
    for size in sizes.tolist():
        ratio = Fraction(size / least).limit_denominator(_DENOMINATORS)
        denominator = math.lcm(denominator, ratio.denominator)
        if denominator > _DENOMINATORS:
            return None
    steps = np.rint(sizes / least * denominator)
    step = least / denominator
    off = np.abs(sizes - steps * step)
    if (off > FINEST * sizes).any() or steps[-1] > MOST_STEPS:
        return None
    return step / math.gcd(*(int(count) for count in steps))


def factor_of(coefficients: Floats, whole: bool, power: float) -> float:
    """Return the factor of a row or objective, given the power of two that would do.

    Parameters
    ----------
    coefficients
        Without zeros.
    whole
        Whether all its columns are integer.
    power
        The power of two; 1 leaves the row alone.
    """
    if power == 1.0 or not whole or not len(coefficients):
        return power
    step = common_step(coefficients)
    return power if step is None else 1.0 / step


def times(values: Floats, factor: Floats) -> Floats:
    """Return the products, without what factors other than powers of two have rounded."""
    products = values * factor
    rounds = np.frexp(factor)[0] != 0.5
    if not rounds.any():
        return products
    finite = np.isfinite(products)
    nearest = np.rint(np.where(finite, products, 0.0))
    off = np.abs(np.where(finite, products, 1.0) - nearest)
    near = finite & rounds & (off <= 10 * FINEST * np.abs(nearest))
    return np.where(near, nearest, products)


@dataclass(frozen=True, eq=False)
class Scales:
    """Factors of the rows and columns of a model.

    Parameters
    ----------
    row
        Each row is multiplied by it (:func:`times`), shape (rows,).
    column
        Each variable is this times the scaled one, shape (columns,); 1 for integers.
    """

    row: Floats
    column: Floats

    @property
    def trivial(self) -> bool:
        """Whether nothing is scaled."""
        return bool((self.row == 1.0).all() and (self.column == 1.0).all())

    def matrix(self, matrix: Any) -> Any:
        """Return the scaled matrix, CSR."""
        scaled = matrix.copy()
        rows = np.repeat(self.row, np.diff(matrix.indptr))
        scaled.data = times(matrix.data * self.column[matrix.indices], rows)
        return scaled


def scales(
    matrix: Any,
    integer: Bools,
    column_lower: Floats,
    column_upper: Floats,
    costs: tuple[Floats, ...],
) -> Scales:
    """Return the factors of rows and continuous columns.

    Parameters
    ----------
    matrix
        CSR, shape (rows, columns), without explicit zeros.
    integer, column_lower, column_upper
        Shape (columns,).
    costs
        Objectives, each of shape (columns,); they count like rows.
    """
    rows, columns = matrix.shape
    row, column = np.ones(rows), np.ones(columns)
    size, index = np.abs(matrix.data), matrix.indices
    row_of = np.repeat(np.arange(rows), np.diff(matrix.indptr))
    # Integer columns have the unit 1. A continuous column is measured in the rows that it
    # shares with one, where it has such rows.
    anchored = np.zeros(rows, dtype=np.bool_)
    np.logical_or.at(anchored, row_of, integer[index])
    entry_anchored = anchored[row_of]
    raw = np.zeros(columns)
    np.maximum.at(raw, index, size)
    for cost in costs:
        raw = np.maximum(raw, np.abs(cost))
    reach = np.maximum(np.abs(column_lower), np.abs(column_upper))
    away = (factors_for(raw) != 1.0) | (factors_for(reach) != 1.0)
    tiny = ~integer & (reach < SMALL) & (reach > 0.0)
    column[tiny] = 1.0 / factors_for(reach[tiny])
    for _ in range(_PASSES):
        scaled = size * column[index]
        largest, least = np.zeros(rows), np.full(rows, np.inf)
        np.maximum.at(largest, row_of, scaled)
        np.minimum.at(least, row_of, scaled)
        row = factors_between(largest, least)
        most, anchor = np.zeros(columns), np.zeros(columns)
        np.maximum.at(most, index, size / np.where(largest > 0.0, largest, 1.0)[row_of])
        part = entry_anchored
        np.maximum.at(anchor, index[part], size[part] / largest[row_of[part]])
        for cost in costs:
            here = np.abs(cost)
            here = here / max(float((here * column).max(initial=0.0)), 1e-300)
            most = np.maximum(most, here)
            if integer[cost != 0.0].any():
                anchor = np.maximum(anchor, here)
        share = np.where(anchor > 0.0, anchor, most)
        wanted = np.where(away | (share < _FAR_BELOW), factors_for(share), 1.0)
        # A variable is not measured in a unit that it cannot reach.
        reachable = np.where(np.isfinite(reach) & (reach > 0.0), reach, np.inf)
        power = np.ldexp(1.0, np.frexp(np.minimum(reachable, 1e300))[1])
        wanted = np.where(
            wanted > 1.0, np.minimum(wanted, np.maximum(1.0, power)), wanted
        )
        movable = ~integer & ~tiny
        if np.array_equal(column[movable], wanted[movable]):
            break
        column[movable] = wanted[movable]
    for i in np.flatnonzero(row != 1.0).tolist():
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        row[i] = factor_of(matrix.data[part], integer[index[part]].all(), row[i])
    return Scales(row, column)


def require_near(
    sizes: Floats,
    names: list[str],
    where: str,
    *,
    reach: Floats | None = None,
    shown: Floats | None = None,
) -> None:
    """Refuse coefficients that lie too far apart; zeros do not count.

    Parameters
    ----------
    sizes
        Coefficients of one row or objective.
    names
        Of their columns.
    where
        The row or objective, in words.
    reach
        Largest magnitude of each column; negligible terms of a row do not count. None for
        an objective.
    shown
        The coefficients as the user knows them, for the message.

    Raises
    ------
    UnavailableError
        Naming the largest and the smallest.
    """
    magnitudes = np.where(sizes == 0.0, np.nan, np.abs(sizes))
    if reach is not None and len(sizes):
        most = NEGLIGIBLE * float(np.nanmax(magnitudes, initial=0.0))
        magnitudes = np.where(np.abs(sizes) * reach <= most, np.nan, magnitudes)
    if np.isnan(magnitudes).all():
        return
    high, low = int(np.nanargmax(magnitudes)), int(np.nanargmin(magnitudes))
    values = sizes if shown is None else shown
    if magnitudes[high] > FARTHEST * magnitudes[low]:
        raise UnavailableError(
            f"{where} has the coefficients {values[high]:.6g} at {names[high]} and"
            f" {values[low]:.6g} at {names[low]}, more than a factor of {FARTHEST:.0e}"
            " apart: no backend can take both into account. Leave the small one out, or"
            " bring the two nearer"
        )


@dataclass(frozen=True, eq=False)
class ScaledModel:
    """A linear model as a backend sees it, and the way back.

    Parameters
    ----------
    model
        The scaled model.
    column
        Each variable of the original is this times the scaled one.
    objective
        The objective of the original is this times that of the scaled model.
    """

    model: LinearModel
    column: Floats
    objective: float

    def in_original_units(self, on_progress: OnProgress | None) -> OnProgress | None:
        """Return a listener that passes news on in the units of the original."""
        if on_progress is None or (
            self.objective == 1.0 and (self.column == 1.0).all()
        ):
            return on_progress
        listener = on_progress

        def listen(news: Progress) -> None:
            factor = self.objective
            listener(
                replace(
                    news,
                    objective=None
                    if news.objective is None
                    else factor * news.objective,
                    bound=None if news.bound is None else factor * news.bound,
                    values=None if news.values is None else self.column * news.values,
                )
            )

        return listen


def scaled_model(
    model: LinearModel, *, keeps_whole_numbers: bool = False
) -> ScaledModel:
    """Return the model scaled for a backend; itself where nothing needs to be.

    Parameters
    ----------
    model
        The model.
    keeps_whole_numbers
        Whether to leave large numbers as they are, for a backend that counts in integers.

    Raises
    ------
    UnavailableError
        If coefficients lie too far apart.
    """
    factors = scales(
        model.matrix,
        model.integer,
        model.column_lower,
        model.column_upper,
        (model.cost,),
    )
    if keeps_whole_numbers:
        factors = replace(factors, row=_without_large(factors.row))
    matrix = factors.matrix(model.matrix)
    cost = model.cost * factors.column
    reach = np.maximum(np.abs(model.column_lower), np.abs(model.column_upper))
    _require_near_everywhere(model, matrix, cost, reach / factors.column)
    active = cost != 0.0
    objective = factor_of(
        cost[active], model.integer[active].all(), factor_between(cost)
    )
    if keeps_whole_numbers:
        objective = float(_without_large(np.array([objective]))[0])
    if factors.trivial and objective == 1.0:
        return ScaledModel(model, factors.column, 1.0)
    return ScaledModel(
        replace(
            model,
            matrix=matrix,
            row_lower=times(model.row_lower, factors.row),
            row_upper=times(model.row_upper, factors.row),
            column_lower=model.column_lower / factors.column,
            column_upper=model.column_upper / factors.column,
            cost=times(cost, np.full(model.columns, objective)),
            offset=model.offset * objective,
        ),
        factors.column,
        1.0 / objective,
    )


def _without_large(factors: Floats) -> Floats:
    """Drop powers of two below 1: they would turn large integers into fractions."""
    return np.where((factors < 1.0) & (np.frexp(factors)[0] == 0.5), 1.0, factors)


def _require_near_everywhere(
    model: LinearModel, matrix: Any, cost: Floats, reach: Floats
) -> None:
    """Refuse rows and objectives whose scaled coefficients lie too far apart."""
    starts = matrix.indptr[:-1][np.diff(matrix.indptr) > 0]
    rows = np.flatnonzero(np.diff(matrix.indptr) > 0)
    sizes = np.abs(matrix.data)
    if len(rows):
        spread = np.maximum.reduceat(sizes, starts) / np.minimum.reduceat(sizes, starts)
        for i in rows[spread > FARTHEST].tolist():
            part = slice(matrix.indptr[i], matrix.indptr[i + 1])
            names = [model.variables[j].name for j in matrix.indices[part].tolist()]
            where = f"constraint {model.constraints[i].name} of {model.name}"
            require_near(
                matrix.data[part],
                names,
                where,
                reach=reach[matrix.indices[part]],
                shown=model.matrix.data[part],
            )
    if (cost != 0.0).any():
        sizes = np.abs(cost[cost != 0.0])
        if sizes.max() > FARTHEST * sizes.min():
            where = f"the objective of {model.name}"
            require_near(cost, model.column_names, where, shown=model.cost)
