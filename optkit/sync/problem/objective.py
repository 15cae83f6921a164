"""The objective (eq 14) of reports and notifications, for solvers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import HeldValues, held_values, router_age
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.solution import Notifications, SyncSolution


def objective(
    data: ProblemData,
    reports: Sequence[Ints],
    notifications: Sequence[Ints],
    held: HeldValues | None = None,
) -> float:
    """Return the objective of a feasible solution.

    Parameters
    ----------
    world
        The instance.
    reports, notifications
        Slots of each device's reports and of each link's notifications.
    known
        What the routers hold with these reports; None computes it.
    """
    held = held_values(data, reports) if held is None else held
    price = unit_prices(data)
    mean_age = router_age(data, held)
    total = price.report * sum(map(len, reports))
    series: dict[int, tuple[Floats, Floats]] = {}
    for link, router in enumerate(data.source.tolist()):
        if router not in series:
            members = data.members[router]
            values = held.value[members]
            series[router] = (
                data.loads[members] if data.true_error else values,
                values,
            )
        slots = notifications[link]
        age, error = link_age_and_error(
            mean_age[router] + data.residence[link], *series[router], slots
        )
        total += price.age * age.sum() + price.error * error.sum()
        total += float(price.fee[link]) * len(slots)
    return float(total)


def link_age_and_error(
    notified_age: Floats, reference: Floats, values: Floats, slots: Ints
) -> tuple[Floats, Floats]:
    """Return a link's age and error in every slot, (T,) each.

    Parameters
    ----------
    told_age
        (T,): the pair's age right after a notification in a slot.
    reference
        (n, T): what the error is measured from.
    values
        (n, T): what the router holds, and a notification in a slot carries.
    slots
        Slots of the notifications.
    """
    time = np.arange(len(notified_age))
    latest = np.searchsorted(slots, time, side="right") - 1
    notified = latest >= 0
    copied_in = np.where(notified, np.append(slots, 0)[latest], 0)
    age: Floats = np.where(notified, notified_age[copied_in], 0.0) + (time - copied_in)
    error: Floats = np.abs(reference - values[:, copied_in]).sum(axis=0)
    return age, error


def solution(
    instance: SyncInstance,
    reports: Sequence[Ints],
    notifications: Sequence[Ints],
) -> SyncSolution:
    """Return the report slots of devices and notification slots of links as a solution."""
    return SyncSolution(
        reports={
            device.id: tuple(slots.tolist())
            for device, slots in zip(instance.devices, reports, strict=True)
        },
        notifications=tuple(
            Notifications(
                source=link.source, target=link.target, slots=tuple(slots.tolist())
            )
            for link, slots in zip(instance.links, notifications, strict=True)
            if len(slots)
        ),
    )
