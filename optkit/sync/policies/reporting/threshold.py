"""Reports when the load has moved away from the last report (Sec. IV)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import DeviceByDevice, register_reporting
from optkit.sync.problem.observation import DeviceView


class ThresholdOptions(Options):
    """Options of threshold-triggered reporting."""

    relative: float = Field(
        0.1, ge=0, description="share of the last reported load to move by, at least"
    )
    absolute: float = Field(
        0.0, ge=0, description="percent of load to move by, at least"
    )


@register_reporting
class ThresholdReporting(DeviceByDevice):
    """Report in slot 0, and when the change since the last report passes a threshold.

    The threshold is the greater of a share of the reported load and a fixed change.
    """

    name: ClassVar[str] = "threshold"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "Huang et al., Sec. IV, threshold-triggered reporting"
    Options: ClassVar[type[Options]] = ThresholdOptions

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the threshold is passed, or a report is due."""
        from optkit.sync.policies.kernels import when_moved

        relative, absolute = self.options.relative, self.options.absolute
        report = when_moved(view.samples, view.longest_gap, relative, absolute)
        return np.flatnonzero(report)
