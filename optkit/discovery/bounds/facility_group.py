"""A group of requests as a facility location problem, for any number of candidates.

A group is a window and a resource. Once the accuracy rows are priced, opening a candidate
costs its time, and each request adds what its cheapest mode costs at its nearest open
agent. Under the rule ``cover`` that is uncapacitated facility location: the requests with a
link are the clients. Where connecting is optional, one more client stands for the first
connection of the group (C2).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.bounds.facility_location import FacilityLocation, Links
from optkit.discovery.bounds.group_lagrangian import GroupOptimum
from optkit.discovery.problem.problem_data import ProblemData


class FacilityGroup:
    """A group under the rule ``cover``; under ``exact``, a relaxation of it.

    Parameters
    ----------
    problem
        The instance.
    group
        The group, of n requests.
    fixed_agent, fixed_self
        Its requests with a fixed mode: agent mode where connected, and never agent mode,
        shape (n,).
    """

    def __init__(
        self, problem: ProblemData, group: int, fixed_agent: Bools, fixed_self: Bools
    ) -> None:
        self.fixed_agent, self.fixed_self = fixed_agent, fixed_self
        self.forced = problem.reading.connection == "forced"
        self.by_mode = problem.reading.connection_cost == "agent-mode"
        self._connect = problem.connect[problem.members(group)]
        self._opening = problem.time_weight * problem.select[group]
        self._time_weight = problem.time_weight
        self._request, self._site = np.nonzero(np.isfinite(self._connect))
        self._seconds = problem.time_weight * self._connect[self._request, self._site]
        linked, self._client = np.unique(self._request, return_inverse=True)
        self._clients = len(linked)
        self._located: FacilityLocation | None = None

    def optimum(
        self,
        reduced: Floats,
        *,
        tolerance: float = math.inf,
        nodes: float = 0,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> GroupOptimum | None:
        """Return a good set of agents, and a bound on all; None without candidates.

        Parameters
        ----------
        reduced
            Cost of agent mode of each request, energy and prices, shape (n,).
        tolerance, nodes, should_stop
            Relative gap at which nothing is left to prove, most nodes to divide for it,
            and what is asked before each of them.
        """
        sites = len(self._opening)
        if sites == 0:
            return None
        links = self._links(reduced)
        located = self._located
        if located is None or not links.equal(located.links):
            duals = None if located is None else located.duals
            located = self._located = FacilityLocation(links, self._opening, duals)
        if nodes > 0:
            located.prove(tolerance * abs(located.value), should_stop, nodes)
        return self._choice(located, reduced)

    def _mode_costs(
        self, seconds: Floats, reduced: Floats, requests: Ints | slice
    ) -> Floats:
        """Return what requests cost that may connect at some weighted seconds."""
        reduced = reduced[requests]
        fixed_agent, fixed_self = self.fixed_agent[requests], self.fixed_self[requests]
        if self.by_mode:
            paid = seconds + reduced
            cost = np.where(fixed_agent, paid, np.minimum(paid, 0.0))
            cost = np.where(fixed_self, 0.0, cost)
        else:
            gain = np.where(fixed_self, 0.0, np.minimum(reduced, 0.0))
            cost = seconds + np.where(fixed_agent, reduced, gain)
        return cost if self.forced else np.minimum(cost, 0.0)

    def _links(self, reduced: Floats) -> Links:
        """Return the links of the clients, and of one more for the rule on agents.

        Without links any agent serves the group. Where connecting is optional, one request
        has to connect, even at a loss.
        """
        costs = self._mode_costs(self._seconds, reduced, self._request)
        sites = len(self._opening)
        shape = (self._clients, sites)
        if self._clients == 0:
            every = np.arange(sites)
            return Links.of(0 * every, every, np.zeros(sites), (1, sites))
        if self.forced:
            return Links.of(self._client, self._site, costs, shape)
        if self.by_mode:
            # A node that may stay in self-directed mode connects at no cost.
            alone = np.where(
                self.fixed_agent[self._request],
                self._seconds + reduced[self._request],
                0.0,
            )
        else:
            gain = np.where(self.fixed_self, 0.0, np.minimum(reduced, 0.0))
            alone = (
                self._seconds + np.where(self.fixed_agent, reduced, gain)[self._request]
            )
        first = np.full(sites, np.inf)
        np.minimum.at(first, self._site, np.maximum(alone, 0.0))
        useful = np.flatnonzero(np.isfinite(first))
        return Links.of(
            np.append(self._client, np.full(len(useful), self._clients)),
            np.append(self._site, useful),
            np.append(costs, first[useful]),
            (self._clients + 1, sites),
        )

    def _choice(self, located: FacilityLocation, reduced: Floats) -> GroupOptimum:
        """Return the connections and modes behind the best set of agents."""
        opened = located.opened
        seconds = np.where(opened, self._connect, np.inf).min(axis=1, initial=np.inf)
        reach = np.isfinite(seconds)
        weighted = self._time_weight * np.where(reach, seconds, 0.0)
        cost = np.where(reach, self._mode_costs(weighted, reduced, slice(None)), 0.0)
        if self.by_mode:
            agent = reach & ~self.fixed_self & (cost < 0.0)
            if self.forced:
                agent |= reach & ~self.fixed_self & self.fixed_agent
            connected = reach if self.forced else agent
        else:
            connected = reach if self.forced else reach & (cost < 0.0)
            agent = connected & ~self.fixed_self & (self.fixed_agent | (reduced < 0.0))
        return GroupOptimum(located.value, located.bound, opened, connected, agent)
