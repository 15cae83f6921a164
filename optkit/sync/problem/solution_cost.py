"""The cost of any solution, for solvers that do not compute it themselves."""

from __future__ import annotations

import numpy as np

from optkit.sync.instance import SyncInstance
from optkit.sync.problem.objective import objective
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.solution import SyncSolution


def solution_cost(instance: SyncInstance, solution: SyncSolution) -> float:
    """Return the objective (eq 14) of a solution.

    Raises
    ------
    ValueError
        If it names a device or a link that there is not.
    """
    devices = [device.id for device in instance.devices]
    links = [(link.source, link.target) for link in instance.links]
    used = {
        (entry.source, entry.target): entry.slots for entry in solution.notifications
    }
    strange = [*(solution.reports.keys() - set(devices)), *(used.keys() - set(links))]
    if strange:
        raise ValueError(f"{strange[0]!r} is no device or link of the instance")
    return objective(
        problem_data(instance),
        [np.array(solution.reports.get(name, ()), dtype=np.int64) for name in devices],
        [np.array(used.get(link, ()), dtype=np.int64) for link in links],
    )
