"""Evaluation of the leader's choices: from open agents to connections to modes.

The leader opens agents and, where connecting is optional, says which requests are asked to
connect. Each node that connects takes the nearest open agent, which is best for the leader
in every reading; then the follower responds, and both levels' objectives follow. Groups (a
window and a resource) connect independently, and scopes respond independently, so parts
that were evaluated before are looked up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import (
    LeastEnergy,
    best_for_leader,
    least_energy,
)
from optkit.discovery.problem.nearest_agent import NearestAgents
from optkit.discovery.problem.problem_data import ProblemData

CACHE_SIZE = 20_000
"""Number of cached parts at which an evaluator clears its cache."""


@dataclass(frozen=True, eq=False)
class Choice:
    """A decision of the leader.

    Parameters
    ----------
    opened
        X: which candidates are open for each group, shape (G, J).
    asked
        Which requests are asked to connect where they can, shape (P,); without effect
        where connecting is forced.
    """

    opened: Bools
    asked: Bools


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The consequences of a choice, for the whole instance or for one scope.

    Parameters
    ----------
    target
        The candidate that each request connects to, -1 for none.
    agent
        Whether each request runs in agent mode.
    time, energy
        Z1 in s and Z2 in J.
    objective
        Φ; infinite where a rule is broken or the follower has no feasible response.
    violation
        0 for a feasible choice. Otherwise the number of broken rules, where each scope
        without a response counts as one and adds the least amount by which its rows are
        missed.
    proven
        Whether no other response of the follower is better for the leader.
    """

    target: Ints
    agent: Bools
    time: float
    energy: float
    objective: float
    violation: float
    proven: bool


