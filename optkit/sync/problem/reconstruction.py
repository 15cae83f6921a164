"""A load series redrawn from its reports, and its distance from the load (Table I)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from optkit.core.arrays import Floats, Ints

Method = Literal["cubic", "pchip"]
"""A cubic spline with not-a-knot ends, or a monotone piecewise cubic (PCHIP)."""


def knots(reports: Sequence[int] | Ints, slots: int) -> Ints:
    """Return the slots in which a series is known: those of its reports, and slot 0.

    Routers hold the load of slot 0 from the start. Reports after the last slot do not
    count.
    """
    known_slots = np.unique(np.append(np.asarray(reports, dtype=np.int64), 0))
    return known_slots[known_slots < slots]


def reconstruct(method: Method, load: Floats, reports: Sequence[int] | Ints) -> Floats:
    """Return a series redrawn as a curve through slot 0 and its reports.

    Parameters
    ----------
    method
        The curve. A cubic spline overshoots where gaps are uneven; PCHIP never does.
    load
        (T,): the device's load, in percent; only slot 0 and the report slots are read.
    reports
        Its report slots.

    Returns
    -------
    Floats
        (T,), in percent. After the last report its value is kept, since a curve is no
        forecast. Through two points it is a line; a cubic spline through three is a
        parabola.
    """
    # Imported here because scipy.interpolate loads slowly, and few commands need it.
    from scipy.interpolate import CubicSpline, PchipInterpolator

    known_slots = knots(reports, len(load))
    if len(known_slots) == 1:
        return np.full(len(load), load[0])
    curve = (
        PchipInterpolator(known_slots, load[known_slots])
        if method == "pchip"
        else CubicSpline(known_slots, load[known_slots], bc_type="not-a-knot")
    )
    redrawn: Floats = curve(np.minimum(np.arange(len(load)), known_slots[-1]))
    return redrawn


def reconstruction_mse(
    method: Method, load: Floats, reports: Sequence[int] | Ints
) -> float:
    """Return the mean squared error of :func:`reconstruct` over all slots, in percent²."""
    return float(np.mean((reconstruct(method, load, reports) - load) ** 2))
