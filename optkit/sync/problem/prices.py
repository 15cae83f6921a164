"""What one slot of age, one percent of error, a notification and a report cost."""

from __future__ import annotations

from dataclasses import dataclass

from optkit.core.arrays import Floats
from optkit.sync.problem.problem_data import ProblemData

SLACK = 1e-9
"""By how much an age may pass its limit."""


@dataclass(frozen=True, eq=False)
class UnitPrices:
    """The objective (eq 14) as prices; with them it is a sum over links and reports.

    Parameters
    ----------
    age
        Of one slot of age of one link in one slot.
    error
        Of one percent of error of one link in one slot.
    fee
        (L,): of a notification of each link.
    report
        Of a report.
    """

    age: float
    error: float
    fee: Floats
    report: float


def unit_prices(data: ProblemData) -> UnitPrices:
    """Return the prices of an instance."""
    links = max(data.links, 1)
    return UnitPrices(
        age=data.weight_age / (data.age_tolerance * links),
        error=data.weight_error / links,
        fee=data.weight_cost * data.fee / data.routers,
        report=data.weight_report / data.devices,
    )
