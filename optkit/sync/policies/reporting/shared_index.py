"""The index of ``budgeted-index`` where devices share one budget (ours)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import DeviceByDevice, register_reporting
from optkit.sync.policies.reporting.budgeted_index import report_slots
from optkit.sync.problem.observation import DeviceView


class SharedIndexOptions(Options):
    """Options of shared-index reporting."""

    usual_step: float = Field(
        2.0,
        gt=0,
        description="a device whose load changes by more than this per slot on average,"
        " in percent, reports more readily; a larger value means fewer"
        " reports",
    )
    period: float = Field(
        4.0, ge=1, description="usual number of slots between two reports"
    )


@register_reporting
class SharedIndexReporting(DeviceByDevice):
    """Report by the index of ``budgeted-index``, more often the livelier the load.

    Instead of the tokens saved, the index has the logarithm of the device's running mean
    step divided by ``usual_step``. So reports go to the devices whose error they lower
    most, and no device has a budget of its own; the total number follows from
    ``usual_step``, as with a threshold.
    """

    name: ClassVar[str] = "shared-index"
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str] = "optkit, docs/sync.md: index policy"
    Options: ClassVar[type[Options]] = SharedIndexOptions

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the index is positive, or a report is due."""
        options = self.options
        return report_slots(
            view.samples,
            options.period,
            view.longest_gap,
            usual_step=options.usual_step,
        )
