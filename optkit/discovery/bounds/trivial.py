"""A lower bound without computation: every resource and every request at its cheapest.

Whatever the leader opens, each demanded resource of a window has an agent; and whatever the
follower does, a request takes the energy of one of its modes, and in agent mode it is
connected. The bound ignores accuracies, and that one agent may not suit every node.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats
from optkit.discovery.problem.problem_data import ProblemData

SOURCE = "every resource and every request at its cheapest"

ROUNDING = 1e-12
"""Share of the bound that is given up for rounding."""


def trivial_bound(problem: ProblemData) -> float:
    """Return a lower bound on the objective of any solution.

    Parameters
    ----------
    problem
        The instance.
    """
    return float(trivial_bounds(problem).sum())


def trivial_bounds(problem: ProblemData) -> Floats:
    """Return a lower bound on every scope's objective, shape (S,).

    Parameters
    ----------
    problem
        The instance.
    """
    if not problem.candidates:
        selecting = np.zeros(problem.groups)
        nearest = np.full(problem.requests, np.inf)
    else:
        selecting = problem.select.min(axis=1)
        nearest = problem.connect.min(axis=1)
    linked = np.isfinite(nearest)
    connecting = problem.time_weight * np.where(linked, nearest, 0.0)
    self_cost = problem.energy_weight * problem.energy_self
    agent_cost = problem.energy_weight * problem.energy_agent + connecting
    reading = problem.reading
    if (
        reading.connection_cost == "connected"
        and reading.connection == "forced"
        and reading.qan_rule != "single"
    ):
        # Every node with a link is connected, and that takes time.
        self_cost = self_cost + connecting
    least = np.where(linked, np.minimum(self_cost, agent_cost), self_cost)
    totals = [
        problem.time_weight * float(selecting[problem.groups_in(scope)].sum())
        + float(least[problem.requests_in(scope)].sum())
        for scope in range(problem.scopes)
    ]
    return np.array(totals) * (1.0 - ROUNDING)


def cost_ceiling(problem: ProblemData, scope: int) -> float:
    """Return more than any solution costs in a scope: all agents, all nodes at their most.

    A lower bound above it proves that there is no solution.

    Parameters
    ----------
    problem
        The instance.
    scope
        The scope.
    """
    requests = problem.requests_in(scope)
    farthest = np.where(problem.usable[requests], problem.connect[requests], 0.0)
    time = float(problem.select[problem.groups_in(scope)].sum()) + float(
        farthest.max(axis=1, initial=0.0).sum()
    )
    energy = np.maximum(
        problem.energy_agent[requests], problem.energy_self[requests]
    ).sum()
    most = problem.time_weight * time + problem.energy_weight * float(energy)
    return most * (1.0 + 1e-6) + 1e-6
