"""What the heuristics share: scope after scope, equal evaluations, one incumbent."""

from __future__ import annotations

import abc
import math
import time
from dataclasses import dataclass

import numpy as np

from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.problem.separation import split_by_window
from optkit.discovery.solvers.base import DiscoverySolver
from optkit.search import Bits, Control, StopReason, SearchResult, Score

REPORTED_EVERY = 0.02
"""Seconds between two reports of a better whole, which takes its time to put together."""


class SearchSolver(DiscoverySolver):
    """A search engine on the leader's choices.

    Scopes are searched one after the other; a horizon whose accuracy rows cannot bind is
    searched window by window. Every engine flips the same bits, asks the same evaluator,
    and starts from the same choice. An evaluation limit is dealt evenly to the scopes,
    and what one does not use goes to the next; an iteration limit holds for each scope.
    """

    kind = Kind.HEURISTIC
    capabilities = Capabilities(
        bound=True, warm_start=True, seed=True, iterations=True, evaluations=True
    )

    @abc.abstractmethod
    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""

    def improve(
        self, problem: ProblemData, evaluator: ChoiceEvaluator, incumbent: Incumbent, run: Run
    ) -> Outcome:
        """Search scope after scope."""
        parts = split_by_window(problem)
        if parts is not problem:
            evaluator = ChoiceEvaluator(parts)
            choice = incumbent.choice
            incumbent = Incumbent(incumbent.instance, parts, run)
            for scope in range(parts.scopes):
                incumbent.offer(scope, choice, evaluator.scope(choice, scope))
        run.model_built()
        return _Sweep(self, parts, evaluator, incumbent, run).through()


@dataclass
class _Sweep:
    """One pass over the scopes.

    Parameters
    ----------
    solver
        Whose search it is.
    problem, evaluator, incumbent, run
        As in :meth:`SearchSolver.improve`.
    """

    solver: SearchSolver
    problem: ProblemData
    evaluator: ChoiceEvaluator
    incumbent: Incumbent
    run: Run
    iterations: int = 0
    reported: float = -math.inf

    def through(self) -> Outcome:
        """Search all scopes; say how it ended."""
        run, scopes = self.run, self.problem.scopes
        ended: list[StopReason] = []
        start = self.incumbent.choice
        for scope in range(scopes):
            if run.should_stop():
                break
            found = self._search(scope, start, scopes - scope)
            ended.append(found.ended)
            self.iterations = max(self.iterations, found.iterations)
            run.count(evaluations=found.evaluations)
            run.progress(f"scope {scope + 1} of {scopes}", (scope + 1) / scopes)
        run.count(iterations=self.iterations)
        detail = (
            f"{run.evaluations} evaluations, {self.iterations} iterations at most,"
            f" {len(ended)} of {scopes} scopes"
        )
        return Outcome(self._reason(ended), detail)

    def _reason(self, ended: list[StopReason]) -> Reason:
        stopped = self.run.stop_reason()
        if stopped is not None:
            return stopped
        for kind, reason in (
            (StopReason.STOPPED, Reason.TIME_LIMIT),
            (StopReason.EVALUATIONS, Reason.EVALUATION_LIMIT),
            (StopReason.ITERATIONS, Reason.ITERATION_LIMIT),
        ):
            if kind in ended:
                return reason
        return Reason.CONVERGED

    def _search(self, scope: int, start: Choice, left: int) -> SearchResult:
        """Search a scope with its share of what is left for ``left`` scopes."""
        run, limits = self.run, self.run.limits
        leader = LeaderProblem(self.problem, self.evaluator, scope, start)
        share = None
        if limits.evaluations is not None:
            share = math.ceil((limits.evaluations - run.evaluations) / left)
        deadline = time.perf_counter() + run.remaining() / left

        unreported = False

        def report() -> None:
            nonlocal unreported
            self.incumbent.report()
            self.reported, unreported = time.perf_counter(), False

        def stop() -> bool:
            now = time.perf_counter()
            if unreported and now - self.reported >= REPORTED_EVERY:
                report()
            return run.should_stop() or now >= deadline

        def better(score: Score, bits: Bits) -> None:
            nonlocal unreported
            # Which solutions are offered must not depend on the clock, or the answer would.
            choice, evaluation = leader.choice(bits), leader.evaluation(bits)
            if self.incumbent.offer(scope, choice, evaluation):
                unreported = True
                if run.objective is None:
                    report()

        found = self.solver.search(
            leader,
            run.rng("scope", scope),
            Control(share, limits.iterations, stop, better),
        )
        if unreported:
            report()
        return found
