"""The leader's choices in one scope as columns of bits.

Each group has a column of bits: which candidates are open. Where connecting is optional,
the requests to ask follow from that by the rule of
:mod:`optkit.discovery.problem.connection_rule`, which is optimal unless an accuracy row
binds. Where a row may bind, each group has a second column of bits: the requests that are
exceptions to the rule.
"""

from __future__ import annotations

import itertools

import numpy as np

from optkit.core.arrays import Bools, Ints
from optkit.discovery.problem.connection_rule import requests_to_connect
from optkit.discovery.problem.evaluation import (
    Choice,
    ChoiceEvaluator,
    GroupConnections,
)
from optkit.discovery.problem.nearest_agent import NearestAgents
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.separation import rows_may_bind
from optkit.search import Bits, Columns, Flips


class ScopeEncoding:
    """Translates between bits and choices of the leader in one scope.

    There are bits only for what can be chosen: candidates that no node of a group can use
    have none, nor have those that a node cannot do without, which are always open.

    Parameters
    ----------
    problem
        The instance.
    evaluator
        Evaluates its choices.
    scope
        The scope, of n requests and g groups.
    around
        The choice in all other scopes.
    """

    def __init__(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        scope: int,
        around: Choice,
    ) -> None:
        self.problem, self.scope = problem, scope
        self.requests, self.groups = (
            problem.requests_in(scope),
            problem.groups_in(scope),
        )
        self.usable = problem.usable[self.requests]
        self.linked = self.usable.any(axis=1)
        self.group_of = problem.group[self.requests] - self.groups.start
        self.select = problem.select[self.groups]
        self.covers = problem.reading.qan_rule != "single"
        self.rows_may_bind = rows_may_bind(problem, scope)
        self._evaluator, self._around = evaluator, around
        self._optional = problem.reading.connection == "optional"
        self._always_open = np.zeros(self.select.shape, dtype=np.bool_)
        self._scratch = Choice(around.opened.copy(), around.asked.copy())
        self._lay_out()

    def _lay_out(self) -> None:
        """Lay the bits out: candidates group by group, then requests group by group."""
        problem = self.problem
        agents: list[Ints] = []
        sizes, least, most = [], [], []
        for g in range(len(self.select)):
            usable = self.usable[self.group_of == g]
            useful = usable.any(axis=0)
            if not useful.any():
                # No node can use any candidate, and one has to be open.
                if problem.candidates:
                    self._always_open[g, np.argmin(self.select[g])] = True
                continue
            if self.covers:
                # A node with a single usable candidate cannot do without it.
                self._always_open[g] = usable[usable.sum(axis=1) == 1].any(axis=0)
            free = np.flatnonzero(useful & ~self._always_open[g])
            if len(free):
                agents.append(g * problem.candidates + free)
                sizes.append(len(free))
                least.append(0 if self._always_open[g].any() else 1)
                most.append(len(free) if self.covers else 1)
        # The agent that each of the first bits stands for, as an index into (g, J).
        self.agents = np.concatenate([np.zeros(0, dtype=np.int64), *agents])
        group_of_agent = self.agents // max(1, problem.candidates)
        # The request that each of the other bits stands for.
        self._exceptions = np.zeros(0, dtype=np.int64)
        if self._optional and self.rows_may_bind:
            self._exceptions = np.flatnonzero(self.linked)
            counts = np.bincount(self.group_of[self._exceptions])
            counts = counts[counts > 0]
            sizes += counts.tolist()
            least += [0] * len(counts)
            most += counts.tolist()
        self._group_of_bit: list[int] = [
            *group_of_agent.tolist(),
            *self.group_of[self._exceptions].tolist(),
        ]
        agent_counts = np.bincount(group_of_agent, minlength=len(self.select))
        ends = np.cumsum([0, *agent_counts])
        # The first bits, and the candidates that they stand for, by group.
        self._bits_in = [
            slice(int(low), int(high)) for low, high in itertools.pairwise(ends)
        ]
        self._candidates_in = [
            self.agents[bits] - g * problem.candidates
            for g, bits in enumerate(self._bits_in)
        ]
        self.columns = Columns(
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array(least, dtype=np.int64),
            np.array(most, dtype=np.int64),
        )

    def opened(self, bits: Bits) -> Bools:
        """Return which candidates are open for each group of the scope, shape (g, J)."""
        opened = self._always_open.copy()
        opened.reshape(-1)[self.agents] = bits[: len(self.agents)]
        return opened

    @property
    def group_count(self) -> int:
        """Number of groups in the scope."""
        return len(self.select)

    def opened_in(self, group: int, bits: Bits) -> Bools:
        """Return which candidates are open for one group of the scope, shape (J,)."""
        opened: Bools = self._always_open[group].copy()
        opened[self._candidates_in[group]] = bits[self._bits_in[group]]
        return opened

    def set_opened_in(self, group: int, opened: Bools, bits: Bits) -> None:
        """Set the bits of one group to open these candidates, shape (J,), in place."""
        bits[self._bits_in[group]] = opened[self._candidates_in[group]]

    def may_open_in(self, group: int, allowed: Bools) -> Bools:
        """Return the candidates of a group whose bits are allowed, shape (J,)."""
        may_open: Bools = np.zeros(self.select.shape[1], dtype=np.bool_)
        may_open[self._candidates_in[group]] = allowed[self._bits_in[group]]
        return may_open

    def links(self, group: int) -> NearestAgents:
        """Return the links of the requests of one group of the scope."""
        return self._evaluator.links(self.groups.start + group)

    def choice(self, bits: Bits) -> Choice:
        """Return the leader's choice that the bits stand for."""
        whole, asked = self._around.opened.copy(), self._around.asked
        opened = self.opened(bits)
        whole[self.groups] = opened
        if self._optional:
            asked = asked.copy()
            asked[self.requests] = self._asked_by_rule(opened)
            exceptions = self._exceptions[bits[len(self.agents) :]]
            asked[self.requests.start + exceptions] ^= True
        return Choice(whole, asked)

    def _asked_by_rule(self, opened: Bools) -> Bools:
        """Return which requests the rule asks; opened agents in shape (g, J)."""
        nearest = np.concatenate(
            [
                np.zeros(0),
                *(self.links(g).serve(row)[1] for g, row in enumerate(opened)),
            ]
        )
        return requests_to_connect(self.problem, self.requests, self.group_of, nearest)

    def bits_of(self, choice: Choice) -> Bits:
        """Return the bits closest to a choice; what has no bit is ignored."""
        opened = choice.opened[self.groups].reshape(-1)[self.agents]
        bits: Bits = np.zeros(self.columns.size, dtype=np.bool_)
        bits[: len(opened)] = opened
        cost = np.zeros(len(bits))
        cost[: len(opened)] = self.select.reshape(-1)[self.agents]
        self.columns.fit(bits, -cost)
        if len(self._exceptions):
            differs = choice.asked[self.requests] != self._asked_by_rule(
                self.opened(bits)
            )
            bits[len(opened) :] = differs[self._exceptions]
        return bits

    # -- group by group ------------------------------------------------------------

    def members(self, group: int) -> slice:
        """Return the requests of a group, both counted within the scope."""
        whole = self.problem.members(self.groups.start + group)
        first = self.requests.start
        return slice(whole.start - first, whole.stop - first)

    def groups_of(self, flips: Flips) -> list[int]:
        """Return the groups that a move changes, counted within the scope."""
        return sorted({self._group_of_bit[bit] for bit in flips})

    def connections(self, group: int, opened: Bools, bits: Bits) -> GroupConnections:
        """Return the connections of a group.

        Parameters
        ----------
        group
            The group, counted within the scope.
        opened
            Its open agents, shape (J,).
        bits
            The solution; says which requests are exceptions to the rule on asking.
        """
        members, whole = self.members(group), self.groups.start + group
        scratch = self._scratch
        scratch.opened[whole] = opened
        if self._optional:
            _, seconds, _ = self.links(group).serve(opened)
            requests = self.problem.members(whole)
            asked = requests_to_connect(
                self.problem,
                requests,
                np.zeros(len(seconds), dtype=np.int64),
                seconds,
            )
            scratch.asked[requests] = asked ^ self._exceptions_among(members, bits)
        return self._evaluator.connections(scratch, whole)

    def _exceptions_among(self, members: slice, bits: Bits) -> Bools:
        """Return which requests of a group are exceptions to the rule on asking."""
        low, high = np.searchsorted(self._exceptions, (members.start, members.stop))
        excepted: Bools = np.zeros(members.stop - members.start, dtype=np.bool_)
        first = len(self.agents)
        excepted[self._exceptions[low:high] - members.start] = bits[
            first + low : first + high
        ]
        return excepted
