"""Reports of samples that stand for their neighbours, under a budget of reports (ours)."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Floats, Ints
from optkit.core.options import Options
from optkit.core.runtime.compiled import compiled
from optkit.core.solving.solver import Kind
from optkit.sync.policies.base import DeviceByDevice, register_reporting
from optkit.sync.problem.observation import DeviceView

_WEIGHTED = {
    "constant": -2.125,
    "fit": -1.012,
    "fit_if_it_stays": 0.941,
    "fit_if_it_returns": 1.163,
    "unusual": -0.18,
    "change": 1.236,
    "step": -0.58,
    "trend": -0.469,
    "age": 1.258,
    "saved": 1.456,
    "drift": -0.604,
    "period": 0.089,
    "unusual_by_period": -1.911,
}

TERMS = tuple(_WEIGHTED)
"""Terms of the index; see :class:`BudgetedIndexReporting`."""

WEIGHTS: Floats = np.array(list(_WEIGHTED.values()))
"""Weights of the terms, found by covariance matrix adaptation on training machines of four
public traces and on drawn bursts; ``benchmarks/sync_reporting.py --tune`` goes on from
them."""

LIVELY = 1.25
"""Weight of the logarithm of a device's mean step, where devices share a budget."""

MEMORY = 0.05
"""Share of the newest step in the running mean step."""

LEAST_STEP = 0.02
"""In percent: below this a mean step counts as measurement noise."""

RECENT, LONGER = 5, 12
"""Samples of the median, and of the mean, that a sample is compared with."""

MOST_SAVED = 10.0
"""Saved reports beyond which it makes no difference how many there are."""

PERIODS = (2.0, 10.0)
"""Periods that the index tells apart; a shorter or longer one is taken for its nearest."""


class BudgetedIndexOptions(Options):
    """Options of budgeted-index reporting."""

    period: float = Field(
        4.0, ge=1, description="slots that earn a report; there are never more"
    )


@register_reporting
class BudgetedIndexReporting(DeviceByDevice):
    """Report the samples that a curve is best drawn through; keep within a budget.

    A report costs a token, a slot earns 1 / period of one: up to every slot no more has
    been sent than by periodic reporting. While there is a token, a report is sent where an
    index is positive, and wherever the longest gap requires one. With the present sample
    x, the one reported last y, and σ the running mean of |step| before now, the index
    weighs logarithms ln(1 + · / σ) of

    * ``change``: |x − y|, what the router is wrong by;
    * ``fit``: what the samples since y lie off the line from y to x, all together; and
      the same to the next slot, if x stays (``fit_if_it_stays``) or if it returns to the
      median of the last five samples (``fit_if_it_returns``): whether to wait;
    * ``step``: |x − the sample before|, whether x has settled; and ``trend``: the lesser of
      the last two steps, 0 where they point apart, whether it goes on;
    * ``unusual``: |x − median of the last five|, and ``drift``: |x − mean of the last
      twelve|: a curve through an outlier is wrong on both sides of it, the more so the
      rarer reports are (``unusual_by_period``);

    and of the age of y in periods (``age``), and the tokens saved (``saved``).
    """

    name: ClassVar[str] = "budgeted-index"
    kind: ClassVar[Kind] = Kind.HEURISTIC
    reference: ClassVar[str] = "optkit, docs/sync.md: index policy with a token bucket"
    Options: ClassVar[type[Options]] = BudgetedIndexOptions

    def decide(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        """Return the slots in which the index is positive, or a report is due."""
        return report_slots(view.samples, self.options.period, view.longest_gap)


def report_slots(
    samples: Floats,
    period: float,
    longest_gap: int,
    weights: Floats = WEIGHTS,
    usual_step: float = 0.0,
) -> Ints:
    """Return the report slots for one series.

    Parameters
    ----------
    samples
        (T,), in percent.
    period
        Slots that earn a report.
    longest_gap
        Most slots from one report to the next; the period is no longer.
    weights
        Of :data:`TERMS`.
    usual_step
        In percent; if positive there is no budget: in the place of tokens saved, the
        logarithm of the mean step over this one stands, with :data:`LIVELY`.
    """
    report = compiled(_indexed)(
        samples, min(period, float(longest_gap)), longest_gap, weights, usual_step
    )
    return np.flatnonzero(report)


