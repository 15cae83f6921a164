"""Windows, or groups, are independent where the accuracy rows cannot bind.

A row that holds whatever the leader chooses and the follower responds can be left out.
Without rows nothing ties the windows together, and each can be solved on its own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.core.arrays import Ints
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    LEAST_TOLERANCE,
    ProblemData,
    follower_tolerance,
)


def split_by_window(problem: ProblemData) -> ProblemData:
    """Return the same problem, by windows where its rows over the horizon cannot bind.

    Parameters
    ----------
    problem
        The instance.

    Returns
    -------
    ProblemData
        With one scope per window and rows that always hold; ``problem`` itself where there
        is only one window, scopes are windows already, or a row might bind.
    """
    starts = np.flatnonzero(np.diff(problem.window, prepend=-1))
    if problem.scopes != 1 or len(starts) < 2 or rows_may_bind(problem, 0):
        return problem
    least = np.minimum(problem.energy_agent, problem.energy_self)
    largest = np.maximum(problem.energy_agent, problem.energy_self)
    floor = LEAST_TOLERANCE / FOLLOWER_TOLERANCE * np.maximum.reduceat(largest, starts)
    if (np.add.reduceat(least, starts) < floor).any():
        # Where a window's tolerance is that of its largest energy, the tolerances of the
        # windows add up to more than that of the horizon.
        return problem
    scope_start = np.append(starts, problem.requests)
    first_group = np.searchsorted(problem.group_start[:-1], scope_start)
    return _without_rows(problem, scope_start, first_group)


def independent_parts(problem: ProblemData) -> ProblemData:
    """Return the same problem with a scope per part that depends on no other.

    Groups are parts only where every connection takes time. Elsewhere, how much energy the
    follower may waste within its tolerance depends on the scope.
    """
    problem = split_by_window(problem)
    if problem.reading.connection_cost != "connected" or any(
        rows_may_bind(problem, scope) for scope in range(problem.scopes)
    ):
        return problem
    return _without_rows(problem, problem.group_start, np.arange(problem.groups + 1))


def _without_rows(problem: ProblemData, start: Ints, first_group: Ints) -> ProblemData:
    """Return the same problem with other scopes, and rows that always hold.

    Parameters
    ----------
    problem
        The instance; its rows hold whatever the leader and the follower do.
    start, first_group
        First request and first group of each scope, and their numbers at the end, shape
        (scopes + 1,).
    """
    zeros = np.zeros(problem.requests)
    return replace(
        problem,
        scope_start=start,
        scope_first_group=first_group,
        agent_gain=zeros,
        self_gain=zeros,
        agent_need=0.0,
        self_need=0.0,
    )


def rows_may_bind(problem: ProblemData, scope: int) -> bool:
    """Say whether the follower may meet a row that binds, for some choice of the leader.

    False means that in this scope the rows hold whichever nodes connect, and whichever
    modes save the follower energy then.
    """
    requests = problem.requests_in(scope)
    linked = problem.usable[requests].any(axis=1)
    extra = problem.extra_energy[requests]
    agent_gain, self_gain = problem.agent_gain[requests], problem.self_gain[requests]
    energy = np.maximum(
        problem.energy_agent[requests], problem.energy_self[requests]
    ).sum()
    slack = follower_tolerance(float(energy), problem.largest_energy(scope))
    may_be_agent = linked & (extra <= slack)
    must_be_agent = np.zeros(len(extra), dtype=bool)
    if problem.reading.connection == "forced" and problem.reading.qan_rule != "single":
        must_be_agent = linked & (extra < -slack)  # every linked node connects
    agent_row = np.where(may_be_agent, np.minimum(agent_gain, 0.0), 0.0)
    agent_row[must_be_agent] = agent_gain[must_be_agent]
    self_row = np.where(may_be_agent, np.minimum(self_gain, 0.0), self_gain)
    self_row[must_be_agent] = 0.0
    return bool(
        agent_row.sum() < problem.agent_need or self_row.sum() < problem.self_need
    )
