"""The error of one cubic piece of a reconstruction, as a function of its end slopes.

Between two neighbouring reports the curve is a cubic through both; only the slopes at its
ends depend on the other reports. Its squared error over the slots between is a quadratic
function of these two slopes, so six sums describe a piece completely.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.sync.exact.piece_kernels import fill_least_errors, fill_piece_errors


def piece_errors(load: Floats, longest: int) -> Floats:
    """Return (T, longest + 1, 6): the sums of the piece from each slot, by its length.

    With end slopes u and v, the squared error of a piece is
    q0 + q1 u + q2 v + q3 u² + q4 u v + q5 v², in percent².
    """
    sums = np.zeros((len(load), longest + 1, 6))
    fill_piece_errors(load, sums)
    return sums


def tail_errors(load: Floats) -> Floats:
    """Return (T,): the squared error after a last report in each slot, its value kept."""
    remaining = np.arange(len(load))[::-1]
    after = np.cumsum(load[::-1])[::-1] - load
    squares = np.cumsum((load**2)[::-1])[::-1] - load**2
    tail: Floats = squares - 2.0 * load * after + remaining * load**2
    return np.maximum(tail, 0.0)


def least_errors(load: Floats, sums: Floats, monotone: bool) -> Floats:
    """Return (T, lengths): the least squared error of each piece over its end slopes.

    Parameters
    ----------
    load
        (T,), in percent.
    sums
        The result of :func:`piece_errors`.
    monotone
        Whether the slopes are limited as PCHIP limits them: both between zero and three
        times the piece's own slope. Otherwise they are free.
    """
    least = np.zeros(sums.shape[:2])
    fill_least_errors(load, sums, monotone, least)
    return least
