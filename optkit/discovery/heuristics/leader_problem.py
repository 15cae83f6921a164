"""The leader's problem in one scope as a choice of bits, for the search engines.

A column of bits stands for each group: which candidates are open. Where connecting is
optional, whom to ask follows from that by the rule of
:mod:`optkit.discovery.problem.connection_rule`; it is
optimal unless an accuracy row binds, and where one might, a second column of bits for each
group says who is an exception to it. What follows, the connections and the follower's
answer, is for the evaluator to say; so every solution that an engine meets is bilevel
feasible or says by how much it is not.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.discovery.heuristics.incremental_walk import IncrementalWalk
from optkit.discovery.problem.connection_rule import requests_to_connect
from optkit.discovery.problem.evaluation import Choice, Evaluation, ChoiceEvaluator
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.separation import rows_may_bind
from optkit.search import BinaryProblem, Bits, Columns, Flips, Score, Walk
from optkit.search.problem import flip

COUPLED = 150
"""Requests in one scope from which walking by increments is the faster way."""


class LeaderProblem(BinaryProblem):
    """Which agents to open, and whom to connect, in one scope.

    Bits stand only for what is open to choice: candidates that nobody in a group can use
    are left out, and those that somebody cannot do without are open throughout.

    Parameters
    ----------
    problem
        The instance.
    evaluator
        Evaluates choices of it.
    scope
        Which scope.
    around
        The choice elsewhere, and where a search begins here.
    """

    def __init__(
        self, problem: ProblemData, evaluator: ChoiceEvaluator, scope: int, around: Choice
    ) -> None:
        self.problem, self.evaluator, self.index = problem, evaluator, scope
        self._around = around
        self.part = problem.scope(scope)
        first, last = map(int, problem.scope_groups[scope : scope + 2])
        self._groups = slice(first, last)
        self._usable = problem.usable[self.part]
        self._group_of = problem.group[self.part] - first
        self._linked = self._usable.any(axis=1)
        self._connect = problem.connect[self.part]
        self._covers = problem.reading.qan_rule != "single"
        self._optional = problem.reading.connection == "optional"
        self._fixed = np.zeros((last - first, problem.candidates), dtype=np.bool_)
        self._scratch = Choice(around.opened.copy(), around.asked.copy())
        self._rows_may_bind = rows_may_bind(problem, scope)
        self._layout()

    def _layout(self) -> None:
        """Lay the bits out: candidates group by group, then requests group by group."""
        problem = self.problem
        places: list[Ints] = []
        sizes, least, most = [], [], []
        for g in range(len(self._fixed)):
            usable = self._usable[self._group_of == g]
            useful = usable.any(axis=0)
            if not useful.any():
                # Nobody can use any, and one has to be there.
                if problem.candidates:
                    cheapest = np.argmin(problem.select[self._groups][g])
                    self._fixed[g, cheapest] = True
                continue
            if self._covers:
                # Who has one usable candidate only cannot do without it.
                self._fixed[g] = usable[usable.sum(axis=1) == 1].any(axis=0)
            free = np.flatnonzero(useful & ~self._fixed[g])
            if len(free):
                places.append(g * problem.candidates + free)
                sizes.append(len(free))
                least.append(0 if self._fixed[g].any() else 1)
                most.append(len(free) if self._covers else 1)
        self._places = np.concatenate([np.zeros(0, dtype=np.int64), *places])
        self._exceptions = np.zeros(0, dtype=np.int64)
        if self._optional and self._rows_may_bind:
            self._exceptions = np.flatnonzero(self._linked)
            counts = np.bincount(self._group_of[self._exceptions])
            counts = counts[counts > 0]
            sizes += counts.tolist()
            least += [0] * len(counts)
            most += counts.tolist()
        self._group_of_bit: list[int] = [
            *(self._places // max(1, problem.candidates)).tolist(),
            *self._group_of[self._exceptions].tolist(),
        ]
        self.columns = Columns(
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array(least, dtype=np.int64),
            np.array(most, dtype=np.int64),
        )

    # -- bits and choices ----------------------------------------------------------

    @property
    def select(self) -> Floats:
        """Seconds to open each candidate for each group of the scope, shape (g, J)."""
        return self.problem.select[self._groups]

    def opened(self, bits: Bits) -> Bools:
        """Return which candidates are open for each group of the scope, shape (g, J)."""
        opened = self._fixed.copy()
        opened.reshape(-1)[self._places] = bits[: len(self._places)]
        return opened

    def choice(self, bits: Bits) -> Choice:
        """Return the leader's choice that the bits stand for."""
        opened, asked = self._around.opened.copy(), self._around.asked
        here = self.opened(bits)
        opened[self._groups] = here
        if self._optional:
            asked = asked.copy()
            asked[self.part] = self._by_rule(here)
            exceptions = self._exceptions[bits[len(self._places) :]]
            asked[self.part.start + exceptions] ^= True
        return Choice(opened, asked)

    def _by_rule(self, opened: Bools) -> Bools:
        """Return whom to ask by the rule; opened agents in shape (g, J)."""
        seconds = np.where(opened[self._group_of], self._connect, np.inf)
        nearest = seconds.min(axis=1, initial=np.inf)
        return requests_to_connect(self.problem, self.part, self._group_of, nearest)

    def bits_of(self, choice: Choice) -> Bits:
        """Return the bits of a choice; what is not open to choice is left out."""
        opened = choice.opened[self._groups].reshape(-1)[self._places]
        bits: Bits = np.zeros(self.columns.size, dtype=np.bool_)
        bits[: len(opened)] = opened
        cost = np.zeros(len(bits))
        cost[: len(opened)] = self.select.reshape(-1)[self._places]
        self.columns.fit(bits, -cost)
        if len(self._exceptions):
            differs = choice.asked[self.part] != self._by_rule(self.opened(bits))
            bits[len(opened) :] = differs[self._exceptions]
        return bits

    # -- group by group ------------------------------------------------------------

    def members(self, group: int) -> slice:
        """Return the requests of a group, counted within the scope."""
        whole = self.problem.members(self._groups.start + group)
        return slice(whole.start - self.part.start, whole.stop - self.part.start)

    def groups_of(self, flips: Flips) -> list[int]:
        """Return the groups that a move changes."""
        return sorted({self._group_of_bit[e] for e in flips})

    def connections(
        self, group: int, opened: Bools, bits: Bits
    ) -> tuple[Bools, Floats, int]:
        """Return who of a group connects, in how many seconds, and the broken rules.

        Parameters
        ----------
        group
            Which group, counted within the scope.
        opened
            Its open agents, shape (J,).
        bits
            The solution; says who is an exception to the rule on asking.
        """
        members, whole = self.members(group), self._groups.start + group
        scratch = self._scratch
        scratch.opened[whole] = opened
        if self._optional:
            seconds = np.where(opened, self._connect[members], np.inf)
            requests = self.problem.members(whole)
            asked = requests_to_connect(
                self.problem,
                requests,
                np.zeros(len(seconds), dtype=np.int64),
                np.min(seconds, axis=1, initial=np.inf),
            )
            scratch.asked[requests] = asked ^ self._excepted(members, bits)
        found = self.evaluator.group(scratch, whole)
        return found.target >= 0, found.seconds, found.breaches

    def _excepted(self, members: slice, bits: Bits) -> Bools:
        """Return which requests of a group are exceptions to the rule on asking."""
        low, high = np.searchsorted(self._exceptions, (members.start, members.stop))
        excepted: Bools = np.zeros(members.stop - members.start, dtype=np.bool_)
        first = len(self._places)
        excepted[self._exceptions[low:high] - members.start] = bits[
            first + low : first + high
        ]
        return excepted

    # -- what the engines ask for --------------------------------------------------

    def evaluation(self, bits: Bits) -> Evaluation:
        """Return what the bits lead to."""
        return self.evaluator.scope(self.choice(bits), self.index)

    def evaluate(self, bits: Bits) -> Score:
        """Return Φ of the scope, or by how much it is infeasible, and both levels."""
        found = self.evaluation(bits)
        problem = self.problem
        value = problem.time_weight * found.time + problem.energy_weight * found.energy
        return Score(found.violation, value, (found.time, found.energy))

    def walk(self, bits: Bits) -> Walk:
        """Return a walk: by increments where one scope holds many requests."""
        if self.part.stop - self.part.start >= COUPLED and self._rows_may_bind:
            return IncrementalWalk(self, bits)
        return super().walk(bits)

    def start(self, rng: np.random.Generator) -> Bits:
        """Return the bits of the choice that the search begins with."""
        return self.bits_of(self._around)

    def sample(self, rng: np.random.Generator) -> Bits:
        """Return a random choice: few or many agents, few exceptions or many."""
        count = len(self._places)
        odds = np.full(self.columns.size, rng.uniform(0.05, 0.5))
        odds[count:] = 10.0 ** rng.uniform(-3.0, -0.5)
        bits = self.columns.draw(odds, rng)
        self.repair(bits, rng)
        return bits

    def repair(self, bits: Bits, rng: np.random.Generator) -> None:
        """Open agents for requests that can use none."""
        if self._covers:
            self._cover(bits, np.ones(len(self._places), dtype=np.bool_))

    def correct(self, bits: Bits, flips: Flips) -> Flips:
        """Return the move together with the agents that it makes necessary.

        Those that the move closes stay closed; where nobody else will do, the move breaks
        the rule, and its score says so.
        """
        count = len(self._places)
        if not self._covers or not any(e < count and bits[e] for e in flips):
            return flips
        there = bits.copy()
        flip(there, flips)
        allowed = np.ones(count, dtype=np.bool_)
        allowed[[e for e in flips if e < count]] = False
        self._cover(there, allowed)
        return tuple(np.flatnonzero(there != bits).tolist())

    def _cover(self, bits: Bits, allowed: Bools) -> None:
        """Open agents for requests that can use none, in place.

        The agent that serves most of them for its time is opened first. ``allowed`` says
        which bits may be opened, shape (bits of agents,); a request that finds none of
        those stays alone.
        """
        opened = self.opened(bits)
        alone = self._linked & ~(self._usable & opened[self._group_of]).any(axis=1)
        if not alone.any():
            return
        select = self.select
        may = np.zeros(opened.shape, dtype=np.bool_)
        may.reshape(-1)[self._places] = allowed
        for g in np.unique(self._group_of[alone]):
            usable = self._usable[alone & (self._group_of == g)] & may[g]
            while len(usable):
                gain = usable.sum(axis=0)
                if not gain.any():
                    break
                rate = np.where(
                    gain > 0, (select[g] + 1e-9) / np.maximum(gain, 1), np.inf
                )
                best = int(np.argmin(rate))
                opened[g, best] = True
                usable = usable[~usable[:, best]]
        bits[: len(self._places)] = opened.reshape(-1)[self._places]
