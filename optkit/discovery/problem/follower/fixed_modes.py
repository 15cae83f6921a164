"""Modes that every answer of the follower has in common, whatever the leader chooses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import (
    bound,
    highest_multipliers,
    respond,
)
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    ROW_TOLERANCE,
    ProblemData,
)

ROUNDING = 1e-9
"""Share by which the follower's tolerance is widened, for rounding."""


@dataclass(frozen=True, eq=False)
class FixedModes:
    """What is known of a scope's modes before the leader chooses.

    Parameters
    ----------
    on
        Requests that run in agent mode wherever they are connected, shape (n,).
    off
        Requests that never do, shape (n,).
    agent_row, self_row
        Whether the accuracy row of that mode can fail at all.
    most_extra
        Joules that agent mode adds in any answer of the follower, at most, where that
        does not depend on the leader; else infinite.
    """

    on: Bools
    off: Bools
    agent_row: bool
    self_row: bool
    most_extra: float = np.inf


def fixed_modes(problem: ProblemData, scope: int) -> FixedModes:
    """Return the modes that are settled in a scope.

    A row that holds for any modes of linked nodes is none. Where agent mode saves more
    energy than the follower's tolerance and harms no row, a connected node takes it;
    where it costs more and mends none, none does. Where the leader's connections are
    settled too, all nodes are whose change would cost the follower more than the gap
    between its answer and its bound.
    """
    part = problem.scope(scope)
    linked = np.asarray(problem.usable[part].any(axis=1), dtype=bool)
    extra = problem.extra_energy[part]
    agent_gain, self_gain = problem.agent_gain[part], problem.self_gain[part]
    room = float(self_gain.sum()) - problem.self_need
    least = float(np.minimum(agent_gain, 0.0)[linked].sum())
    most = float(np.maximum(self_gain, 0.0)[linked].sum())
    agent_row = least < problem.agent_need - 0.5 * ROW_TOLERANCE
    self_row = most > room + 0.5 * ROW_TOLERANCE
    energy = float(problem.energy_self[part].sum() + np.maximum(extra, 0.0).sum())
    margin = 2.0 * FOLLOWER_TOLERANCE * max(1.0, energy)
    mends = (agent_gain > 0.0) & agent_row | (self_gain < 0.0) & self_row
    harms = (agent_gain < 0.0) & agent_row | (self_gain > 0.0) & self_row
    on = linked & ~harms & (extra < -margin)
    off = ~linked | ~mends & (extra > margin)
    most_extra = np.inf
    if problem.reading.connection == "forced" and problem.reading.qan_rule != "single":
        task = follower_problem(problem, scope, linked)
        answer = respond(task)
        if answer is not None:
            prices = highest_multipliers(task)
            reduced = np.zeros(len(extra))
            reduced[linked] = (
                task.extra - prices[0] * task.agent_gain + prices[1] * task.self_gain
            )
            taken = float(task.extra @ answer.agent)
            most_extra = taken + (1.0 + ROUNDING) * task.slack(taken)
            gap = most_extra - bound(task, *prices) + task.slack(taken)
            on |= linked & (reduced < -gap)
            off |= linked & (reduced > gap)
    return FixedModes(on, off, agent_row, self_row, most_extra)
