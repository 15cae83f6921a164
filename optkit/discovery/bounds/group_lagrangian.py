"""A Lagrangian bound that separates by group: the accuracy rows are priced.

A group is a window and a resource. Given a price on each row of its scope, the best agents
of a group are found by trying every set that the rule on agents allows; where these are too
many, :mod:`optkit.discovery.bounds.facility_group` takes this module's place. Whatever the
follower does, no solution costs less than the sum of these optima over all groups (a
Lagrangian bound on the high-point relaxation, with the modes that are fixed beforehand).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.problem_data import ProblemData

MAX_CANDIDATES = 14
"""Largest number of candidates whose sets are all tried, where a rule allows more than one
agent."""


@dataclass(frozen=True, eq=False)
class GroupOptimum:
    """The cheapest choice of a group under prices, or a good one.

    Parameters
    ----------
    value
        Its cost, prices included.
    bound
        What every choice costs at least; less than the value where that is not proven to
        be the least.
    opened
        Open agents, shape (J,).
    connected
        Which requests connect, shape (n,).
    agent
        Which requests run in agent mode, shape (n,).
    """

    value: float
    bound: float
    opened: Bools
    connected: Bools
    agent: Bools


class PricedGroup:
    """A group, with every set of agents that it may open (N of them).

    Parameters
    ----------
    problem
        The instance.
    group
        The group.
    fixed_agent, fixed_self
        Its requests with a fixed mode: agent mode where connected, and never agent mode,
        shape (n,).
    """

    def __init__(
        self, problem: ProblemData, group: int, fixed_agent: Bools, fixed_self: Bools
    ) -> None:
        members = problem.members(group)
        connect = problem.connect[members]
        self.fixed_agent, self.fixed_self = fixed_agent, fixed_self
        self.forced = problem.reading.connection == "forced"
        self.by_mode = problem.reading.connection_cost == "agent-mode"
        usable = np.isfinite(connect)
        self.linked = bool(usable.any())
        single = problem.reading.qan_rule == "single"
        count = problem.candidates
        sets = np.eye(count, dtype=bool) if single else _subsets(count)
        served = sets.astype(np.int64) @ usable.T.astype(np.int64)
        allowed = np.ones(len(sets), dtype=bool)
        if self.linked:
            allowed &= served.any(axis=1)
        if not single:
            needs = usable.any(axis=1)
            allowed &= (served[:, needs] >= 1).all(axis=1)
            if problem.reading.qan_rule == "exact":
                allowed &= (served[:, needs] == 1).all(axis=1)
        self.sets = sets[allowed]
        self.reach = served[allowed] > 0
        seconds = np.full((len(self.sets), connect.shape[0]), np.inf)
        for j in range(count):
            column = np.where(self.sets[:, j : j + 1], connect[None, :, j], np.inf)
            np.minimum(seconds, column, out=seconds)
        self.connecting = problem.time_weight * np.where(self.reach, seconds, 0.0)
        self.selecting = problem.time_weight * (self.sets @ problem.select[group])

    def optimum(self, reduced: Floats) -> GroupOptimum | None:
        """Return the cheapest set of agents; None if no set is allowed.

        Parameters
        ----------
        reduced
            Cost of agent mode of each request, energy and prices, shape (n,).
        """
        if len(self.sets) == 0:
            return None
        paid = self.connecting + (reduced if self.by_mode else 0.0)
        if self.by_mode:
            cost = np.where(self.fixed_agent, paid, np.minimum(paid, 0.0))
            if not self.forced:
                cost = np.minimum(cost, 0.0)
            cost = np.where(self.fixed_self, 0.0, cost)
        else:
            gain = np.where(self.fixed_self, 0.0, np.minimum(reduced, 0.0))
            cost = paid + np.where(self.fixed_agent, reduced, gain)
            if not self.forced:
                cost = np.minimum(cost, 0.0)
        cost = np.where(self.reach, cost, 0.0)
        totals = self.selecting + cost.sum(axis=1)
        if not self.forced and self.linked:
            totals = totals + self._first_connection(paid, reduced, cost)
        best = int(np.argmin(totals))
        return self._choice(best, reduced, cost[best], totals[best])

    def _first_connection(self, paid: Floats, reduced: Floats, cost: Floats) -> Floats:
        """Return the cost of C2 for each set: one request connects, even at a loss."""
        if self.by_mode:
            # A node that may stay in self-directed mode connects at no cost.
            alone = np.where(self.reach, np.where(self.fixed_agent, paid, 0.0), np.inf)
        else:
            gain = np.where(self.fixed_self, 0.0, np.minimum(reduced, 0.0))
            alone = np.where(self.reach, paid + gain, np.inf)
        return np.where(
            (cost < 0.0).any(axis=1), 0.0, np.maximum(alone.min(axis=1), 0.0)
        )

    def _choice(
        self, best: int, reduced: Floats, cost: Floats, total: float
    ) -> GroupOptimum:
        """Return the connections and modes behind the value of the best set."""
        reach = self.reach[best]
        if self.by_mode:
            agent = reach & ~self.fixed_self
            agent &= self.fixed_agent if self.forced else cost < 0.0
            agent |= reach & (cost < 0.0)
            connected = reach if self.forced else agent
        else:
            connected = reach if self.forced else reach & (cost < 0.0)
            agent = connected & ~self.fixed_self & (self.fixed_agent | (reduced < 0.0))
        value = float(total)
        return GroupOptimum(value, value, self.sets[best], connected, agent)


def _subsets(count: int) -> Bools:
    """Return every non-empty set of ``count`` candidates, shape (2^count − 1, count)."""
    numbers = np.arange(1, 2**count)
    return np.asarray((numbers[:, None] >> np.arange(count)[None, :]) & 1, dtype=bool)
