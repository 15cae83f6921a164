"""When the accuracy rows over the whole horizon cannot bind, windows are independent.

A row that holds whatever the leader chooses and the follower answers can be left out.
Without rows nothing ties the windows together any more, and each can be solved by itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.discovery.problem.problem_data import FOLLOWER_TOLERANCE, ProblemData


def split_by_window(problem: ProblemData) -> ProblemData:
    """Return the same problem, by windows where its rows over the horizon cannot bind.

    Parameters
    ----------
    problem
        The instance.

    Returns
    -------
    Problem
        With one scope a window and rows that always hold; ``problem`` itself where there
        is but one window, scopes are windows already, or a row might bind.
    """
    starts = np.flatnonzero(np.diff(problem.window, prepend=-1))
    if problem.scopes != 1 or len(starts) < 2 or rows_may_bind(problem, 0):
        return problem
    least = np.minimum(problem.energy_agent, problem.energy_self)
    if np.add.reduceat(least, starts).min() < 1.0:
        # The follower's tolerance is relative only from 1 J up: below, the tolerances of
        # windows add up to more than that of the horizon.
        return problem
    scope_start = np.append(starts, problem.requests)
    nothing = np.zeros(problem.requests)
    return replace(
        problem,
        scope_start=scope_start,
        scope_groups=np.searchsorted(problem.group_start[:-1], scope_start),
        agent_gain=nothing,
        self_gain=nothing,
        agent_need=0.0,
        self_need=0.0,
    )


def rows_may_bind(problem: ProblemData, scope: int) -> bool:
    """Say whether some choice of the leader might leave the follower a row that binds.

    No says that in this scope the rows hold whoever connects, and in whichever modes the
    follower then saves energy.
    """
    part = problem.scope(scope)
    linked = problem.usable[part].any(axis=1)
    extra = problem.extra_energy[part]
    agent_gain, self_gain = problem.agent_gain[part], problem.self_gain[part]
    dearest = np.maximum(problem.energy_agent[part], problem.energy_self[part]).sum()
    slack = FOLLOWER_TOLERANCE * max(1.0, float(dearest))
    may_agent = linked & (extra <= slack)
    must_agent = np.zeros(len(extra), dtype=bool)
    if problem.reading.connection == "forced" and problem.reading.qan_rule != "single":
        must_agent = linked & (extra < -slack)  # every linked node connects
    agent = np.where(may_agent, np.minimum(agent_gain, 0.0), 0.0)
    agent[must_agent] = agent_gain[must_agent]
    own = np.where(may_agent, np.minimum(self_gain, 0.0), self_gain)
    own[must_agent] = 0.0
    return bool(agent.sum() < problem.agent_need or own.sum() < problem.self_need)
