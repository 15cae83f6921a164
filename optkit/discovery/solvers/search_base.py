"""The base of the six heuristics: scope after scope, equal evaluations, one incumbent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

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
from optkit.search import Bits, Control, Score, SearchResult, StopReason

REPORT_INTERVAL = 0.02
"""Least time between two reports of a better whole, which takes time to put together, s."""


class SearchSolver(DiscoverySolver):
    """A search engine on the leader's choices.

    Scopes are searched one after the other; a horizon whose accuracy rows cannot bind is
    searched window by window. All engines flip the same bits, use the same evaluator, and
    start from the same choice. A limit on evaluations is divided evenly between the
    scopes, and what one does not use goes to the next; a limit on iterations holds for
    each scope.
    """

    kind = Kind.HEURISTIC
    capabilities = Capabilities(
        bound=True, warm_start=True, seed=True, iterations=True, evaluations=True
    )
    Parameters: ClassVar[type[Any]]
    """Parameters of the engine, from which the options are derived."""
    engine: ClassVar[Callable[..., SearchResult]]
    """The engine's function in :mod:`optkit.search`."""

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        parameters = self.Parameters(**self.options.model_dump())
        return self.engine(leader, rng, control, parameters)

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Bound by groups, then search scope after scope."""
        self.prove_by_groups(problem, run)
        separate = split_by_window(problem)
        if separate is not problem:
            evaluator = ChoiceEvaluator(separate)
            choice = incumbent.choice
            incumbent = Incumbent(incumbent.instance, separate, run)
            for scope in range(separate.scopes):
                evaluation = evaluator.evaluate_scope(choice, scope)
                incumbent.offer(scope, choice, evaluation)
        run.model_built()
        return _Sweep(self, separate, evaluator, incumbent, run).search_all()


@dataclass
class _Sweep:
    """One pass over the scopes.

    Parameters
    ----------
    solver
        The solver, which searches one scope at a time.
    problem, evaluator, incumbent, run
        As in :meth:`SearchSolver.improve`.
    """

    solver: SearchSolver
    problem: ProblemData
    evaluator: ChoiceEvaluator
    incumbent: Incumbent
    run: Run
    last_report: float = -math.inf
    unreported: bool = False

    def search_all(self) -> Outcome:
        """Search all scopes; return how the search ended."""
        run, scopes = self.run, self.problem.scopes
        reasons: list[StopReason] = []
        iterations = 0
        start = self.incumbent.choice
        for scope in range(scopes):
            if run.should_stop():
                break
            result = self._search(scope, start, scopes - scope)
            reasons.append(result.stop_reason)
            iterations = max(iterations, result.iterations)
            run.count(evaluations=result.evaluations)
            run.progress(f"scope {scope + 1} of {scopes}", (scope + 1) / scopes)
        run.count(iterations=iterations)
        detail = (
            f"{run.evaluations} evaluations, {iterations} iterations at most,"
            f" {len(reasons)} of {scopes} scopes"
        )
        return Outcome(self._reason(reasons), detail)

    def _reason(self, reasons: list[StopReason]) -> Reason:
        stopped = self.run.stop_reason()
        if stopped is not None:
            return stopped
        for kind, reason in (
            (StopReason.STOPPED, Reason.TIME_LIMIT),
            (StopReason.EVALUATIONS, Reason.EVALUATION_LIMIT),
            (StopReason.ITERATIONS, Reason.ITERATION_LIMIT),
        ):
            if kind in reasons:
                return reason
        return Reason.CONVERGED

    def _search(self, scope: int, start: Choice, scopes_left: int) -> SearchResult:
        """Search a scope with its share of what is left for ``scopes_left`` scopes."""
        run, limits = self.run, self.run.limits
        leader = LeaderProblem(self.problem, self.evaluator, scope, start)
        evaluations = None
        if limits.evaluations is not None:
            left = limits.evaluations - run.evaluations
            evaluations = math.ceil(left / scopes_left)
        deadline = run.share(1.0 / scopes_left)

        def should_stop() -> bool:
            due = self.last_report + REPORT_INTERVAL
            if self.unreported and time.perf_counter() >= due:
                self._report()
            return deadline()

        def on_incumbent(score: Score, bits: Bits) -> None:
            # Every better solution is offered: were it a matter of time, so would be the
            # result.
            choice = leader.encoding.choice(bits)
            if self.incumbent.offer(scope, choice, leader.evaluation(bits)):
                self.unreported = True
                if run.objective is None:
                    self._report()

        control = Control(evaluations, limits.iterations, should_stop, on_incumbent)
        result = self.solver.search(leader, run.rng("scope", scope), control)
        if self.unreported:
            self._report()
        return result

    def _report(self) -> None:
        self.incumbent.report()
        self.last_report, self.unreported = time.perf_counter(), False
