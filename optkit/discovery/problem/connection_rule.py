"""Which requests the leader asks to connect, where connecting is optional.

Without accuracy rows that bind, every node decides for itself: asked to connect, it takes
the agent mode if that saves energy. So the leader's gain or loss from each request is known
beforehand. It is optimal to ask the requests that bring a gain, and at least one request of
each group.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.problem_data import ProblemData


def requests_to_connect(
    problem: ProblemData, requests: slice, group_of: Ints, seconds: Floats
) -> Bools:
    """Return which requests to ask, by the leader's gain from each of them alone.

    Parameters
    ----------
    problem
        The instance.
    requests
        The requests to choose from, n of them.
    group_of
        Group of each of them, counted from 0 and ascending; shape (n,).
    seconds
        Seconds to the nearest open agent, infinite where there is none; shape (n,).

    Returns
    -------
    Bools
        Shape (n,). At least one request of each group that can connect.
    """
    loss = _loss(problem, requests, seconds)
    asked: Bools = loss < 0.0
    if len(asked):
        # The request of each group with the least loss; it is asked anyway if any is.
        order = np.lexsort((loss, group_of))
        least = order[np.flatnonzero(np.diff(group_of, prepend=-1))]
        asked[least] |= np.isfinite(loss[least])
    return asked


def _loss(problem: ProblemData, requests: slice, seconds: Floats) -> Floats:
    """Return the leader's loss by connecting each request; infinite if it cannot."""
    extra = problem.extra_energy[requests]
    agent = extra < 0.0
    charged = agent | (problem.reading.connection_cost == "connected")
    reached = np.isfinite(seconds)
    time = np.where(reached & charged, seconds, 0.0)
    loss = problem.time_weight * time + problem.energy_weight * np.where(
        agent, extra, 0.0
    )
    return np.where(reached, loss, np.inf)
