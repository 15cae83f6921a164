"""What the routers hold of their devices, given when these report (eqs 4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class HeldValues:
    """What the routers hold, after the arrivals of each slot.

    Parameters
    ----------
    value
        (N, T): the load that its router holds of a device, in percent; before the first
        arrival that of slot 0.
    age
        (N, T): age of information φ of a device in slots; before the first arrival the
        slot itself.
    """

    value: Floats
    age: Floats


def held_values(data: ProblemData, reports: Sequence[Ints]) -> HeldValues:
    """Return what the routers hold when the devices report in given slots.

    Parameters
    ----------
    world
        The instance.
    reports
        For each of the N devices, in the instance's order, its report slots, strictly
        increasing. What would arrive at or after the last slot has no effect.
    """
    slots = np.arange(data.slots)
    value = np.empty((data.devices, data.slots))
    age = np.empty((data.devices, data.slots))
    for device, sent in enumerate(reports):
        # The report whose arrival is the latest by each slot; none before the first.
        behind = data.transmit[device]
        latest = np.searchsorted(sent, slots - behind, side="right") - 1
        taken = np.where(latest >= 0, np.append(sent, 0)[latest], 0)
        value[device] = data.loads[device, taken]
        age[device] = slots - taken
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

    It is the mean age of the source's devices, and the residence time once (eq 8).
    """
    told: Floats = router_age(data, held)[data.source]
    told += data.residence[:, None]
    return told
