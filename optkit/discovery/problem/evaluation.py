"""What a choice of the leader is worth: from open agents to connections to modes.

The leader opens agents and, where connecting is optional, says who is asked to connect.
Each node that connects takes the nearest open agent, which is best for the leader in
every reading; the follower answers; both levels' figures follow. Groups (a window and a
resource) connect independently, and scopes answer independently, so what did not change
since it was last seen is looked up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.problem.follower.problem import follower_problem
from optkit.discovery.problem.follower.response import respond
from optkit.discovery.problem.problem_data import ProblemData

REMEMBERED = 20_000
"""Parts that an evaluator remembers before it forgets all of them."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What the leader decides.

    Parameters
    ----------
    opened
        X: which candidates are open for each group, shape (G, J).
    asked
        Which requests are to connect where they can, shape (P,); without effect where
        connecting is forced.
    """

    opened: Bools
    asked: Bools


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What follows from a choice; of the whole instance, or of one scope.

    Parameters
    ----------
    target
        The candidate each request connects to, -1 for none.
    agent
        Whether each request runs in agent mode.
    time, energy
        Z1 in s and Z2 in J.
    objective
        Φ; infinite where a rule is broken or the follower has no answer.
    violation
        0 where there is a solution; else the number of broken rules, scopes without an
        answer included, and by how much these miss their rows at the least.
    proven
        Whether no other answer of the follower is better for the leader.
    """

    target: Ints
    agent: Bools
    time: float
    energy: float
    objective: float
    violation: float
    proven: bool


@dataclass(frozen=True, eq=False)
class _Group:
    """The connections of one group."""

    target: Ints
    seconds: Floats
    selecting: float
    breaches: int


Key = tuple[int, bytes]
Part = TypeVar("Part")


class ChoiceEvaluator:
    """Evaluates choices of the leader, remembering parts that come again.

    Parameters
    ----------
    problem
        The instance.
    """

    def __init__(self, problem: ProblemData) -> None:
        self.problem = problem
        self._usable = problem.usable
        self._groups: dict[Key, _Group] = {}
        self._scopes: dict[Key, Evaluation] = {}

    def __call__(self, choice: Choice) -> Evaluation:
        """Return what ``choice`` leads to."""
        problem = self.problem
        parts = [self.scope(choice, index) for index in range(problem.scopes)]
        empty = np.zeros(0, dtype=np.int64)
        return Evaluation(
            target=np.concatenate([empty, *(part.target for part in parts)]),
            agent=np.concatenate([empty.astype(bool), *(part.agent for part in parts)]),
            time=math.fsum(part.time for part in parts),
            energy=math.fsum(part.energy for part in parts),
            objective=math.fsum(part.objective for part in parts),
            violation=math.fsum(part.violation for part in parts),
            proven=all(part.proven for part in parts),
        )

    def scope(self, choice: Choice, index: int) -> Evaluation:
        """Return what ``choice`` leads to in one scope of the accuracy rows."""
        problem = self.problem
        part = problem.scope(index)
        groups = range(*problem.scope_groups[index : index + 2])
        key = (
            index,
            choice.opened[groups.start : groups.stop].tobytes()
            + choice.asked[part].tobytes(),
        )
        known = self._scopes.get(key)
        if known is None:
            known = self._answer(index, [self.group(choice, g) for g in groups])
            _remember(self._scopes, key, known)
        return known

    def group(self, choice: Choice, group: int) -> _Group:
        """Return the connections of a group: everybody to the nearest open agent."""
        problem = self.problem
        members = problem.members(group)
        opened, asked = choice.opened[group], choice.asked[members]
        key = (group, opened.tobytes() + asked.tobytes())
        known = self._groups.get(key)
        if known is not None:
            return known
        seconds = np.where(opened, problem.connect[members], np.inf)
        if problem.candidates:
            target = np.argmin(seconds, axis=1)
            seconds = seconds[np.arange(len(target)), target]
        else:
            target = np.zeros(len(asked), dtype=np.int64)
            seconds = np.full(len(asked), np.inf)
        joins = np.isfinite(seconds)
        linked = self._usable[members]
        if problem.reading.connection == "optional":
            wanted = joins & asked
            if joins.any() and not wanted.any():
                wanted[self._first(members, seconds)] = True  # C2: somebody has to
            joins = wanted
        made = _Group(
            target=np.where(joins, target, -1),
            seconds=np.where(joins, seconds, 0.0),
            selecting=float(problem.select[group][opened].sum()),
            breaches=_broken(problem.reading.qan_rule, opened, linked)
            + int(linked.any() and not joins.any()),
        )
        _remember(self._groups, key, made)
        return made

    def _first(self, members: slice, seconds: Floats) -> int:
        """Return who connects if nobody is asked to: whom it costs the leader least.

        Where only agent mode's connections take time, that is the node to which agent
        mode is dearest; elsewhere the nearest.
        """
        problem = self.problem
        if problem.reading.connection_cost == "connected":
            return int(np.argmin(seconds))
        extra = np.where(np.isfinite(seconds), problem.extra_energy[members], -np.inf)
        return int(np.argmax(extra))

    def _answer(self, index: int, groups: list[_Group]) -> Evaluation:
        """Return the follower's answer to the connections of a scope's groups."""
        problem = self.problem
        part = problem.scope(index)
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
                + problem.energy_weight * problem.extra_energy[part]
            )
        task = follower_problem(problem, index, connected, price)
        answer = respond(task)
        agent = np.zeros(len(target), dtype=bool)
        if answer is None:
            violation += 1.0 + task.shortfall
        else:
            agent[connected] = answer.agent
        charged = seconds[agent] if by_mode else seconds
        time = selecting + float(charged.sum())
        energy = float(
            np.where(agent, problem.energy_agent[part], problem.energy_self[part]).sum()
        )
        value = problem.time_weight * time + problem.energy_weight * energy
        return Evaluation(
            target=target,
            agent=agent,
            time=time,
            energy=energy,
            objective=math.inf if violation else value,
            violation=violation,
            proven=answer is None or answer.proven,
        )


def _broken(rule: str, opened: Bools, linked: Bools) -> int:
    """Return how often the rule on open agents (C1) is broken in a group."""
    count = int(opened.sum())
    if rule == "single":
        return abs(count - 1)
    usable = linked[:, opened].sum(axis=1)[linked.any(axis=1)]
    missing = int((usable == 0).sum())
    if rule == "exact":
        missing += int((usable > 1).sum())
    return max(missing, int(count == 0))


def _remember(store: dict[Key, Part], key: Key, value: Part) -> None:
    if len(store) >= REMEMBERED:
        store.clear()
    store[key] = value
