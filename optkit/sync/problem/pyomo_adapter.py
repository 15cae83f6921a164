"""Convert instances to the declarative models of ``optkit.models.sync``, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import UnavailableError
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import HeldValues, notified_age
from optkit.sync.problem.prices import LIMIT_TOLERANCE, unit_prices
from optkit.sync.problem.problem_data import ProblemData, problem_data

if TYPE_CHECKING:
    from optkit.models.sync import NotificationData, SynchronisationData


def notification_data(data: ProblemData, held: HeldValues) -> NotificationData:
    """Return the data of the choice of notifications for given held values.

    Links are called by their numbers, as strings.
    """
    from optkit.models.sync import NotificationData

    price = unit_prices(data)
    notified = notified_age(data, held)
    cost: dict[str, dict[tuple[int, int], float]] = {}
    for link in range(data.links):
        members = data.members[int(data.source[link])]
        values = held.value[members]
        reference = data.loads[members] if data.true_error else values
        cost[str(link)] = {
            (s, t): price.age * age
            + price.error * float(np.abs(reference[:, t] - values[:, max(s, 0)]).sum())
            for t in range(data.slots)
            for s in range(-1, t + 1)
            if (age := float(t) if s < 0 else float(notified[link, s]) + t - s)
            <= data.max_pair_age + LIMIT_TOLERANCE
        }
    return NotificationData(
        slots=data.slots,
        cost=cost,
        fee={str(link): float(fee) for link, fee in enumerate(price.fee)},
    )


def synchronisation_data(data: ProblemData) -> SynchronisationData:
    """Return the data of the choice of reports and notifications.

    Devices and links are called by their numbers, as strings.
    """
    from optkit.models.sync import SynchronisationData

    price = unit_prices(data)
    return SynchronisationData(
        slots=data.slots,
        load={str(n): series.tolist() for n, series in enumerate(data.loads)},
        transmit={str(n): int(slots) for n, slots in enumerate(data.transmit)},
        source={
            str(link): [str(n) for n in data.members[router]]
            for link, router in enumerate(data.source.tolist())
        },
        residence={str(link): float(r) for link, r in enumerate(data.residence)},
        fee={str(link): float(fee) for link, fee in enumerate(price.fee)},
        report=price.report,
        age=price.age,
        error=price.error,
        max_device_age=data.max_device_age + LIMIT_TOLERANCE,
        max_pair_age=data.max_pair_age + LIMIT_TOLERANCE,
        true_error=data.true_error,
    )


def chosen_slots(variable: Any, names: Sequence[str]) -> list[Ints]:
    """Return, for each name, the slots in which a binary of a solved model is 1."""
    slots: dict[str, list[int]] = {name: [] for name in names}
    for name, slot in variable:
        if variable[name, slot].value > 0.5:
            slots[name].append(slot)
    return [np.array(sorted(slots[name]), dtype=np.int64) for name in names]


def instance_model(instance: SyncInstance) -> Any:
    """Return the model of an instance, with the reports free."""
    from optkit.models.sync import synchronisation_model

    if instance.changes is not None:
        raise UnavailableError(
            "links change, and the model is of links that stay; take an instance without"
            " changes."
        )
    return synchronisation_model(synchronisation_data(problem_data(instance)))
