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

CELLS = 1 << 17
"""Entries of the arrays of links that are computed together."""


def objective(
    data: ProblemData,
    reports: Sequence[Ints],
    notifications: Sequence[Ints],
    held: HeldValues | None = None,
) -> float:
    """Return the objective of a feasible solution.

    Parameters
    ----------
    data
        The instance.
    reports, notifications
        Slots of each device's reports and of each link's notifications.
    held
        What the routers hold with these reports; None computes it.
    """
    held = held_values(data, reports) if held is None else held
    price = unit_prices(data)
    mean_age = router_age(data, held)
    total = price.report * sum(map(len, reports))
    ages, errors = np.zeros(data.links), np.zeros(data.links)
    residence = data.residence[:, None]
    if data.course is not None:
        residence = data.course.residence
    for router in np.unique(data.source).tolist():
        values = held.value[data.members[router]]
        reference = data.loads[data.members[router]] if data.true_error else values
        of_router = np.flatnonzero(data.source == router)
        together = max(1, CELLS // values.size)
        for links in np.split(of_router, range(together, len(of_router), together)):
            age, error = ages_and_errors(
                mean_age[router] + residence[links],
                reference,
                values,
                [notifications[link] for link in links],
            )
            if data.course is not None:
                age[~data.course.in_force[links]] = 0.0
                error[~data.course.in_force[links]] = 0.0
            ages[links], errors[links] = age.sum(axis=1), error.sum(axis=1)
    for link_age, link_error, fee, slots in zip(
        ages.tolist(), errors.tolist(), price.fee, notifications, strict=True
    ):
        total += price.age * link_age + price.error * link_error
        total += fee * len(slots) if data.course is None else fee[slots].sum()
    return float(total)


def ages_and_errors(
    notified_age: Floats, reference: Floats, values: Floats, slots: Sequence[Ints]
) -> tuple[Floats, Floats]:
    """Return ages and errors of links of one router in every slot, (L, T) each.

    Parameters
    ----------
    notified_age
        (L, T): a pair's age right after a notification in a slot.
    reference
        (n, T): what the errors are measured from.
    values
        (n, T): what the router holds, and a notification in a slot carries.
    slots
        Slots of the notifications of each link.
    """
    time = np.arange(values.shape[1])
    copied_in = np.zeros(notified_age.shape, dtype=np.int64)
    notified = np.zeros(notified_age.shape, dtype=bool)
    for link, of_link in enumerate(slots):
        if len(of_link):
            copied_in[link, of_link] = of_link
            notified[link, of_link[0] :] = True
    copied_in = np.maximum.accumulate(copied_in, axis=1)
    told = np.take_along_axis(notified_age, copied_in, axis=1)
    age: Floats = np.where(notified, told, 0.0) + (time - copied_in)
    error: Floats = np.abs(reference[:, None, :] - values[:, copied_in]).sum(axis=0)
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
            Notifications(source=source, target=target, slots=tuple(slots.tolist()))
            for (source, target), slots in zip(
                instance.pairs, notifications, strict=True
            )
            if len(slots)
        ),
    )
