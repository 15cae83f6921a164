"""The proven optimum: value-function cuts on the program of each scope."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pydantic import Field

from optkit.backends.options import BackendName
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.bounds.group_lagrangian import MAX_CANDIDATES
from optkit.discovery.bounds.scope_lagrangian import follower_is_settled
from optkit.discovery.exact.value_function_cuts import (
    ScopeProof,
    least_energy_proofs,
    prove_scope,
)
from optkit.discovery.heuristics.priced_scopes import PricedScopes, prove
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

SOURCE = "high-point relaxation with value-function cuts"

ROUNDS = 60
"""Most prices tried in each scope."""

NODES = 300
"""Most nodes of branch and bound per group at its prices, where cuts follow."""

BUILDING_SECONDS = 1e-4
"""Approximate time to build and load one request or link, s; it cannot be interrupted."""


class ExactOptions(Options):
    """Options of the exact method."""

    backend: BackendName = "highs"
    threads: int = Field(1, ge=1, description="threads that the backend may use")


@register
class BilevelExact(DiscoverySolver[ExactOptions]):
    """High-point relaxation, tightened by value-function cuts until the follower agrees.

    The scopes of the accuracy rows are solved one by one. One program per scope is enough
    where all connections take time, or where the leader's connections are forced and the
    follower has nothing to react to. Elsewhere each round evaluates the leader's choice
    with the follower's response, and cuts off modes that the follower would not choose.
    """

    name = "bilevel-exact"
    kind = Kind.EXACT
    reference = f"{PAPER}, programs (1) and (2); cuts of Lozano and Smith 2017"
    capabilities = Capabilities(bound=True, warm_start=True, seed=True)
    Options = ExactOptions

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Solve scope by scope."""
        proofs = least_energy_proofs(problem)
        prove(run, proofs, SOURCE)
        if _prices_first(problem):
            scopes = PricedScopes(problem, proofs, evaluator, incumbent, run)
            impossible = scopes.search(ROUNDS)
            if impossible is not None:
                return Outcome(Reason.PROVED, impossible, infeasible=True)
            settled = follower_is_settled(problem)
            scopes.solve_groups(math.inf if settled else NODES)
        options = self.options
        cuts = _Cuts(
            problem, proofs, evaluator, incumbent, run, options.threads, options.backend
        )
        # Hard scopes must not keep others from their turn.
        if not (cuts.sweep(by_shares=True) and cuts.sweep(by_shares=False)):
            return Outcome(
                Reason.PROVED, _detail(proofs), infeasible=run.objective is None
            )
        if all(proof.solved for proof in proofs):
            return Outcome(Reason.PROVED, _detail(proofs))
        reason = run.stop_reason()
        if reason is None and any(
            proof.rounds == 0 and not proof.solved for proof in proofs
        ):
            reason = Reason.TIME_LIMIT  # there was no time to build the next program
        return Outcome(reason or Reason.CONVERGED, _detail(proofs))


def _prices_first(problem: ProblemData) -> bool:
    """Say whether prices come before programs.

    They do where they leave a gap no larger than rounding, and where a group has so many
    candidates that its program takes long.
    """
    rule = problem.reading.qan_rule
    few = problem.candidates <= MAX_CANDIDATES
    if follower_is_settled(problem):
        return rule == "cover" or few
    return rule == "cover" and not few


@dataclass(eq=False)
class _Cuts:
    """The programs of the open scopes.

    Parameters
    ----------
    problem, proofs
        The instance, and what is proven of each scope; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    threads
        Threads that the backend may use.
    backend
        Name of the backend that solves the programs.
    """

    problem: ProblemData
    proofs: list[ScopeProof]
    evaluator: ChoiceEvaluator
    incumbent: Incumbent
    run: Run
    threads: int
    backend: str
    _cut_short: set[int] = field(default_factory=set)

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
            if run.should_stop() or not run.affords(size * BUILDING_SECONDS):
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
            ):
                return False
            if deadline():
                self._cut_short.add(scope)
            self.incumbent.report()
            prove(run, self.proofs, SOURCE)
        return True


def _detail(proofs: list[ScopeProof]) -> str:
    rounds = sum(proof.rounds for proof in proofs)
    solved = sum(proof.solved for proof in proofs)
    return f"{solved} of {len(proofs)} scopes proven, {rounds} programs solved"
