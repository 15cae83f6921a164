"""Modes that all responses of the follower share, whatever the leader chooses."""

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
    ROW_TOLERANCE,
    ProblemData,
    follower_tolerance,
)

ROUNDING = 1e-9
"""Share by which the follower's tolerance is widened, for rounding."""


@dataclass(frozen=True, eq=False)
class FixedModes:
    """Facts about a scope's modes that hold before the leader chooses.

    Parameters
    ----------
    agent
        Requests that run in agent mode wherever they are connected, shape (n,).
    self_directed
        Requests that never run in agent mode, shape (n,).
    agent_row, self_row
        Whether the accuracy row of that mode can fail at all.
    max_extra
        Upper bound on the joules that agent mode adds in any response of the follower,
        where that does not depend on the leader; else infinite.
    """

    agent: Bools
    self_directed: Bools
    agent_row: bool
    self_row: bool
    max_extra: float = np.inf


def fixed_modes(problem: ProblemData, scope: int) -> FixedModes:
    """Return the modes that are fixed in a scope.

    Rows that every choice of modes satisfies are left out. Where agent mode saves more
    energy than the follower's tolerance and harms no row, a connected node takes it; where
    it costs more and helps no row, no node takes it. Where the leader's connections are
    fixed too, so is every mode whose change would cost the follower more than the gap
    between its response and its bound.
    """
    requests = problem.requests_in(scope)
    linked = np.asarray(problem.usable[requests].any(axis=1), dtype=bool)
    extra = problem.extra_energy[requests]
    agent_gain, self_gain = problem.agent_gain[requests], problem.self_gain[requests]
    room = float(self_gain.sum()) - problem.self_need
    least = float(np.minimum(agent_gain, 0.0)[linked].sum())
    most = float(np.maximum(self_gain, 0.0)[linked].sum())
    agent_row = least < problem.agent_need - 0.5 * ROW_TOLERANCE
    self_row = most > room + 0.5 * ROW_TOLERANCE
    energy = float(problem.energy_self[requests].sum() + np.maximum(extra, 0.0).sum())
    margin = 2.0 * follower_tolerance(energy, problem.largest_energy(scope))
    helps = (agent_gain > 0.0) & agent_row | (self_gain < 0.0) & self_row
    harms = (agent_gain < 0.0) & agent_row | (self_gain > 0.0) & self_row
    agent = linked & ~harms & (extra < -margin)
    self_directed = ~linked | ~helps & (extra > margin)
    max_extra = np.inf
    if problem.reading.connection == "forced" and problem.reading.qan_rule != "single":
        follower = follower_problem(problem, scope, linked)
        response = respond(follower)
        if response is not None:
            prices = highest_multipliers(follower)
            reduced = np.zeros(len(extra))
            reduced[linked] = follower.reduced_costs(*prices)
            taken = float(follower.extra @ response.agent)
            max_extra = taken + (1.0 + ROUNDING) * follower.slack(taken)
            gap = max_extra - bound(follower, *prices) + follower.slack(taken)
            agent |= linked & (reduced < -gap)
            self_directed |= linked & (reduced > gap)
    return FixedModes(agent, self_directed, agent_row, self_row, max_extra)
