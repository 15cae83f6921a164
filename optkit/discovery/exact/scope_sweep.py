"""The programs of all scopes, one after the other, each with its share of the time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from optkit.backends.registry import is_loaded
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome
from optkit.discovery.exact.value_function_cuts import (
    ScopeProof,
    prove_scope,
    report_bound,
)
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

BUILDING_SECONDS = 5e-5
"""Approximate time to build and load one request or link, s; it cannot be interrupted."""

LOADING_SECONDS = 0.5
"""Upper estimate of importing a backend, s; it cannot be interrupted."""


@dataclass(eq=False)
class ScopeSweep:
    """The programs of the open scopes.

    Parameters
    ----------
    problem, proofs
        The instance, and what is proven of each scope; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    source
        Name of the bound.
    threads
        Threads that the backend may use.
    backend
        Name of the backend that solves the programs.
    cuts
        Whether value-function cuts follow; otherwise the high-point relaxation is all.
    """

    problem: ProblemData
    proofs: list[ScopeProof]
    evaluator: ChoiceEvaluator
    incumbent: Incumbent
    run: Run
    source: str
    threads: int
    backend: str
    cuts: bool = True
    _cut_short: set[int] = field(default_factory=set)

    def solve(self) -> Outcome:
        """Solve the open scopes as far as the limits allow."""
        proofs = self.proofs
        # Hard scopes must not keep others from their turn.
        if not (self.sweep(by_shares=True) and self.sweep(by_shares=False)):
            return Outcome(
                Reason.PROVED, self._detail(), infeasible=self.run.objective is None
            )
        if all(proof.solved for proof in proofs):
            return Outcome(Reason.PROVED, self._detail())
        reason = self.run.stop_reason()
        if reason is None and any(
            proof.rounds == 0 and not proof.solved for proof in proofs
        ):
            reason = Reason.TIME_LIMIT  # there was no time to build the next program
        return Outcome(reason or Reason.CONVERGED, self._detail())

    def sweep(self, *, by_shares: bool) -> bool:
        """Solve the open scopes; return whether all may have a solution.

        Parameters
        ----------
        by_shares
            Whether each may use only its share of the time; else, as much as there is.
        """
        problem, run = self.problem, self.run
        todo = [
            scope
            for scope, proof in enumerate(self.proofs)
            if not proof.solved and (by_shares or scope in self._cut_short)
        ]
        for number, scope in enumerate(todo):
            requests = problem.requests_in(scope)
            links = int(problem.usable[requests].sum())
            size = links + requests.stop - requests.start
            needed = size * BUILDING_SECONDS
            if not is_loaded(self.backend):
                needed += LOADING_SECONDS
            if run.should_stop() or not run.affords(needed):
                break
            share = run.remaining() / (len(todo) - number)
            seconds = share if by_shares else math.inf
            deadline = run.deadline(seconds)
            if not prove_scope(
                problem,
                scope,
                self.proofs[scope],
                self.evaluator,
                self.incumbent,
                run,
                self.threads,
                seconds,
                self.backend,
                self.cuts,
            ):
                return False
            if deadline():
                self._cut_short.add(scope)
            self.incumbent.report()
            report_bound(run, self.proofs, self.source)
        return True

    def _detail(self) -> str:
        rounds = sum(proof.rounds for proof in self.proofs)
        solved = sum(proof.solved for proof in self.proofs)
        count = len(self.proofs)
        return f"{solved} of {count} scopes proven, {rounds} programs solved"
