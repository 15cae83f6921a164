"""Report the samples that represent their neighbours, within a budget (ours)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.core.arrays import Floats, Ints
from optkit.core.options import Options
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
"""Names of the terms of the index; see :class:`BudgetedIndexReporting`."""

WEIGHTS: Floats = np.array(list(_WEIGHTED.values()))
"""Weights of the terms, found by covariance matrix adaptation on training machines of four
public traces and on random bursts; ``benchmarks/sync_reporting.py --tune`` continues from
them."""


class BudgetedIndexOptions(Options):
    """Options of budgeted-index reporting."""

    period: float = Field(
        4.0,
        ge=1,
        description="slots per report of the budget; a device never sends more",
    )


@register_reporting
class BudgetedIndexReporting(DeviceByDevice):
    """Report the samples from which a curve is redrawn best, within a budget.

    A report costs one token and a slot earns 1 / period of a token, so at no slot have
    more reports been sent than by periodic reporting. While there is a token, a report is
    sent where an index is positive, and wherever the longest gap requires one. With x the
    present sample, y the one reported last, and σ the running mean of |step| before now,
    the index weighs the logarithms ln(1 + · / σ) of

    * ``change``: |x − y|, the error of what the router holds;
    * ``fit``: the distance of the samples since y from the line from y to x, and the same
      up to the next slot, if the load stays at x (``fit_if_it_stays``) or returns to the
      median of the last five samples (``fit_if_it_returns``): whether to wait;
    * ``step``: |x − the sample before|, whether the load has settled; and ``trend``: the
      smaller of the last two steps, 0 where they have different signs, whether it moves
      on;
    * ``unusual``: |x − median of the last five|, and ``drift``: |x − mean of the last
      twelve|. A curve through an outlier is wrong on both sides of it, the more so the
      rarer reports are (``unusual_by_period``);

    and the age of y in periods (``age``), and the tokens saved (``saved``).
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
        Slots that earn one report.
    longest_gap
        Most slots from one report to the next; the period is no longer.
    weights
        Weights of :data:`TERMS`.
    usual_step
        In percent. If positive, there is no budget, and instead of the tokens saved the
        index has the logarithm of the mean step divided by this one.
    """
    from optkit.sync.policies.kernels import apply_budgeted_index

    report = apply_budgeted_index(
        samples, min(period, float(longest_gap)), longest_gap, weights, usual_step
    )
    return np.flatnonzero(report)
