"""Proofs group by group: at fixed prices, each facility location problem is solved."""

from __future__ import annotations

from collections.abc import Callable

from optkit.core.arrays import Floats
from optkit.core.solving.run import Run
from optkit.discovery.bounds.scope_lagrangian import ScopeLagrangian
from optkit.discovery.exact.value_function_cuts import CLOSED_GAP, ScopeProof
from optkit.discovery.heuristics.price_search import choice_of_groups
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent

GROUP_GAP = 1e-7
"""Relative gap at which a group is solved."""

PATIENCE = (50, 1000)
"""Most nodes per group in a first and in a second pass; the third has no limit."""


def solve_groups(
    lagrangians: list[ScopeLagrangian],
    prices: list[Floats],
    proofs: list[ScopeProof],
    evaluator: ChoiceEvaluator,
    incumbent: Incumbent,
    run: Run,
    *,
    nodes: float,
    report: Callable[[], None],
) -> None:
    """Solve the groups of every scope at its prices, those that need few nodes first.

    Parameters
    ----------
    lagrangians, prices, proofs
        The first scopes, the prices of each, and what is proven of them; updated.
    evaluator, incumbent, run
        For the choices that are met, and the limits.
    nodes
        Most nodes per group.
    report
        Called when a scope has improved.
    """
    for most in (*PATIENCE, nodes):
        for lagrangian, price, proof in zip(lagrangians, prices, proofs, strict=False):
            scope = lagrangian.scope
            if run.should_stop():
                return
            if proof.solved or is_closed(proof, incumbent.value(scope)):
                continue
            point = lagrangian.at(
                price,
                tolerance=GROUP_GAP,
                nodes=min(most, nodes),
                should_stop=run.should_stop,
            )
            if point is None:
                continue
            choice = choice_of_groups(lagrangian, point.optima, incumbent.choice)
            evaluation = evaluator.evaluate_scope(choice, scope)
            better = incumbent.offer(scope, choice, evaluation)
            if better or point.value > proof.bound:
                proof.bound = max(proof.bound, point.value)
                report()


def is_closed(proof: ScopeProof, value: float) -> bool:
    """Say whether nothing is left to prove of a scope with a solution of this value."""
    return value - proof.bound <= CLOSED_GAP * abs(value)
