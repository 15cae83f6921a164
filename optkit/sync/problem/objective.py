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
        What the routers hold with these reports; worked out where it is not given.
    """
    held = held_values(data, reports) if held is None else held
    price = unit_prices(data)
    mean_age = router_age(data, held)
    total = price.report * sum(map(len, reports))
    views: dict[int, tuple[Floats, Floats]] = {}
    for link, router in enumerate(data.source.tolist()):
        if router not in views:
            members = data.members[router]
            told = held.value[members]
            views[router] = (data.loads[members] if data.true_error else told, told)
        real, told = views[router]
        slots = notifications[link]
        age, error = follow(mean_age[router] + data.residence[link], real, told, slots)
        total += price.age * age.sum() + price.error * error.sum()
        total += float(price.fee[link]) * len(slots)
    return float(total)


def follow(
    notified_age: Floats, real: Floats, told: Floats, slots: Ints
) -> tuple[Floats, Floats]:
    """Return a link's age and error in every slot, (T,) each.

    Parameters
    ----------
    told_age
        (T,): the pair's age right after a notification in a slot.
    real
        (n, T): what the error is taken against.
    told
        (n, T): what a notification in a slot tells.
    slots
        The slots of the notifications.
    """
    time = np.arange(len(notified_age))
    latest = np.searchsorted(slots, time, side="right") - 1
    some = latest >= 0
    told_in = np.where(some, np.append(slots, 0)[latest], 0)
    age: Floats = np.where(some, notified_age[told_in], 0.0) + (time - told_in)
    error: Floats = np.abs(real - told[:, told_in]).sum(axis=0)
    return age, error


def solution(
    instance: SyncInstance,
    reports: Sequence[Ints],
    notifications: Sequence[Ints],
) -> SyncSolution:
    """Return given slots, of each device's reports and each link's use, as a solution."""
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
