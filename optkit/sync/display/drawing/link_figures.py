"""What a picture of a solution shows, worked out: ages and errors of links, in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values, notified_age
from optkit.sync.problem.objective import follow
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.solution import SyncSolution


@dataclass(frozen=True, eq=False)
class LinkFigures:
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


def link_figures(instance: SyncInstance, solution: SyncSolution) -> LinkFigures:
    """Return the slots, ages and errors of a solution that passes its check."""
    arrays = problem_data(instance)
    reports = [
        np.array(solution.reports.get(device.id, ()), dtype=np.int64)
        for device in instance.devices
    ]
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    notifications = [
        np.array(used.get((link.source, link.target), ()), dtype=np.int64)
        for link in instance.links
    ]
    held = held_values(arrays, reports)
    told = notified_age(arrays, held)
    age = np.zeros((arrays.links, arrays.slots))
    error = np.zeros((arrays.links, arrays.slots))
    for link, slots in enumerate(notifications):
        members = arrays.members[arrays.source[link]]
        value = held.value[members]
        real = arrays.loads[members] if arrays.true_error else value
        age[link], error[link] = follow(told[link], real, value, slots)
    return LinkFigures(reports, notifications, age, error)
