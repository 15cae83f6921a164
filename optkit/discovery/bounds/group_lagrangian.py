"""Groups under prices: with the accuracy rows priced, every group is on its own.

A group is a window and a resource. Given a price on each row of its scope, its best agents
are found by trying every set that the rule on agents allows; whatever the follower does,
no solution costs less than the sum of these over all groups (a Lagrangian bound on the
high-point relaxation, with the modes that are settled beforehand).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.discovery.problem.problem_data import ProblemData

MOST_CANDIDATES = 14
"""Candidates whose sets are all tried, where a rule allows more than one agent."""


@dataclass(frozen=True, eq=False)
class Best:
    """The best of a group under prices.

    Parameters
    ----------
    value
        Its cost, prices included.
    opened
        Agents, shape (J,).
    joins
        Who connects, shape (n,).
    agent
        Who runs in agent mode, shape (n,).
    """

    value: float
    opened: Bools
    joins: Bools
    agent: Bools


class PricedGroup:
    """A group, with every set of agents that it may open (N of them).

    Parameters
    ----------
    problem
        The instance.
    group
        Which group.
    on, off
        FixedModes modes of its requests, shape (n,).
    """

    def __init__(self, problem: ProblemData, group: int, on: Bools, off: Bools) -> None:
        members = problem.members(group)
        connect = problem.connect[members]
        self.on, self.off = on, off
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

    def best(self, reduced: Floats) -> Best | None:
        """Return the best set of agents; None if none is allowed.

        Parameters
        ----------
        reduced
            What agent mode of each request costs, energy and prices, shape (n,).
        """
        if len(self.sets) == 0:
            return None
        paid = self.connecting + (reduced if self.by_mode else 0.0)
        if self.by_mode:
            worth = np.where(self.on, paid, np.minimum(paid, 0.0))
            if not self.forced:
                worth = np.minimum(worth, 0.0)
            worth = np.where(self.off, 0.0, worth)
        else:
            gain = np.where(self.off, 0.0, np.minimum(reduced, 0.0))
            worth = paid + np.where(self.on, reduced, gain)
            if not self.forced:
                worth = np.minimum(worth, 0.0)
        worth = np.where(self.reach, worth, 0.0)
        totals = self.selecting + worth.sum(axis=1)
        if not self.forced and self.linked:
            totals = totals + self._first_connection(paid, reduced, worth)
        place = int(np.argmin(totals))
        return self._read(place, paid[place], reduced, worth[place], totals[place])

    def _first_connection(self, paid: Floats, reduced: Floats, worth: Floats) -> Floats:
        """Return what C2 costs each set: somebody connects, though nobody gains by it."""
        if self.by_mode:
            # Who may stay in self-directed mode connects for nothing.
            lone = np.where(self.reach, np.where(self.on, paid, 0.0), np.inf)
        else:
            gain = np.where(self.off, 0.0, np.minimum(reduced, 0.0))
            lone = np.where(self.reach, paid + gain, np.inf)
        return np.where(
            (worth < 0.0).any(axis=1), 0.0, np.maximum(lone.min(axis=1), 0.0)
        )

    def _read(
        self, place: int, paid: Floats, reduced: Floats, worth: Floats, total: float
    ) -> Best:
        """Return the connections and modes behind the best set's value."""
        reach = self.reach[place]
        if self.by_mode:
            agent = reach & ~self.off & (self.on if self.forced else worth < 0.0)
            agent |= reach & (worth < 0.0)
            joins = reach if self.forced else agent
        else:
            joins = reach if self.forced else reach & (worth < 0.0)
            agent = joins & ~self.off & (self.on | (reduced < 0.0))
        return Best(float(total), self.sets[place], joins, agent)


def _subsets(count: int) -> Bools:
    """Return every non-empty set of ``count`` candidates, shape (2^count − 1, count)."""
    numbers = np.arange(1, 2**count)
    return np.asarray((numbers[:, None] >> np.arange(count)[None, :]) & 1, dtype=bool)
