"""The proven optimum: value-function cuts on the program of each scope."""

from __future__ import annotations

import math
from dataclasses import replace

from pydantic import Field

from optkit.backends.options import BackendName
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome
from optkit.discovery.bounds.group_lagrangian import MAX_CANDIDATES
from optkit.discovery.bounds.scope_lagrangian import follower_is_settled
from optkit.discovery.exact.choice_enumeration import ChoiceEnumeration, enumerates
from optkit.discovery.exact.scope_sweep import ScopeSweep
from optkit.discovery.exact.value_function_cuts import (
    CLOSED_GAP,
    ScopeProof,
    least_energy_proofs,
    report_bound,
)
from optkit.discovery.heuristics.open_scopes import LARGE, LAST_ROUNDS, OpenScopes
from optkit.discovery.heuristics.priced_scopes import PricedScopes
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData
from optkit.discovery.solvers.base import PAPER, DiscoverySolver

SOURCE = "high-point relaxation with value-function cuts"

ENUMERATED = "enumeration of the leader's choices"

ROUNDS = 60
"""Most prices tried in each scope."""

TRIANGLES = 2000
"""Most multiplier triangles to bound, over all scopes."""

CELL_SHARE = 0.5
"""Share of the time that is left after prices, for triangles of multipliers."""

SEARCH_SHARE = {"agent-mode": 0.7, "connected": 0.2}
"""Share of the time that is left after these, for search engines: little where one program
per scope is enough."""

FIRST_SEARCH_SECONDS = 4.0
"""Most seconds for search engines before programs, which often take no longer."""

SEARCH_SECONDS = 30.0
"""Most seconds for search engines after that, if there is a time limit."""

NODES = 300
"""Most nodes of branch and bound per group at its prices, where cuts follow."""


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
        report_bound(run, proofs, SOURCE)
        if _prices_first(problem):
            scopes = PricedScopes(problem, proofs, evaluator, incumbent, run)
            impossible = scopes.search(ROUNDS)
            if impossible is not None:
                return Outcome(Reason.PROVED, impossible, infeasible=True)
            settled = follower_is_settled(problem)
            scopes.solve_groups(math.inf if settled else NODES)
        if enumerates(problem) and not _enumerate(
            problem, proofs[0], evaluator, incumbent, run
        ):
            return Outcome(Reason.PROVED, "no choice is feasible", infeasible=True)
        still_open = OpenScopes(problem, proofs, evaluator, incumbent, run, CLOSED_GAP)
        if not still_open.branch_on_multipliers(run.share(CELL_SHARE), TRIANGLES):
            return Outcome(Reason.PROVED, "no choice is feasible", infeasible=True)
        share = SEARCH_SHARE[problem.reading.connection_cost]
        seconds = min(FIRST_SEARCH_SECONDS, share * run.remaining())
        still_open.search(run.deadline(seconds), least_size=LARGE)
        for scope in set(range(problem.scopes)).difference(still_open.numbers()):
            proofs[scope].solved = True
        options = self.options
        sweep = ScopeSweep(
            problem,
            proofs,
            evaluator,
            incumbent,
            run,
            SOURCE,
            options.threads,
            options.backend,
        )
        outcome = sweep.solve()
        if outcome.reason is Reason.PROVED or run.limits.time is None:
            return outcome
        still_open.search(run.deadline(SEARCH_SECONDS), rounds=LAST_ROUNDS)
        return replace(outcome, reason=run.stop_reason() or outcome.reason)


def _enumerate(
    problem: ProblemData,
    proof: ScopeProof,
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
) -> bool:
    """Try all choices for the only scope; return whether one may be feasible."""
    bound = ChoiceEnumeration(problem, 0, evaluator, incumbent, run).search()
    incumbent.report()
    if bound is not None and math.isfinite(bound):
        proof.bound = max(proof.bound, bound)
        report_bound(run, [proof], ENUMERATED)
        value = incumbent.value(0)
        proof.solved = value - bound <= CLOSED_GAP * abs(value)
    return bound != math.inf


def _prices_first(problem: ProblemData) -> bool:
    """Say whether prices come before programs.

    They do wherever the agents of a group can be found under the rule on agents.
    """
    rule = problem.reading.qan_rule
    return rule != "exact" or problem.candidates <= MAX_CANDIDATES
