"""Zero-one indicators of linear conditions on the linking columns.

A value-function cut says: the follower does at least as well as with y*, unless one of its
rows rules y* out. "Row i rules y* out" is a condition ``a x >= threshold`` on integer
columns. Often a binary column is such an indicator already; if not, one is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optkit.backends.rebuilt import ChangingModel
from optkit.core.arrays import Floats, Ints

FINEST_STEP = 1e-6
"""Steps of a row's activity that are finer than this, relative to its largest coefficient,
are not told apart."""

ON_THE_GRID = 1e-7
"""An activity that is nearer than this to a multiple of the step is on it."""


@dataclass(frozen=True)
class Indicator:
    """``offset + scale * z[column]``: 1 where a condition holds, else 0.

    The indicator of an added column may be 0 where the condition holds, but never 1 where
    it does not.
    """

    column: int
    scale: float
    offset: float


def common_step(coefficients: Floats) -> float | None:
    """Return the largest number of which all coefficients are integer multiples.

    Returns
    -------
    float or None
        None if it is too small to tell neighbouring multiples apart.
    """
    divisor = Fraction(0)
    for value in np.unique(np.abs(coefficients)):
        exact = Fraction(repr(float(value)))
        divisor = Fraction(
            math.gcd(
                divisor.numerator * exact.denominator,
                exact.numerator * divisor.denominator,
            ),
            divisor.denominator * exact.denominator,
        )
    if divisor < FINEST_STEP * float(np.abs(coefficients).max(initial=1.0)):
        return None
    return float(divisor)


class Indicators:
    """Indicators of conditions in a model; the same condition gets the same indicator.

    Parameters
    ----------
    model
        The model to which columns and rows are added.
    lower, upper
        Finite bounds of the columns in the conditions, shape (columns,).
    """

    def __init__(self, model: ChangingModel, lower: Floats, upper: Floats) -> None:
        self._model = model
        self._lower, self._upper = lower, upper
        self._indicators: dict[tuple[bytes, bytes, float], Indicator] = {}
        self._added: list[tuple[int, Ints, Floats, float]] = []

    def at_least(
        self, indices: Ints, values: Floats, threshold: float
    ) -> Indicator | bool:
        """Return the indicator of ``values @ z[indices] >= threshold``.

        Returns
        -------
        Indicator or bool
            A boolean where the bounds settle the condition.
        """
        positive = values > 0
        lower, upper = self._lower[indices], self._upper[indices]
        low = float(np.where(positive, values * lower, values * upper).sum())
        high = float(np.where(positive, values * upper, values * lower).sum())
        slack = 1e-9 * max(1.0, abs(threshold))
        if low >= threshold - slack:
            return True
        if high < threshold - slack:
            return False
        if len(indices) == 1:
            j, a = int(indices[0]), float(values[0])
            # In terms of the column itself the threshold is an integer.
            if a > 0:
                values, threshold = np.ones(1), float(np.ceil(threshold / a - 1e-9))
                low = self._lower[j]
            else:
                values, threshold = -np.ones(1), float(np.ceil(threshold / -a - 1e-9))
                low = -self._upper[j]
            if self._upper[j] - self._lower[j] == 1.0:
                if a > 0:
                    return Indicator(j, 1.0, -float(self._lower[j]))
                return Indicator(j, -1.0, float(self._upper[j]))
        key = (indices.tobytes(), values.tobytes(), threshold)
        if key not in self._indicators:
            column = self._model.add_column(0.0, 1.0, True)
            self._model.add_row(
                low,
                np.inf,
                np.append(indices, column),
                np.append(values, low - threshold),
            )
            self._added.append((column, indices, values, threshold))
            self._indicators[key] = Indicator(column, 1.0, 0.0)
        return self._indicators[key]

    def extend(self, values: Floats) -> Floats:
        """Extend a point by the values of all added indicators.

        Parameters
        ----------
        values
            Shape (columns before any was added,).

        Returns
        -------
        numpy.ndarray
            Shape (columns of the model,).
        """
        extended = np.zeros(self._model.columns)
        extended[: len(values)] = values
        for column, indices, coefficients, threshold in self._added:
            activity = float(coefficients @ values[indices])
            extended[column] = float(
                activity >= threshold - 1e-9 * max(1.0, abs(threshold))
            )
        return extended
