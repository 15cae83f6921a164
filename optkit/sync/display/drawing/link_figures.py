"""Ages and errors of the links over time, for the picture of a solution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values, notified_age
from optkit.sync.problem.objective import ages_and_errors
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.solution import SyncSolution


@dataclass(frozen=True, eq=False)
class LinkFigures:
    """The course of a solution.

    Parameters
    ----------
    reports
        Report slots of each of the N devices.
    notifications
        Notification slots of each of the L links.
    age
        (L, T): age of each pair, in slots; NaN where it has no link.
    error
        (L, T): error of each pair, in percent; NaN where it has no link.
    """

    reports: list[Ints]
    notifications: list[Ints]
    age: Floats
    error: Floats


def link_figures(instance: SyncInstance, solution: SyncSolution) -> LinkFigures:
    """Return the slots, ages and errors of a solution that passes its check."""
    data = problem_data(instance)
    reports = [
        np.array(solution.reports.get(device.id, ()), dtype=np.int64)
        for device in instance.devices
    ]
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    notifications = [
        np.array(used.get(pair, ()), dtype=np.int64) for pair in instance.pairs
    ]
    held = held_values(data, reports)
    ages = notified_age(data, held)
    age = np.zeros((data.links, data.slots))
    error = np.zeros((data.links, data.slots))
    for link, slots in enumerate(notifications):
        members = data.members[data.source[link]]
        values = held.value[members]
        reference = data.loads[members] if data.true_error else values
        part = slice(link, link + 1)
        age[part], error[part] = ages_and_errors(ages[part], reference, values, [slots])
    if data.course is not None:  # nothing to see where a pair has no link
        age[~data.course.in_force] = error[~data.course.in_force] = np.nan
    return LinkFigures(reports, notifications, age, error)
