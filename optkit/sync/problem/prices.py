"""Prices of a slot of age, a percent of error, a notification and a report."""

from __future__ import annotations

from dataclasses import dataclass

from optkit.core.arrays import Floats
from optkit.sync.problem.problem_data import ProblemData

LIMIT_TOLERANCE = 1e-9
"""Slots by which an age may pass its limit."""


@dataclass(frozen=True, eq=False)
class UnitPrices:
    """The objective (eq 14) as prices: a sum over links and reports.

    Parameters
    ----------
    age
        Price of one slot of age of one link in one slot.
    error
        Price of one percent of error of one link in one slot.
    fee
        Price of a notification on each link: (L,), or (L, T) where links change.
    report
        Price of a report.
    """

    age: float
    error: float
    fee: Floats
    report: float


def unit_prices(data: ProblemData) -> UnitPrices:
    """Return the prices of an instance."""
    links = max(data.priced_links, 1)
    fee = data.fee if data.course is None else data.course.fee
    return UnitPrices(
        age=data.weight_age / (data.age_tolerance * links),
        error=data.weight_error / links,
        fee=data.weight_cost * fee / data.routers,
        report=data.weight_report / data.devices,
    )
