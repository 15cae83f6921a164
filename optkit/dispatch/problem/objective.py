"""The objective of a simulated sample path, as the solvers compute it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optkit.core.arrays import Ints
from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.problem_data import World
from optkit.dispatch.problem.simulator import Slots


def stage_costs(world: World, system: Slots) -> npt.NDArray[np.float64]:
    """Return g (eq 9) at the boundaries 1 … T of a simulation that ran to its end.

    Counted by differences: a job adds one from the first boundary at which it is in the
    system to the last.
    """
    per, intervals = world.slots_per_interval, world.intervals
    _, servers, kinds = world.shape
    dropped = system.finish == DROPPED
    # A dropped job is in the system until it joins; others to the end of their service.
    last = np.where(dropped, system.join, system.finish)
    last = np.where(system.finish == PENDING, world.horizon, last)
    total = _spans(world.slot, last, per, intervals)
    kept = ~dropped & (system.join < world.horizon)
    queue = (system.target * kinds + world.kind)[kept]
    length = np.zeros((servers * kinds, intervals + 2), dtype=np.int64)
    np.add.at(length, (queue, _boundary(system.join[kept], per, intervals)), 1)
    np.add.at(length, (queue, _boundary(last[kept], per, intervals)), -1)
    at_boundary = np.cumsum(length, axis=1)[:, 1 : intervals + 1]
    full = np.count_nonzero(at_boundary >= world.queue_limit, axis=0)
    return np.asarray(total + world.overflow_penalty * full, dtype=np.float64)


def objective(world: World, system: Slots) -> float:
    """Return the mean of g, with the penalty of dropped jobs."""
    drops = int(np.count_nonzero(system.finish == DROPPED))
    mean = float(stage_costs(world, system).mean())
    return mean + world.drop_penalty * drops / world.intervals


def _boundary(slot: Ints, per: int, intervals: int) -> Ints:
    """Return the first boundary after ``slot``, past the last one at most."""
    following: Ints = np.minimum(slot // per + 1, intervals + 1)
    return following


def _spans(first: Ints, last: Ints, per: int, intervals: int) -> Ints:
    """Count the spans with first < B ≤ last at the boundaries 1 … T."""
    change = np.zeros(intervals + 2, dtype=np.int64)
    np.add.at(change, _boundary(first, per, intervals), 1)
    np.add.at(change, _boundary(last, per, intervals), -1)
    inside: Ints = np.cumsum(change)[1 : intervals + 1]
    return inside
