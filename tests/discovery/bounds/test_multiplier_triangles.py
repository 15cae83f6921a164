"""The bound by cells of the follower's multipliers, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.solving.result import Status
from optkit.core.solving.run import Run
from optkit.discovery.bounds.multiplier_triangles import single_agent_scope
from optkit.discovery.bounds.trivial import dearest
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.exact.triangle_branching import TriangleBranching, applies
from optkit.discovery.exact.unique_response import threshold_choice
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.incumbent import Incumbent
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import reacting_instances


def _generated(connection: str, **options: float) -> DiscoveryInstance:
    """Return a small instance of the generator, accuracies judged over the horizon."""
    made = optkit.generate(
        "discovery",
        seed=1,
        qan_rule="single",
        connection=connection,
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        **options,
    )
    assert isinstance(made, DiscoveryInstance)
    return made


class _Unmoved(Incumbent):
    """An incumbent that takes no choice: a bound stops at the value of the best."""

    def offer(self, *_: object) -> bool:
        return False


def _bound(instance: DiscoveryInstance, cells: int) -> float:
    """Return the bound by cells, as it is without any choice to stop it."""
    problem = problem_data(instance)
    assert applies(problem)
    run = Run(optkit.Limits())
    incumbent = _Unmoved(instance, problem, run)
    return sum(
        TriangleBranching(problem, scope, ChoiceEvaluator(problem), incumbent)
        .search(run, known=0.0, gap=1e-6, cells=cells)
        .bound
        for scope in range(problem.scopes)
    )


def test_cells_bound_from_below_and_often_closely() -> None:
    """Protects the bound by cells: never above the optimum, and no choice ruled out."""
    close = compared = 0
    for number, instance in enumerate(reacting_instances(5, 64)):
        least = brute_force(instance)
        if least is not None:
            compared += 1
            bound = _bound(instance, 20)
            assert bound <= least * (1.0 + 1e-9) + 1e-9, number
            close += bound >= 0.9 * least
    assert compared > 32
    assert close > compared // 8


def test_choices_by_threshold_are_answered_as_planned() -> None:
    """Protects the leader's plans: with a margin, the follower does what they count on."""
    instance = _generated(
        "optional", windows=10, nodes=30, required_agent=0.6, required_self=0.33
    )
    problem = problem_data(instance)
    scope = single_agent_scope(problem, 0)
    evaluator = ChoiceEvaluator(problem)
    planned = 0
    for prices in np.random.default_rng(1).dirichlet(np.ones(3), 6) / scope.unit:
        choice = threshold_choice(problem, 0, scope, prices, 0.05)
        if choice is None:
            continue
        planned += 1
        evaluation = evaluator.evaluate_scope(choice, 0)
        assert evaluation.violation == 0.0
        reduced = problem.extra_energy * prices[0] + problem.self_gain * prices[2]
        reduced -= problem.agent_gain * prices[1]
        # Nobody of doubtful mode is connected, and who saves by agent mode is in it.
        connected = evaluation.target >= 0
        assert np.array_equal(evaluation.agent, connected & (reduced < 0.0))
    assert planned > 3


def test_no_answer_costs_more_than_the_dearest() -> None:
    """Protects proofs that rows cannot be kept: what they compare with is no optimum."""
    compared = 0
    for instance in reacting_instances(6, 24):
        least = brute_force(instance)
        problem = problem_data(instance)
        if least is not None:
            compared += 1
            assert least < sum(dearest(problem, s) for s in range(problem.scopes))
    assert compared > 12


@pytest.mark.parametrize("connection", ["forced", "optional"])
def test_prices_tell_that_rows_cannot_be_kept(connection: str) -> None:
    """Protects users from a silent failure: demands beyond all accuracies are proven so."""
    instance = _generated(
        connection, windows=4, nodes=20, required_agent=0.99, required_self=0.99
    )
    result = optkit.solve(instance, "price", limits=optkit.Limits(time=60))
    assert result.status is Status.INFEASIBLE
