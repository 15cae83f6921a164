"""The optimum of tiny instances: the checker replays every assignment."""

from __future__ import annotations

import itertools

from optkit.dispatch.check.checker import check
from optkit.dispatch.check.network_in_force import met_by_jobs, networks_in_force
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.solution import DispatchSolution


def brute_force(instance: DispatchInstance) -> float:
    """Return the least objective over all assignments of jobs to candidates.

    It takes one replay per assignment.
    """
    position = {server.id: index for index, server in enumerate(instance.servers)}
    networks = networks_in_force(instance)
    met = met_by_jobs(instance, networks).tolist()
    choices = [
        [position[name] for name in networks[number].candidates[ap]]
        for number, ap in zip(met, instance.jobs.ap, strict=True)
    ]
    costs = (
        check(instance, DispatchSolution(target=target)).objective
        for target in itertools.product(*choices)
    )
    return min(cost for cost in costs if cost is not None)