def combined(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Return the evaluation of the whole from those of its scopes, in their order."""
    none = np.zeros(0, dtype=np.int64)
    return Evaluation(
        target=np.concatenate([none, *(part.target for part in evaluations)]),
        agent=np.concatenate(
            [none.astype(bool), *(part.agent for part in evaluations)]
        ),
        time=math.fsum(part.time for part in evaluations),
        energy=math.fsum(part.energy for part in evaluations),
        objective=math.fsum(part.objective for part in evaluations),
        violation=math.fsum(part.violation for part in evaluations),
        proven=all(part.proven for part in evaluations),
    )


@dataclass(frozen=True, eq=False)
class GroupConnections:
    """The connections of one group of n requests.

    Parameters
    ----------
    target
        The candidate that each request connects to, -1 for none, shape (n,).
    seconds
        Seconds that each connection takes, 0 without one, shape (n,).
    selecting
        Seconds to open the agents.
    breaches
        Number of broken rules.
    """

    target: Ints
    seconds: Floats
    selecting: float
    breaches: int


Key = tuple[int, bytes]
Part = TypeVar("Part")


class ChoiceEvaluator:
    """Evaluates choices of the leader, with a cache of parts.

    Parameters
    ----------
    problem
        The instance.
    """

    def __init__(self, problem: ProblemData) -> None:
        self.problem = problem
        self._links: dict[int, NearestAgents] = {}
        self._groups: dict[Key, GroupConnections] = {}
        self._scopes: dict[Key, Evaluation] = {}
        # What the follower does depends on who connects, not on where.
        self._least: dict[Key, LeastEnergy | None] = {}

    def __call__(self, choice: Choice) -> Evaluation:
        """Return the consequences of ``choice``."""
        return combined(
            [self.evaluate_scope(choice, scope) for scope in range(self.problem.scopes)]
        )

    def evaluate_scope(self, choice: Choice, scope: int) -> Evaluation:
        """Return the consequences of ``choice`` in one scope of the accuracy rows."""
        problem = self.problem
        groups = problem.groups_in(scope)
        key = (
            scope,
            choice.opened[groups].tobytes()
            + choice.asked[problem.requests_in(scope)].tobytes(),
        )
        evaluation = self._scopes.get(key)
        if evaluation is None:
            evaluation = self.respond(
                scope,
                [self.connections(choice, g) for g in range(groups.start, groups.stop)],
            )
            _store(self._scopes, key, evaluation)
        return evaluation

    def links(self, group: int) -> NearestAgents:
        """Return the links of a group's requests."""
        if group not in self._links:
            members = self.problem.members(group)
            self._links[group] = NearestAgents.of(self.problem.connect[members])
        return self._links[group]

    def connections(self, choice: Choice, group: int) -> GroupConnections:
        """Return the connections of a group: each request to its nearest open agent."""
        problem = self.problem
        members = problem.members(group)
        opened, asked = choice.opened[group], choice.asked[members]
        key = (group, opened.tobytes() + asked.tobytes())
        cached = self._groups.get(key)
        if cached is not None:
            return cached
        links = self.links(group)
        target, seconds, count = links.serve(opened)
        connected = count > 0
        if problem.reading.connection == "optional":
            wanted = connected & asked
            if connected.any() and not wanted.any():  # C2: at least one has to connect
                wanted[self._cheapest_connection(members, seconds)] = True
            connected = wanted
        connections = GroupConnections(
            target=np.where(connected, target, -1),
            seconds=np.where(connected, seconds, 0.0),
            selecting=float(problem.select[group][opened].sum()),
            breaches=_rule_breaches(
                problem.reading.qan_rule, int(opened.sum()), count[links.linked]
            )
            + int(links.linked.any() and not connected.any()),
        )
        _store(self._groups, key, connections)
        return connections

    def _cheapest_connection(self, members: slice, seconds: Floats) -> int:
        """Return the request whose connection costs the leader least.

        Where only agent mode's connections take time, that is the node for which agent
        mode is most expensive; elsewhere the one nearest to an agent.
        """
        problem = self.problem
        if problem.reading.connection_cost == "connected":
            return int(np.argmin(seconds))
        extra = np.where(np.isfinite(seconds), problem.extra_energy[members], -np.inf)
        return int(np.argmax(extra))

    def least_energy(self, scope: int, connected: Bools) -> LeastEnergy | None:
        """Return the follower's modes of least energy; None where none keep both rows.

        Parameters
        ----------
        scope
            The scope.
        connected
            Which of its requests are connected, shape (n,).
        """
        key = (scope, connected.tobytes())
        if key not in self._least:
            follower = follower_problem(self.problem, scope, connected)
            _store(self._least, key, least_energy(follower))
        return self._least[key]

    def respond(self, scope: int, groups: list[GroupConnections]) -> Evaluation:
        """Return the evaluation with the follower's response to a scope's connections."""
        problem = self.problem
        requests = problem.requests_in(scope)
        target = np.concatenate([group.target for group in groups])
        seconds = np.concatenate([group.seconds for group in groups])
        selecting = math.fsum(group.selecting for group in groups)
        violation = float(sum(group.breaches for group in groups))
        connected = target >= 0
        by_mode = problem.reading.connection_cost == "agent-mode"
        price = None
        if by_mode and problem.time_weight > 0.0:
            price = (
                problem.time_weight * seconds
                + problem.energy_weight * problem.extra_energy[requests]
            )
        follower = follower_problem(problem, scope, connected, price)
        least = self.least_energy(scope, connected)
        response = None if least is None else best_for_leader(follower, least)
        agent = np.zeros(len(target), dtype=bool)
        if response is None:
            violation += 1.0 + follower.shortfall
        else:
            agent[connected] = response.agent
        charged = seconds[agent] if by_mode else seconds
        time = selecting + float(charged.sum())
        energy = float(
            np.where(
                agent, problem.energy_agent[requests], problem.energy_self[requests]
            ).sum()
        )
        value = problem.time_weight * time + problem.energy_weight * energy
        return Evaluation(
            target=target,
            agent=agent,
            time=time,
            energy=energy,
            objective=math.inf if violation else value,
            violation=violation,
            proven=response is None or response.proven,
        )


def _rule_breaches(rule: str, opened: int, usable: Ints) -> int:
    """Return how often the rule on open agents (C1) is broken in a group.

    Parameters
    ----------
    rule
        The reading ``qan_rule``.
    opened
        Number of open agents.
    usable
        Number of open agents that each request with links could use.
    """
    if rule == "single":
        return abs(opened - 1)
    breaches = int((usable == 0).sum())
    if rule == "exact":
        breaches += int((usable > 1).sum())
    return max(breaches, int(opened == 0))


def _store(cache: dict[Key, Part], key: Key, value: Part) -> None:
    if len(cache) >= CACHE_SIZE:
        cache.clear()
    cache[key] = value
