"""Better choices for the scopes whose gap is open: multipliers, then search engines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optkit.core.solving.deadline import Deadline
from optkit.core.solving.run import Run
from optkit.discovery.exact.triangle_branching import (
    MIN_PROGRESS,
    TriangleBranching,
    applies,
)
from optkit.discovery.exact.value_function_cuts import ScopeProof, report_bound
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.search import (
    Bits,
    Control,
    GeneticParameters,
    Score,
    SearchResult,
    TabuParameters,
    TrustRegionParameters,
    genetic_search,
    tabu_search,
    trust_region_search,
)

LARGE = 60
"""Requests from which on a scope is searched before programs are solved for it."""

LAST_ROUNDS = 2
"""How often each engine searches what is still open at the end."""

ENGINES: tuple[tuple[str, Callable[..., SearchResult], Any], ...] = (
    (
        "trust region",
        trust_region_search,
        TrustRegionParameters(patience=20, restarts=10),
    ),
    ("genetic", genetic_search, GeneticParameters()),
    ("tabu", tabu_search, TabuParameters()),
)
"""Name, engine and parameters; each begins at the best choice of those before. Every second
round takes them in reverse order."""


class OpenScopes:
    """The scopes whose gap is open.

    Parameters
    ----------
    problem, proofs
        The instance, and what is proven of each scope; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    gap
        Relative gap at which a scope is finished.
    """

    def __init__(
        self,
        problem: ProblemData,
        proofs: Sequence[ScopeProof],
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
        gap: float,
    ) -> None:
        self.problem, self.proofs = problem, proofs
        self.evaluator, self.incumbent, self.run = evaluator, incumbent, run
        self.gap = gap
        self._rounds = 0
        self._sizes = np.diff(problem.scope_start)

    def numbers(self) -> list[int]:
        """Return the numbers of the open scopes, small ones first."""
        return [
            scope
            for scope in np.argsort(self._sizes, kind="stable").tolist()
            if self._is_open(scope)
        ]

    def _is_open(self, scope: int) -> bool:
        value = self.incumbent.value(scope)
        if math.isinf(value):
            return True
        return value - self.proofs[scope].bound > self.gap * abs(value)

    def branch_on_multipliers(
        self, deadline: Deadline, max_triangles: int, *, steady_from: float = math.inf
    ) -> bool:
        """Divide the follower's multipliers in large scopes, where that method is valid.

        Time and triangles are shared evenly; what one scope leaves goes to the next.

        Parameters
        ----------
        deadline
            When to stop.
        max_triangles
            Most triangles, over all scopes.
        steady_from
            Requests of a scope from which on it goes on however slowly the gap closes.

        Returns
        -------
        bool
            False if a scope is proven to have no solution.
        """
        if not applies(self.problem):
            return True
        todo = [scope for scope in self.numbers() if self._sizes[scope] >= LARGE]
        for place, scope in enumerate(todo):
            turns = len(todo) - place
            triangles = math.ceil(max_triangles / turns)
            if triangles <= 0 or deadline():
                break
            proof = self.proofs[scope]
            result = TriangleBranching(
                self.problem, scope, self.evaluator, self.incumbent
            ).search(
                self.run.deadline(deadline.remaining / turns),
                lower=proof.bound,
                gap=self.gap,
                max_triangles=triangles,
                min_progress=0.0 if self._sizes[scope] >= steady_from else MIN_PROGRESS,
            )
            max_triangles -= result.triangles
            if result.bound == math.inf:
                return False
            proof.bound = result.bound
            report_bound(self.run, self.proofs, "cells of the follower's multipliers")
            self.incumbent.report()
        return True

    def search(
        self, deadline: Deadline, *, rounds: int = 1, least_size: int = 1
    ) -> None:
        """Search open scopes by one engine after the other.

        An engine ends by its own patience, and the next one has the time that it leaves.

        Parameters
        ----------
        deadline
            When to stop.
        rounds
            How often each engine searches a scope.
        least_size
            Requests from which on a scope is searched.
        """
        for _ in range(rounds):
            self._rounds += 1
            for name, engine, parameters in ENGINES[:: 1 if self._rounds % 2 else -1]:
                todo = [s for s in self.numbers() if self._sizes[s] >= least_size]
                for place, scope in enumerate(todo):
                    if deadline():
                        return
                    share = deadline.remaining / (len(todo) - place)
                    rng = self.run.rng(name, self._rounds, scope)
                    self._search_scope(
                        scope, engine, parameters, rng, self.run.deadline(share)
                    )

    def _search_scope(
        self,
        scope: int,
        engine: Callable[..., SearchResult],
        parameters: Any,
        rng: np.random.Generator,
        deadline: Deadline,
    ) -> None:
        """Search one scope by one engine, from its incumbent on."""
        incumbent = self.incumbent
        leader = LeaderProblem(self.problem, self.evaluator, scope, incumbent.choice)

        def on_incumbent(score: Score, bits: Bits) -> None:
            choice = leader.encoding.choice(bits)
            incumbent.offer(scope, choice, leader.evaluation(bits))

        control = Control(should_stop=deadline, on_incumbent=on_incumbent)
        engine(leader, rng, control, parameters)
        incumbent.report()
