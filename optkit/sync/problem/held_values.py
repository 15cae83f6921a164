"""The values that routers hold of their devices, given their reports (eqs 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class HeldValues:
    """The values that routers hold after the arrivals of each slot.

    Parameters
    ----------
    value
        (N, T): the load of a device that its router holds, in percent; before the first
        arrival that of slot 0.
    age
        (N, T): age of information φ of a device, in slots; before the first arrival the
        number of the slot.
    """

    value: Floats
    age: Floats


def held_values(data: ProblemData, reports: Sequence[Ints]) -> HeldValues:
    """Return the values that routers hold if the devices report in given slots.

    Parameters
    ----------
    world
        The instance.
    reports
        Report slots of each of the N devices, in the order of the instance, strictly
        increasing. Reports that arrive after the last slot have no effect.
    """
    slots = np.arange(data.slots)
    value = np.empty((data.devices, data.slots))
    age = np.empty((data.devices, data.slots))
    for device, reported in enumerate(reports):
        # The report that arrived last by each slot; -1 before the first.
        sent_by = slots - data.transmit[device]
        latest = np.searchsorted(reported, sent_by, side="right") - 1
        sampled = np.where(latest >= 0, np.append(reported, 0)[latest], 0)
        value[device] = data.loads[device, sampled]
        age[device] = slots - sampled
    return HeldValues(value, age)


def router_age(data: ProblemData, held: HeldValues) -> Floats:
    """Return the mean age of each router's devices, (R, T); zero where it has none."""
    mean = np.zeros((data.routers, data.slots))
    for router, members in enumerate(data.members):
        if len(members):
            mean[router] = held.age[members].mean(axis=0)
    return mean


def notified_age(data: ProblemData, held: HeldValues) -> Floats:
    """Return the age of each pair right after a notification in each slot, (L, T).

    It is the mean age of the source's devices plus the residence time, counted once
    (eq 8).
    """
    age: Floats = router_age(data, held)[data.source]
    age += data.residence[:, None] if data.course is None else data.course.residence
    return age
