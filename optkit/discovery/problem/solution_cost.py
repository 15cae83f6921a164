"""The cost of any solution, for solvers that do not compute it themselves."""

from __future__ import annotations

import math

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.problem.solution_mapping import choice_of
from optkit.discovery.solution import DiscoverySolution


def solution_cost(instance: DiscoveryInstance, solution: DiscoverySolution) -> float:
    """Return the weighted time and energy of a solution, its modes as they are.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution; whether the follower would choose these modes is for the check to say.
    """
    problem = problem_data(instance)
    number = {name: j for j, name in enumerate(instance.candidates)}
    opened = choice_of(instance, problem, solution).opened
    seconds, joules = [float(problem.select[opened].sum())], []
    always = problem.reading.connection_cost == "connected"
    for p, (k, i) in enumerate(zip(problem.window, problem.node, strict=True)):
        target, agent = solution.connect[k][i], bool(solution.agent[k][i])
        energy = problem.energy_agent if agent else problem.energy_self
        joules.append(float(energy[p]))
        if target is not None and (agent or always):
            seconds.append(float(problem.connect[p, number[target]]))
    time, energy_used = math.fsum(seconds), math.fsum(joules)
    return problem.time_weight * time + problem.energy_weight * energy_used
