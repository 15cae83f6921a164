"""The bounds of MPS columns: what is given, apart from what is assumed."""

from __future__ import annotations

import math

from optkit.bilevel.data.formats.mps_lines import LineError
from optkit.bilevel.instance import INFINITE

_SIDES = {
    "UP": ("upper",),
    "UI": ("upper",),
    "PL": ("upper",),
    "LO": ("lower",),
    "LI": ("lower",),
    "MI": ("lower",),
    "FX": ("lower", "upper"),
    "FR": ("lower", "upper"),
    "BV": ("lower", "upper"),
}


class GivenBounds:
    """The bounds that a file gives, with their lines.

    A bound that is given may equal the one that is assumed otherwise, and still counts: a
    lower bound of 0 stays, whatever the upper bound is and whichever comes first.
    """

    def __init__(self) -> None:
        self._given: dict[tuple[int, str], tuple[float, int]] = {}

    def give(self, column: int, kind: str, value: float, line: int) -> None:
        """Record one line of BOUNDS.

        Parameters
        ----------
        column
            Index of the column.
        kind
            Type of the bound, such as ``UP``.
        value
            Its number, if it has one.
        line
            Number of the line.

        Raises
        ------
        LineError
            If another line gave another value, or no number meets the bound.
        """
        for side in _SIDES[kind]:
            bound = _value(kind, side, value)
            first = self._given.setdefault((column, side), (bound, line))
            if first[0] != bound:
                raise LineError(
                    f"the {side} bound differs from that of line {first[1]}; keep one"
                )

    def resolve(self, column: int, marked: bool) -> tuple[float, float]:
        """Return lower and upper bound of a column.

        Parameters
        ----------
        column
            Index of the column.
        marked
            Whether it stands between the markers of integer columns.
        """
        lower = self._given.get((column, "lower"))
        upper = self._given.get((column, "upper"))
        if lower is None and upper is None:
            # By convention an integer column between markers without bounds is binary.
            return 0.0, 1.0 if marked else math.inf
        high = math.inf if upper is None else upper[0]
        if lower is not None:
            return lower[0], high
        # By convention a negative upper bound without a lower one removes the lower.
        return (-math.inf if high < 0.0 else 0.0), high


def _value(kind: str, side: str, value: float) -> float:
    if kind in ("FR", "MI", "PL"):
        return -math.inf if side == "lower" else math.inf
    if kind == "BV":
        return 0.0 if side == "lower" else 1.0
    if abs(value) < INFINITE:
        return value
    if kind == "FX" or (value > 0) == (side == "lower"):
        raise LineError(f"no number meets a {side} bound of {value:g}")
    return math.copysign(math.inf, value)
