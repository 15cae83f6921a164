"""The objective of a simulated sample path, as the solvers compute it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.problem.finish_slots import DROPPED, PENDING
from optkit.dispatch.problem.problem_data import ProblemData

if TYPE_CHECKING:
    from optkit.dispatch.problem.simulator import Simulator


def stage_costs(data: ProblemData, system: Simulator) -> Floats:
    """Return g (eq 9) at the boundaries 1 … T of a simulation that ran to its end.

    Counted by differences: each job adds one at its first boundary in the system and
    takes it off after its last.
    """
    per, intervals = data.slots_per_interval, data.intervals
    _, servers, kinds = data.shape
    dropped = system.finish == DROPPED
    # A dropped job is in the system until it joins, others until their service ends.
    last = np.where(dropped, system.join, system.finish)
    last = np.where(system.finish == PENDING, data.horizon, last)
    total = _spans(data.slot, last, per, intervals)
    kept = ~dropped & (system.join < data.horizon)
    queue = (system.target * kinds + data.kind)[kept]
    length = np.zeros((servers * kinds, intervals + 2), dtype=np.int64)
    np.add.at(length, (queue, _boundary(system.join[kept], per, intervals)), 1)
    np.add.at(length, (queue, _boundary(last[kept], per, intervals)), -1)
    at_boundary = np.cumsum(length, axis=1)[:, 1 : intervals + 1]
    full = np.count_nonzero(at_boundary >= data.queue_limit, axis=0)
    return np.asarray(total + data.overflow_penalty * full, dtype=np.float64)


def objective(data: ProblemData, system: Simulator) -> float:
    """Return the mean of g, with the penalty of dropped jobs."""
    drops = int(np.count_nonzero(system.finish == DROPPED))
    mean = float(stage_costs(data, system).mean())
    return mean + data.drop_penalty * drops / data.intervals


def _boundary(slot: Ints, per: int, intervals: int) -> Ints:
    """Return the first boundary after ``slot``; T + 1 if it is past the last one."""
    following: Ints = np.minimum(slot // per + 1, intervals + 1)
    return following


def _spans(first: Ints, last: Ints, per: int, intervals: int) -> Ints:
    """Return, for each boundary B of 1 … T, the number of spans with first < B ≤ last."""
    change = np.zeros(intervals + 2, dtype=np.int64)
    np.add.at(change, _boundary(first, per, intervals), 1)
    np.add.at(change, _boundary(last, per, intervals), -1)
    inside: Ints = np.cumsum(change)[1 : intervals + 1]
    return inside
