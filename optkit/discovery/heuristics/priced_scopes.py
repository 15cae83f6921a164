"""Scopes solved by prices on their rows, and their groups one by one at these prices."""

from __future__ import annotations

import math

from optkit.core.arrays import Floats
from optkit.core.solving.run import Run
from optkit.discovery.bounds.facility_location import are_loops_ready
from optkit.discovery.bounds.scope_lagrangian import DualPoint, ScopeLagrangian
from optkit.discovery.bounds.trivial import cost_ceiling
from optkit.discovery.exact.value_function_cuts import (
    CLOSED_GAP,
    ScopeProof,
    report_bound,
)
from optkit.discovery.heuristics.price_search import (
    offer_filled,
    offer_for_response,
    offer_point,
    search_prices,
)
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import ProblemData

SOURCE = "prices on the accuracy rows, group by group"

GROUP_GAP = 1e-7
"""Relative gap at which a group is solved."""

PATIENCE = (50, 1000)
"""Most nodes per group in the first passes; the last pass has the caller's limit."""


class PricedScopes:
    """All scopes of an instance under prices.

    Parameters
    ----------
    problem
        The instance.
    proofs
        What is proven of each scope; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    """

    def __init__(
        self,
        problem: ProblemData,
        proofs: list[ScopeProof],
        evaluator: ChoiceEvaluator,
        incumbent: Incumbent,
        run: Run,
    ) -> None:
        self.problem, self.proofs = problem, proofs
        self.evaluator, self.incumbent, self.run = evaluator, incumbent, run
        self._stops = run.should_stop
        self._priced: list[tuple[ScopeLagrangian, Floats]] = []

    def search(self, rounds: int) -> str | None:
        """Search the prices of scope after scope, all without prices first.

        Parameters
        ----------
        rounds
            Most prices to try in each scope.

        Returns
        -------
        str or None
            Why there is no solution, if that is proven.
        """
        links = int(self.problem.usable.sum())
        begun: list[tuple[ScopeLagrangian, DualPoint]] = []
        for scope, proof in enumerate(self.proofs):
            if self._stops():
                break
            lagrangian = ScopeLagrangian(self.problem, scope, evaluator=self.evaluator)
            if not lagrangian.feasible:
                return "the follower has no response"
            if not (lagrangian.enumerated or are_loops_ready(links, self._stops)):
                break
            first = lagrangian.without_prices()
            if first is None:
                return "no agents keep the rule (C1)"
            proof.bound = max(proof.bound, first.value)
            offer_point(lagrangian, first, self.evaluator, self.incumbent)
            if lagrangian.response_is_known:
                offer_for_response(lagrangian, self.evaluator, self.incumbent, self.run)
            begun.append((lagrangian, first))
            self.report()
        for lagrangian, first in begun:
            if self._stops():
                break
            scope = lagrangian.scope
            proof = self.proofs[scope]
            priced = search_prices(
                lagrangian,
                first,
                self.evaluator,
                self.incumbent,
                self.run,
                lower=proof.bound,
                rounds=rounds,
            )
            proof.bound = priced.bound
            if proof.bound > cost_ceiling(self.problem, scope):
                return "no modes keep the accuracy rows"
            self._priced.append((lagrangian, priced.prices))
            self._close(proof, scope)
            self.report()
        self.report()
        return None

    def solve_groups(self, nodes: float) -> None:
        """Solve the groups of every open scope, those that need few nodes first.

        Parameters
        ----------
        nodes
            Most nodes of branch and bound per group.
        """
        limits = [*(limit for limit in PATIENCE if limit < nodes), nodes]
        for limit in limits:
            for lagrangian, prices in self._priced:
                scope = lagrangian.scope
                proof = self.proofs[scope]
                if self._stops():
                    return
                if lagrangian.enumerated or self._close(proof, scope):
                    continue
                point = lagrangian.at(
                    prices,
                    tolerance=GROUP_GAP,
                    nodes=limit,
                    should_stop=self._stops,
                )
                if point is None:
                    continue
                offer_point(lagrangian, point, self.evaluator, self.incumbent)
                offer_filled(lagrangian, point, self.evaluator, self.incumbent)
                proof.bound = max(proof.bound, point.value)
                self._close(proof, scope)
                self.report()

    def report(self) -> None:
        """Report the incumbent and the sum of the bounds."""
        self.incumbent.report()
        report_bound(self.run, self.proofs, SOURCE)

    def _close(self, proof: ScopeProof, scope: int) -> bool:
        """Return whether nothing is left to prove of a scope, and note it."""
        value = self.incumbent.value(scope)
        if math.isfinite(value):
            proof.solved |= value - proof.bound <= CLOSED_GAP * abs(value)
        return proof.solved
