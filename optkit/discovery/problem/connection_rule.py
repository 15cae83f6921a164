"""Whom the leader asks to connect, where connecting is optional and agents are open.

Without accuracy rows that bind, every node decides for itself: asked to connect, it takes
the agent mode if that saves energy. So the leader's gain or loss from each is known
beforehand, and asking those it gains from, one a group at least, is optimal.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.problem_data import ProblemData


def requests_to_connect(
    problem: ProblemData, part: slice, group_of: Ints, seconds: Floats
) -> Bools:
    """Return which requests to ask, by what the leader gains from each by itself.

    Parameters
    ----------
    problem
        The instance.
    part
        Which requests.
    group_of
        Group of each of them, counted from 0 and rising; shape (n,).
    seconds
        Seconds to the nearest open agent, infinite where there is none; shape (n,).

    Returns
    -------
    Bools
        Shape (n,). Of each group that can connect, at least one request.
    """
    loss = _loss(problem, part, seconds)
    asked: Bools = loss < 0.0
    if len(asked):
        # The one of each group that the leader loses least by; itself asked if any is.
        order = np.lexsort((loss, group_of))
        least = order[np.flatnonzero(np.diff(group_of, prepend=-1))]
        asked[least] |= np.isfinite(loss[least])
    return asked


def _loss(problem: ProblemData, part: slice, seconds: Floats) -> Floats:
    """Return what the leader loses by connecting each request; infinite if it cannot."""
    extra = problem.extra_energy[part]
    agent = extra < 0.0
    charged = agent | (problem.reading.connection_cost == "connected")
    reached = np.isfinite(seconds)
    time = np.where(reached & charged, seconds, 0.0)
    loss = problem.time_weight * time + problem.energy_weight * np.where(
        agent, extra, 0.0
    )
    return np.where(reached, loss, np.inf)
