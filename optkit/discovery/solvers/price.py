"""Decomposition by prices on the rows that tie groups together, for large instances."""

from __future__ import annotations

import math

from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome
from optkit.discovery.bounds.group_lagrangian import MAX_CANDIDATES
from optkit.discovery.exact.value_function_cuts import (
    least_energy_proofs,
    prove_scope,
    report_bound,
)
from optkit.discovery.heuristics.open_scopes import LARGE, LAST_ROUNDS, OpenScopes
from optkit.discovery.heuristics.priced_scopes import PricedScopes
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

CELL_SHARE = 0.5
"""Share of the time that is left after prices, for triangles of multipliers."""

SEARCH_SHARE = 0.7
"""Share of the time that is left after these, for search engines."""

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
    search_seconds: float = Field(
        30.0,
        ge=0.0,
        description="most seconds for search engines before these cuts; as many after them"
        " if there is a time limit",
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
        still_open = OpenScopes(
            problem, proofs, evaluator, incumbent, run, self.options.gap
        )
        if not self._close_gaps(still_open):
            return Outcome(
                Reason.PROVED, "the follower has no response", infeasible=True
            )
        return Outcome(run.stop_reason() or Reason.CONVERGED, "prices found")

    def _close_gaps(self, scopes: OpenScopes) -> bool:
        """Close open gaps; return whether every scope may be solved."""
        options, run = self.options, scopes.run
        deadline = run.share(CELL_SHARE)
        if not scopes.branch_on_multipliers(
            deadline, options.cells, steady_from=MAX_FOR_CUTS
        ):
            return False
        seconds = min(options.search_seconds, SEARCH_SHARE * run.remaining())
        scopes.search(run.deadline(seconds), least_size=LARGE)
        deadline = run.deadline(options.proof_seconds)
        for scope in scopes.numbers():
            seconds = deadline.remaining
            if run.should_stop() or seconds <= 0.0:
                break
            requests = scopes.problem.requests_in(scope)
            if requests.stop - requests.start >= MAX_FOR_CUTS:
                continue
            may_be_solved = prove_scope(
                scopes.problem,
                scope,
                scopes.proofs[scope],
                scopes.evaluator,
                scopes.incumbent,
                run,
                1,
                seconds,
            )
            if not may_be_solved and scopes.incumbent.value(scope) == math.inf:
                return False
            report_bound(
                run, scopes.proofs, "value-function cuts on the high-point relaxation"
            )
            scopes.incumbent.report()
        if run.limits.time is not None:
            scopes.search(run.deadline(options.search_seconds), rounds=LAST_ROUNDS)
        return True
