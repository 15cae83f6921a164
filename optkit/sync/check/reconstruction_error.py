"""How well a series can be drawn from its reports, as the checker finds it (Table I)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def reconstruction_mse(
    method: str, load: npt.NDArray[np.float64], reports: Sequence[int]
) -> float:
    """Return the mean squared error of a series drawn through its reports.

    Parameters
    ----------
    method
        ``"cubic"``: a cubic spline with not-a-knot ends; ``"pchip"``: monotone cubic
        pieces.
    load
        (T,): the series, in percent.
    reports
        The slots it is known in; slot 0, which routers know from the start, always is.
        After the last of them its value is kept: a spline is no forecast.

    Returns
    -------
    float
        In percent squared.
    """
    from scipy.interpolate import CubicSpline, PchipInterpolator

    knots = np.unique(np.array([0, *reports], dtype=np.int64))
    drawn = np.full(len(load), load[knots[-1]])
    if len(knots) > 1:
        between = np.arange(knots[-1] + 1)
        draw = CubicSpline if method == "cubic" else PchipInterpolator
        drawn[between] = draw(knots, load[knots])(between)
    return float(np.mean((drawn - load) ** 2))
