"""Reports from which the series is redrawn best: a yardstick for Table I."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import (
    ReportingPolicy,
    ShouldStop,
    register_reporting,
)
from optkit.sync.problem.observation import device_views
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.reconstruction import Method


class ReportingOfflineOptions(Options):
    """Options of the best reports for the reconstruction."""

    period: float = Field(
        4.0,
        ge=1,
        description="budget: one report per this many slots, slot 0 included",
    )
    reconstruction: Method = Field(
        "pchip",
        description="the curve that is to be near the series: pchip (the best reports)"
        " or cubic (good ones)",
    )
    longest_gap: int = Field(
        16, ge=1, le=100, description="most slots from one report to the next"
    )


@register_reporting
class ReportingOfflineReporting(ReportingPolicy):
    """The reports with the least squared error of the reconstruction; clairvoyant.

    See :mod:`optkit.sync.exact.report_selection`.
    """

    name: ClassVar[str] = "reporting-offline"
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str] = (
        "optkit, docs/sync.md: dynamic programming on the reconstruction error"
    )
    causal: ClassVar[bool] = False
    Options: ClassVar[type[Options]] = ReportingOfflineOptions

    def plan(
        self, data: ProblemData, rng: np.random.Generator, should_stop: ShouldStop
    ) -> list[Ints]:
        """Return the report slots of the N devices."""
        from optkit.sync.exact.report_selection import best_reports

        options = self.options
        budget = math.ceil(data.slots / options.period) - 1
        reports = []
        for view in device_views(data):
            best = best_reports(
                view.samples,
                budget,
                options.reconstruction,
                min(options.longest_gap, view.longest_gap),
                # A later report would arrive after the last slot.
                view.longest_gap + view.transmit - 1,
                should_stop,
            )
            slots = (
                np.arange(0, data.slots, view.longest_gap, dtype=np.int64)
                if best is None
                else best.slots
            )
            reports.append(slots)
        return reports
