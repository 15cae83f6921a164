"""The proven optimum: value-function cuts on the program of each scope."""

from __future__ import annotations

import math

from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.exact.value_function_cuts import (
    ScopeProof,
    least_energy_proofs,
    prove_scope,
)
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

BUILDING_SECONDS = 1e-4
"""Approximate time to build and load one request or link, s; it cannot be interrupted."""


class ExactOptions(Options):
    """Options of the exact method."""

    threads: int = Field(1, ge=1, description="threads that HiGHS may use")


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
        _prove(run, proofs)
        for scope, proof in enumerate(proofs):
            requests = problem.requests_in(scope)
            links = int(problem.usable[requests].sum())
            size = links + requests.stop - requests.start
            if run.should_stop() or not run.affords(size * BUILDING_SECONDS):
                break
            if not prove_scope(
                problem, scope, proof, evaluator, incumbent, run, self.options.threads
            ):
                return Outcome(
                    Reason.PROVED, _detail(proofs), infeasible=run.objective is None
                )
            incumbent.report()
            _prove(run, proofs)
        if all(proof.solved for proof in proofs):
            return Outcome(Reason.PROVED, _detail(proofs))
        reason = run.stop_reason()
        if reason is None and any(proof.rounds == 0 for proof in proofs):
            reason = Reason.TIME_LIMIT  # there was no time to build the next program
        return Outcome(reason or Reason.CONVERGED, _detail(proofs))


def _prove(run: Run, proofs: list[ScopeProof]) -> None:
    run.prove(
        math.fsum(proof.bound for proof in proofs),
        "high-point relaxation with value-function cuts",
    )


def _detail(proofs: list[ScopeProof]) -> str:
    rounds = sum(proof.rounds for proof in proofs)
    solved = sum(proof.solved for proof in proofs)
    return f"{solved} of {len(proofs)} scopes proven, {rounds} programs solved"
