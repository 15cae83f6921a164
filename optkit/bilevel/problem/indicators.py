"""Zero-one indicators of linear conditions on the linking columns.

A value-function cut says: the follower does at least as well as with y*, unless one of its
rows rules y* out. "Row i rules y* out" is a condition on integer columns,
``a x >= threshold``. Often a binary column says so itself; else one is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optkit.backends.incremental import Program
from optkit.core.arrays import Floats, Ints

FINEST = 1e-6
"""Steps of a row's activity that are finer, relative to its largest coefficient, are not
told apart."""

ON_THE_GRID = 1e-7
"""An activity that is nearer than this to a multiple of the step is on it."""


@dataclass(frozen=True)
class Literal:
    """``offset + scale * z[column]``, which is 1 where the condition holds, else 0.

    One that stands for an added column may be 0 where the condition holds, never 1 where
    it does not.
    """

    column: int
    scale: float
    offset: float


def step(coefficients: Floats) -> float | None:
    """Return the largest number that all coefficients are whole multiples of.

    Returns
    -------
    float or None
        None if it is too small to tell neighbouring multiples apart.
    """
    found = Fraction(0)
    for value in np.unique(np.abs(coefficients)):
        exact = Fraction(repr(float(value)))
        found = Fraction(
            math.gcd(
                found.numerator * exact.denominator, exact.numerator * found.denominator
            ),
            found.denominator * exact.denominator,
        )
    if found < FINEST * float(np.abs(coefficients).max(initial=1.0)):
        return None
    return float(found)


class Literals:
    """Indicators inside a program, each made once.

    Parameters
    ----------
    program
        Where columns and rows are added.
    lower, upper
        Finite bounds of the columns that conditions are about, shape (columns,).
    """

    def __init__(self, program: Program, lower: Floats, upper: Floats) -> None:
        self._program = program
        self._lower, self._upper = lower, upper
        self._known: dict[tuple[bytes, bytes, float], Literal] = {}
        self._added: list[tuple[int, Ints, Floats, float]] = []

    def at_least(
        self, indices: Ints, values: Floats, threshold: float
    ) -> Literal | bool:
        """Return the indicator of ``values @ z[indices] >= threshold``.

        Returns
        -------
        Literal or bool
            A boolean where the bounds settle the condition.
        """
        low = float(
            np.where(
                values > 0, values * self._lower[indices], values * self._upper[indices]
            ).sum()
        )
        high = float(
            np.where(
                values > 0, values * self._upper[indices], values * self._lower[indices]
            ).sum()
        )
        slack = 1e-9 * max(1.0, abs(threshold))
        if low >= threshold - slack:
            return True
        if high < threshold - slack:
            return False
        if len(indices) == 1:
            j, a = int(indices[0]), float(values[0])
            # In terms of the column itself the threshold is a whole number.
            if a > 0:
                values, threshold = np.ones(1), float(np.ceil(threshold / a - 1e-9))
                low = self._lower[j]
            else:
                values, threshold = -np.ones(1), float(np.ceil(threshold / -a - 1e-9))
                low = -self._upper[j]
            if self._upper[j] - self._lower[j] == 1.0:
                if a > 0:
                    return Literal(j, 1.0, -float(self._lower[j]))
                return Literal(j, -1.0, float(self._upper[j]))
        key = (indices.tobytes(), values.tobytes(), threshold)
        if key not in self._known:
            column = self._program.add_column(0.0, 1.0, True)
            self._program.add_row(
                low,
                np.inf,
                np.append(indices, column),
                np.append(values, low - threshold),
            )
            self._added.append((column, indices, values, threshold))
            self._known[key] = Literal(column, 1.0, 0.0)
        return self._known[key]

    def extend(self, values: Floats) -> Floats:
        """Return a point with the values of all indicators that were added."""
        full = np.zeros(self._program.columns)
        full[: len(values)] = values
        for column, indices, coefficients, threshold in self._added:
            activity = float(coefficients @ values[indices])
            full[column] = float(
                activity >= threshold - 1e-9 * max(1.0, abs(threshold))
            )
        return full
