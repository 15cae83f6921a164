"""Decomposition by prices on the rows that tie groups together, for large instances."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome
from optkit.discovery.bounds.group_lagrangian import MAX_CANDIDATES
from optkit.discovery.exact.triangle_branching import (
    MIN_PROGRESS,
    TriangleBranching,
    applies,
)
from optkit.discovery.exact.value_function_cuts import (
    ScopeProof,
    least_energy_proofs,
    prove_scope,
    report_bound,
)
from optkit.discovery.heuristics.priced_scopes import PricedScopes
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

MIN_FOR_TRIANGLES = 60
"""Size of a scope from which on the follower's multipliers are searched."""

MAX_FOR_CUTS = 400
"""Size of a scope below which value-function cuts may end within reasonable time."""


class PriceOptions(Options):
    """Options of the decomposition."""

    rounds: int = Field(60, ge=1, description="most prices tried in each scope")
    gap: float = Field(
        1e-4, ge=0.0, description="relative gap at which a scope is finished"
    )
    cells: int = Field(
        10_000,
        ge=0,
        description="largest number of multiplier triangles to bound, over all scopes",
    )
    nodes: int = Field(
        2000,
        ge=0,
        description="most nodes of branch and bound per group with more than"
        f" {MAX_CANDIDATES} candidates",
    )
    proof_seconds: float = Field(
        60.0,
        ge=0.0,
        description="most seconds for value-function cuts, over all scopes",
    )


@register
class Price(DiscoverySolver[PriceOptions]):
    """Prices on the follower's rows, found by cutting planes; each group is on its own.

    The dual is a bound in every reading. Each group's best agents under the prices are a
    choice of the leader, to which the follower responds exactly. Where only agent mode's
    connections take time, the bound also uses the modes that all responses of the follower
    share; it ignores the follower's objective beyond them, so the gap may stay open.
    """

    name = "price"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, programs (1) and (2); Lagrangian decomposition, ours"
    capabilities = Capabilities(bound=True, warm_start=True)
    Options = PriceOptions

    def supports(self, instance: DiscoveryInstance) -> Availability:
        """Say whether the agents of a group can be found under the rule on agents."""
        count = len(instance.candidates)
        if instance.reading.qan_rule == "exact" and count > MAX_CANDIDATES:
            return Availability(
                False,
                "under the rule 'exact' it tries every set of candidates, of which there"
                f" are {count}; it takes {MAX_CANDIDATES} at most, or another rule",
            )
        return Availability()

    def improve(
        self,
        problem: ProblemData,
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> Outcome:
        """Price scope by scope."""
        proofs = least_energy_proofs(problem)
        scopes = PricedScopes(problem, proofs, evaluator, incumbent, run)
        impossible = scopes.search(self.options.rounds)
        if impossible is not None:
            return Outcome(Reason.PROVED, impossible, infeasible=True)
        scopes.solve_groups(self.options.nodes)
        if not self._close_gaps(problem, proofs, evaluator, incumbent, run):
            return Outcome(
                Reason.PROVED, "the follower has no response", infeasible=True
            )
        return Outcome(run.stop_reason() or Reason.CONVERGED, "prices found")

    def _close_gaps(
        self,
        problem: ProblemData,
        proofs: list[ScopeProof],
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> bool:
        """Close open gaps, small scopes first; return whether every scope may be solved."""
        options = self.options
        sizes = np.diff(problem.scope_start)
        deadline = run.deadline(options.proof_seconds)
        triangles = options.cells
        for scope in np.argsort(sizes, kind="stable").tolist():
            proof, value = proofs[scope], incumbent.value(scope)
            if value - proof.bound <= options.gap * abs(value) or run.should_stop():
                continue
            if applies(problem) and sizes[scope] >= MIN_FOR_TRIANGLES and triangles > 0:
                branching = TriangleBranching(problem, scope, evaluator, incumbent)
                result = branching.search(
                    run,
                    lower=proof.bound,
                    gap=options.gap,
                    max_triangles=triangles,
                    min_progress=MIN_PROGRESS if sizes[scope] < MAX_FOR_CUTS else 0.0,
                )
                triangles -= result.triangles
                if result.bound == math.inf:
                    return False
                proof.bound = result.bound
                report_bound(run, proofs, "cells of the follower's multipliers")
            seconds = deadline.remaining
            if sizes[scope] < MAX_FOR_CUTS and seconds > 0.0:
                may_be_solved = prove_scope(
                    problem, scope, proof, evaluator, incumbent, run, 1, seconds
                )
                if not may_be_solved and incumbent.value(scope) == math.inf:
                    return False
                report_bound(
                    run, proofs, "value-function cuts on the high-point relaxation"
                )
            incumbent.report()
        return True
