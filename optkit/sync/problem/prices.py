"""What one slot of age, one percent of error, a notification and a report cost."""

from __future__ import annotations

from dataclasses import dataclass

from optkit.core.arrays import Floats
from optkit.sync.problem.problem_data import World

SLACK = 1e-9
"""By how much an age may pass its limit."""


@dataclass(frozen=True, eq=False)
class Rates:
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


def rates(world: World) -> Rates:
    """Return the prices of an instance."""
    links = max(world.links, 1)
    return Rates(
        age=world.weight_age / (world.age_tolerance * links),
        error=world.weight_error / links,
        fee=world.weight_cost * world.fee / world.routers,
        report=world.weight_report / world.devices,
    )
