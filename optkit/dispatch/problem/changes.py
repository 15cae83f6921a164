"""A network that changes: what is computed per job, and actions that are still possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.nearest_server import selfish_actions
from optkit.dispatch.problem.problem_data import ProblemData

A = TypeVar("A", Ints, Floats)


def by_job(
    data: ProblemData, compute: Callable[[ProblemData], A], slot: Ints | None = None
) -> A:
    """Return what is computed for every job, each with the network of its arrival.

    Parameters
    ----------
    data
        The instance.
    compute
        Computes an array with a row per job for a network that is in force all the time.
    slot
        Slots of arrival of these jobs; by default of all.
    """
    values = compute(data)
    slot = data.slot if slot is None else slot
    for change in data.later:
        arrives = slot >= change.interval * data.slots_per_interval
        if arrives.any():
            values[arrives] = compute(change.data)[arrives]
    return values


def still_possible(data: ProblemData, actions: Ints) -> Ints:
    """Return actions (K, J), the selfish one where a server is no candidate."""
    points = np.arange(len(actions))[:, None]
    return np.where(data.candidate[points, actions], actions, selfish_actions(data))
