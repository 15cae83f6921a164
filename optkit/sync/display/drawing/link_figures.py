"""What a picture of a solution shows, worked out: ages and errors of links, in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held, told_age
from optkit.sync.problem.objective import follow
from optkit.sync.problem.problem_data import world
from optkit.sync.solution import SyncSolution


@dataclass(frozen=True, eq=False)
class Passage:
    """How a solution goes.

    Parameters
    ----------
    reports
        Report slots of each of the N devices.
    notifications
        Notification slots of each of the L links.
    age
        (L, T): age of each pair, slots.
    error
        (L, T): error of each pair, percent.
    """

    reports: list[Ints]
    notifications: list[Ints]
    age: Floats
    error: Floats


def passage(instance: SyncInstance, solution: SyncSolution) -> Passage:
    """Return the slots, ages and errors of a solution that passes its check."""
    arrays = world(instance)
    reports = [
        np.array(solution.reports.get(device.id, ()), dtype=np.int64)
        for device in instance.devices
    ]
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    notifications = [
        np.array(used.get((link.source, link.target), ()), dtype=np.int64)
        for link in instance.links
    ]
    known = held(arrays, reports)
    told = told_age(arrays, known)
    age = np.zeros((arrays.links, arrays.slots))
    error = np.zeros((arrays.links, arrays.slots))
    for link, slots in enumerate(notifications):
        members = arrays.members[arrays.source[link]]
        value = known.value[members]
        real = arrays.loads[members] if arrays.true_error else value
        age[link], error[link] = follow(told[link], real, value, slots)
    return Passage(reports, notifications, age, error)
