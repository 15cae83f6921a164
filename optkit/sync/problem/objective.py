"""The objective (eq 14) of reports and notifications, for solvers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import Held, held, router_age
from optkit.sync.problem.prices import rates
from optkit.sync.problem.problem_data import World
from optkit.sync.solution import Notifications, SyncSolution


def objective(
    world: World,
    reports: Sequence[Ints],
    notifications: Sequence[Ints],
    known: Held | None = None,
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
    known = held(world, reports) if known is None else known
    price = rates(world)
    mean_age = router_age(world, known)
    total = price.report * sum(map(len, reports))
    views: dict[int, tuple[Floats, Floats]] = {}
    for link, router in enumerate(world.source.tolist()):
        if router not in views:
            members = world.members[router]
            told = known.value[members]
            views[router] = (world.loads[members] if world.true_error else told, told)
        real, told = views[router]
        slots = notifications[link]
        age, error = follow(mean_age[router] + world.residence[link], real, told, slots)
        total += price.age * age.sum() + price.error * error.sum()
        total += float(price.fee[link]) * len(slots)
    return float(total)


def follow(
    told_age: Floats, real: Floats, told: Floats, slots: Ints
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
    time = np.arange(len(told_age))
    latest = np.searchsorted(slots, time, side="right") - 1
    some = latest >= 0
    told_in = np.where(some, np.append(slots, 0)[latest], 0)
    age: Floats = np.where(some, told_age[told_in], 0.0) + (time - told_in)
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
