"""Gradient-adaptive reporting (Sec. III-A, eqs 15 and 16)."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Floats, Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import DeviceByDevice, register_reporting
from optkit.sync.problem.observation import DeviceView


class GradientOptions(Options):
    """Options of gradient-adaptive reporting."""

    window: int = Field(
        8, ge=2, le=1000, description="samples W that the spline goes through"
    )
    curvature: float = Field(
        0.5, ge=0, description="weight λ_g of the second derivative"
    )
    longest: float = Field(
        8.0, ge=1, description="longest interval T_max, in slots; kept with no change"
    )
    sensitivity: float = Field(
        0.1, ge=0, description="k: how fast intervals shrink, per (percent per slot)"
    )


@register_reporting
class GradientReporting(DeviceByDevice):
    """Report sooner when the load changes faster.

    In every slot a cubic spline with not-a-knot ends goes through the device's last W
    samples; G is its slope at the last one plus λ_g times its second derivative there
    (15). A report is sent once the last one is at least T_max / (1 + k |G|) slots old (16),
    the interval limited to 1 … T_max. The printed formula takes G with its sign, so that
    intervals would grow, and pass through a pole, where the load falls.
    """

    name: ClassVar[str] = "gradient"
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str] = "Huang et al., Sec. III-A, eqs 15 and 16"
    Options: ClassVar[type[Options]] = GradientOptions

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the interval since the last report has passed."""
        from optkit.sync.policies.kernels import when_overdue

        options = self.options
        slope = gradient(view.samples, options.window, options.curvature)
        interval = options.longest / (1.0 + options.sensitivity * np.abs(slope))
        interval = np.clip(interval, 1.0, min(options.longest, view.longest_gap))
        return np.flatnonzero(when_overdue(interval))


def gradient(samples: Floats, window: int, curvature: float) -> Floats:
    """Return G (eq 15) of each slot, (T,), in percent per slot.

    The spline is linear in its samples, so G is a moving weighted sum of them. Before
    slot W − 1 the window holds fewer samples; in slot 0, with one sample, G is 0.
    """
    slope = np.zeros(len(samples))
    for t in range(1, min(window, len(samples))):
        slope[t] = spline_weights(t + 1, curvature) @ samples[: t + 1]
    if len(samples) >= window:
        weights = spline_weights(window, curvature)
        slope[window - 1 :] = np.convolve(samples, weights[::-1], mode="valid")
    return slope


@cache
def spline_weights(count: int, curvature: float) -> Floats:
    """Return the weights of ``count`` consecutive samples in G at the last of them."""
    from scipy.interpolate import CubicSpline

    spline = CubicSpline(np.arange(count), np.eye(count), bc_type="not-a-knot")
    weights: Floats = spline(count - 1, 1) + curvature * spline(count - 1, 2)
    weights.flags.writeable = False
    return weights
