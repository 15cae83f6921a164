"""The follower's problem in one scope, for given connections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.problem_data import (
    ROW_TOLERANCE,
    ProblemData,
    follower_tolerance,
)


@dataclass(frozen=True, eq=False)
class FollowerProblem:
    """The follower's problem in one scope, over its n connected requests.

    Parameters
    ----------
    extra
        Energy of agent mode minus that of self-directed mode, J, shape (n,).
    agent_gain, self_gain
        Contribution of agent mode to the row of agent mode, and what it takes from the
        row of self-directed mode, shape (n,).
    agent_need
        Least sum of ``agent_gain`` over the requests in agent mode.
    self_room
        Largest sum of ``self_gain`` over the requests in agent mode.
    price
        What agent mode costs the leader, which decides between equally good responses,
        shape (n,); None where the leader is indifferent.
    base
        Energy of the scope with every node in self-directed mode, J.
    largest
        The largest energy of any node of the scope, connected or not, J.
    """

    extra: Floats
    agent_gain: Floats
    self_gain: Floats
    agent_need: float
    self_room: float
    price: Floats | None
    base: float
    largest: float

    def feasible(self, agent: Bools) -> bool:
        """Say whether both rows hold, within their tolerance."""
        return bool(
            self.agent_gain @ agent >= self.agent_need - ROW_TOLERANCE
            and self.self_gain @ agent <= self.self_room + ROW_TOLERANCE
        )

    @property
    def shortfall(self) -> float:
        """Sum over both rows of the least amount by which each is missed on its own."""
        most = float(np.maximum(self.agent_gain, 0.0).sum())
        least = float(np.minimum(self.self_gain, 0.0).sum())
        return max(0.0, self.agent_need - most) + max(0.0, least - self.self_room)

    def slack(self, extra: float) -> float:
        """Return the joules above a least ``extra`` that still count as optimal."""
        return follower_tolerance(self.base + extra, self.largest)

    def reduced_costs(self, agent_price: float, self_price: float) -> Floats:
        """Return the extra energy of agent mode with both rows priced, shape (n,)."""
        return self.extra - agent_price * self.agent_gain + self_price * self.self_gain


def follower_problem(
    problem: ProblemData, scope: int, connected: Bools, price: Floats | None = None
) -> FollowerProblem:
    """Return the follower's problem in a scope.

    Parameters
    ----------
    problem
        The instance.
    scope
        The scope.
    connected
        Which requests of the scope are connected, shape (size of the scope,).
    price
        What each request in agent mode costs the leader, of the same shape; None where
        the leader is indifferent.
    """
    requests = problem.requests_in(scope)
    self_gain = problem.self_gain[requests]
    return FollowerProblem(
        extra=problem.extra_energy[requests][connected],
        agent_gain=problem.agent_gain[requests][connected],
        self_gain=self_gain[connected],
        agent_need=problem.agent_need,
        self_room=float(self_gain.sum()) - problem.self_need,
        price=None if price is None else price[connected],
        base=float(problem.energy_self[requests].sum()),
        largest=problem.largest_energy(scope),
    )
