"""A bound that costs nothing: every resource and every request at its cheapest.

Whatever the leader opens, each demanded resource of a window has an agent, and whatever the
follower does, a request takes the energy of one of its modes; in agent mode it is
connected. Accuracies, and that one agent may not suit everybody, are left out.
"""

from __future__ import annotations

import numpy as np

from optkit.discovery.problem.problem_data import ProblemData

SOURCE = "every resource and every request at its cheapest"

ROUNDING = 1e-12
"""Taken off relatively, for what adding up may have added."""


def cheapest(problem: ProblemData) -> float:
    """Return a lower bound on the objective of any answer.

    Parameters
    ----------
    problem
        The instance.
    """
    if not problem.candidates:
        agents = 0.0
        nearest = np.full(problem.requests, np.inf)
    else:
        agents = float(problem.select.min(axis=1).sum()) if problem.groups else 0.0
        nearest = problem.connect.min(axis=1)
    linked = np.isfinite(nearest)
    way = problem.time_weight * np.where(linked, nearest, 0.0)
    alone = problem.energy_weight * problem.energy_self
    asking = problem.energy_weight * problem.energy_agent + way
    reading = problem.reading
    if (
        reading.connection_cost == "connected"
        and reading.connection == "forced"
        and reading.qan_rule != "single"
    ):
        alone = alone + way  # everybody with a link is connected, and it takes time
    least = np.where(linked, np.minimum(alone, asking), alone)
    total = problem.time_weight * agents + float(least.sum())
    return total * (1.0 - ROUNDING)


def dearest(problem: ProblemData, scope: int) -> float:
    """Return more than any answer costs in a scope: all agents, all nodes at their most.

    A bound above it proves that there is no answer.

    Parameters
    ----------
    problem
        The instance.
    scope
        Which scope.
    """
    part = problem.scope(scope)
    groups = slice(*map(int, problem.scope_groups[scope : scope + 2]))
    farthest = np.where(problem.usable[part], problem.connect[part], 0.0)
    time = float(problem.select[groups].sum()) + float(
        farthest.max(axis=1, initial=0.0).sum()
    )
    energy = np.maximum(problem.energy_agent[part], problem.energy_self[part]).sum()
    most = problem.time_weight * time + problem.energy_weight * float(energy)
    return most * (1.0 + 1e-6) + 1e-6
