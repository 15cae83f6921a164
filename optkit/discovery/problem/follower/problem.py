"""The follower's problem in one scope, for given connections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.problem_data import (
    FOLLOWER_TOLERANCE,
    ROW_TOLERANCE,
    ProblemData,
)


@dataclass(frozen=True, eq=False)
class FollowerProblem:
    """The follower's problem in one scope, over its connected requests (n of them).

    Parameters
    ----------
    extra
        Joules that agent mode takes more, shape (n,).
    agent_gain, self_gain
        What each adds to the row of agent mode, and takes from the other, shape (n,).
    agent_need
        What the agent mode's gains have to reach.
    self_room
        What agent mode may take from the other row.
    price
        What agent mode costs the leader, for telling equally good answers apart, shape
        (n,); None where the leader does not care.
    base
        Joules of the scope with every node in self-directed mode.
    """

    extra: Floats
    agent_gain: Floats
    self_gain: Floats
    agent_need: float
    self_room: float
    price: Floats | None
    base: float

    def holds(self, agent: Bools) -> bool:
        """Say whether both rows hold, within their tolerance."""
        return bool(
            self.agent_gain @ agent >= self.agent_need - ROW_TOLERANCE
            and self.self_gain @ agent <= self.self_room + ROW_TOLERANCE
        )

    @property
    def shortfall(self) -> float:
        """By how much the rows are missed at the least, each on its own; 0 if by none."""
        most = float(np.maximum(self.agent_gain, 0.0).sum())
        least = float(np.minimum(self.self_gain, 0.0).sum())
        return max(0.0, self.agent_need - most) + max(0.0, least - self.self_room)

    def slack(self, extra: float) -> float:
        """Return the joules above a least ``extra`` that still count as optimal."""
        return FOLLOWER_TOLERANCE * max(1.0, abs(self.base + extra))


def follower_problem(
    problem: ProblemData, scope: int, connected: Bools, price: Floats | None = None
) -> FollowerProblem:
    """Return the follower's problem in a scope.

    Parameters
    ----------
    problem
        The instance.
    scope
        Which scope.
    connected
        Which requests of the scope are connected, shape (size of the scope,).
    price
        What each request in agent mode costs the leader, of the same shape; by default
        the leader does not care.
    """
    part = problem.scope(scope)
    taken = problem.self_gain[part]
    return FollowerProblem(
        extra=problem.extra_energy[part][connected],
        agent_gain=problem.agent_gain[part][connected],
        self_gain=taken[connected],
        agent_need=problem.agent_need,
        self_room=float(taken.sum()) - problem.self_need,
        price=None if price is None else price[connected],
        base=float(problem.energy_self[part].sum()),
    )
