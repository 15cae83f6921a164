"""The leader's problem in one scope as a problem for the search engines.

Bits stand for the leader's choice (:mod:`optkit.discovery.heuristics.encoding`). The
connections and the follower's response are computed by the evaluator, so every solution
that an engine meets is bilevel feasible, or its score says by how much it is not.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optkit.core.arrays import Bools
from optkit.discovery.bounds.scope_lagrangian import follower_is_settled
from optkit.discovery.heuristics.encoding import ScopeEncoding
from optkit.discovery.heuristics.group_walk import GroupWalk
from optkit.discovery.heuristics.incremental_walk import IncrementalWalk
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator, Evaluation
from optkit.discovery.problem.problem_data import ProblemData
from optkit.search import BinaryProblem, Bits, Flips, Score, Walk
from optkit.search.problem import flip

COUPLED_REQUESTS = 150
"""Number of requests in one scope from which a walk by increments is faster."""


class LeaderProblem(BinaryProblem):
    """Which agents to open, and which requests to connect, in one scope.

    Parameters
    ----------
    problem
        The instance.
    evaluator
        Evaluates its choices.
    scope
        The scope.
    around
        The choice in all other scopes, and where a search begins in this one.
    """

    def __init__(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        scope: int,
        around: Choice,
    ) -> None:
        self.problem, self.evaluator, self.scope = problem, evaluator, scope
        self.encoding = ScopeEncoding(problem, evaluator, scope, around)
        self.columns = self.encoding.columns
        self._around = around

    def evaluation(self, bits: Bits) -> Evaluation:
        """Return the evaluation of the choice that the bits stand for."""
        return self.evaluator.evaluate_scope(self.encoding.choice(bits), self.scope)

    def evaluate(self, bits: Bits) -> Score:
        """Return Φ of the scope, or by how much it is infeasible, and both levels."""
        evaluation, problem = self.evaluation(bits), self.problem
        value = (
            problem.time_weight * evaluation.time
            + problem.energy_weight * evaluation.energy
        )
        levels = (evaluation.time, evaluation.energy)
        return Score(evaluation.violation, value, levels)

    def walk(self, bits: Bits) -> Walk:
        """Return a walk: by increments wherever a move leaves most things as they are."""
        encoding, problem = self.encoding, self.problem
        requests = encoding.requests
        large = requests.stop - requests.start >= COUPLED_REQUESTS
        if large and encoding.rows_may_bind and not follower_is_settled(problem):
            return IncrementalWalk(encoding, bits)
        if problem.reading.connection_cost == "connected":
            return GroupWalk(encoding, self.evaluator, bits)
        return super().walk(bits)

    def start(self, rng: np.random.Generator) -> Bits:
        """Return the bits of the choice that the search begins with."""
        return self.encoding.bits_of(self._around)

    def sample(self, rng: np.random.Generator) -> Bits:
        """Return a random choice: few or many agents, few or many exceptions."""
        agents = len(self.encoding.agents)
        odds = np.full(self.columns.size, rng.uniform(0.05, 0.5))
        odds[agents:] = 10.0 ** rng.uniform(-3.0, -0.5)
        bits = self.columns.draw(odds, rng)
        self.repair(bits, rng)
        return bits

    def repair(self, bits: Bits, rng: np.random.Generator) -> None:
        """Open agents for requests that can use none."""
        encoding = self.encoding
        if encoding.covers:
            allowed = np.ones(len(encoding.agents), dtype=np.bool_)
            self._open_missing(bits, allowed, range(encoding.group_count))

    def correct(self, bits: Bits, flips: Flips) -> Flips:
        """Return the move together with the agents that it makes necessary.

        Agents that the move closes stay closed; where no other agent will do, the move
        breaks the rule, and its score says so.
        """
        agents = len(self.encoding.agents)
        closed = tuple(bit for bit in flips if bit < agents and bits[bit])
        if not self.encoding.covers or not closed:
            return flips
        neighbour = bits.copy()
        flip(neighbour, flips)
        allowed = np.ones(agents, dtype=np.bool_)
        allowed[[bit for bit in flips if bit < agents]] = False
        self._open_missing(neighbour, allowed, self.encoding.groups_of(closed))
        return tuple(np.flatnonzero(neighbour != bits).tolist())

    def _open_missing(self, bits: Bits, allowed: Bools, groups: Iterable[int]) -> None:
        """Open agents for requests that can use none, in place.

        The agent that serves most of them for its time is opened first.

        Parameters
        ----------
        bits
            The solution.
        allowed
            Which agents may be opened, shape (bits of agents,); a request that can use
            none of them stays alone.
        groups
            The groups that are looked at.
        """
        encoding = self.encoding
        for g in groups:
            opened = encoding.opened_in(g, bits)
            links = encoding.links(g)
            alone = links.linked & (links.usable_count(opened) == 0)
            if not alone.any():
                continue
            usable = encoding.usable[encoding.members(g)][alone]
            usable = usable & encoding.may_open_in(g, allowed)
            select = encoding.select[g]
            while len(usable):
                gain = usable.sum(axis=0)
                if not gain.any():
                    break
                rate = np.where(gain > 0, (select + 1e-9) / np.maximum(gain, 1), np.inf)
                best = int(np.argmin(rate))
                opened[best] = True
                usable = usable[~usable[:, best]]
            encoding.set_opened_in(g, opened, bits)
