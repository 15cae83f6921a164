"""The checker's own error of a series redrawn from its reports (Table I)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def reconstruction_mse(
    method: str, load: npt.NDArray[np.float64], reports: Sequence[int]
) -> float:
    """Return the mean squared error of a series redrawn from its reports.

    Parameters
    ----------
    method
        ``"cubic"``: a cubic spline with not-a-knot ends; ``"pchip"``: monotone cubic
        pieces.
    load
        (T,): the series, in percent.
    reports
        Its report slots; slot 0 is always added, since routers know it from the start.
        After the last report its value is kept, since a spline is no forecast.

    Returns
    -------
    float
        In percent squared.
    """
    from scipy.interpolate import CubicSpline, PchipInterpolator

    knots = np.unique(np.array([0, *reports], dtype=np.int64))
    redrawn = np.full(len(load), load[knots[-1]])
    if len(knots) > 1:
        between = np.arange(knots[-1] + 1)
        curve = CubicSpline if method == "cubic" else PchipInterpolator
        redrawn[between] = curve(knots, load[knots])(between)
    return float(np.mean((redrawn - load) ** 2))
