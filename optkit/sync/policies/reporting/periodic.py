"""Reports at fixed intervals (Sec. IV)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import DeviceByDevice, register_reporting
from optkit.sync.problem.observation import DeviceView


class PeriodicOptions(Options):
    """Options of periodic reporting."""

    period: int = Field(4, ge=1, description="slots from one report to the next")


@register_reporting
class PeriodicReporting(DeviceByDevice):
    """Report in slot 0 and then at a fixed interval."""

    name: ClassVar[str] = "periodic"
    kind: ClassVar[Kind] = Kind.BASELINE
    reference: ClassVar[str] = "Huang et al., Sec. IV, periodic reporting"
    Options: ClassVar[type[Options]] = PeriodicOptions

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return the multiples of the period, or of the longest gap if that is less."""
        step = min(self.options.period, view.longest_gap)
        return np.arange(0, len(view.samples), step, dtype=np.int64)
