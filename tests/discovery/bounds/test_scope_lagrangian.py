"""Priced bounds with facility location in the groups, in every reading."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.core.solving import seeds
from optkit.core.solving.result import Status
from optkit.discovery.bounds import scope_lagrangian
from optkit.discovery.bounds.scope_lagrangian import ScopeLagrangian
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem import evaluation
from optkit.discovery.problem.evaluation import ChoiceEvaluator
from optkit.discovery.problem.initial_choice import initial_choice
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import READINGS, random_instances


@pytest.fixture
def _located(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no group try every set of agents, however few there are."""
    monkeypatch.setattr(scope_lagrangian, "MAX_CANDIDATES", 0)


def test_responses_that_are_known_are_not_computed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where every linked node connects, the bound takes the evaluator's response."""
    instance = optkit.generate(
        "discovery", seed=1, nodes=30, windows=1, required_agent=0.6, required_self=0.3
    )
    assert isinstance(instance, DiscoveryInstance)
    problem = problem_data(instance)
    evaluator = ChoiceEvaluator(problem)
    expected = ScopeLagrangian(problem, 0).without_prices()
    initial_choice(problem, evaluator)
    monkeypatch.delattr(evaluation, "least_energy")
    point = ScopeLagrangian(problem, 0, evaluator=evaluator).without_prices()
    assert expected is not None
    assert point is not None
    assert point.value == expected.value
    with pytest.raises(NameError):
        ScopeLagrangian(problem, 0)


@pytest.mark.usefixtures("_located")
def test_no_bound_at_any_prices_exceeds_the_optimum() -> None:
    """Arbitrary prices, with and without branching, in each reading four times."""
    compared = 0
    for number, (label, instance) in enumerate(random_instances(41, 4 * len(READINGS))):
        least = brute_force(instance)
        if least is None:
            continue
        rng = seeds.generator(20, "prices", number)
        problem = problem_data(instance)
        for nodes in (0, 1000):
            total = 0.0
            for scope in range(problem.scopes):
                lagrangian = ScopeLagrangian(problem, scope)
                assert lagrangian.feasible, label
                prices = rng.exponential(1.0, len(lagrangian.needs))
                point = lagrangian.at(prices, tolerance=1e-9, nodes=nodes)
                assert point is not None, label
                total += point.value
            assert total <= least + 1e-9 * max(1.0, abs(least)), label
            compared += 1
    assert compared > 200


@pytest.mark.usefixtures("_located")
def test_solved_groups_agree_with_trying_every_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under `cover`, branching gives the dual that trying every set gives."""
    compared = 0
    for number, (label, instance) in enumerate(random_instances(43, 2 * len(READINGS))):
        if instance.reading.qan_rule != "cover":
            continue
        problem = problem_data(instance)
        for scope in range(problem.scopes):
            located = ScopeLagrangian(problem, scope)
            with monkeypatch.context() as patch:
                patch.setattr(scope_lagrangian, "MAX_CANDIDATES", 14)
                tried = ScopeLagrangian(problem, scope)
            assert tried.enumerated
            assert not located.enumerated
            rng = seeds.generator(20, "agree", number)
            prices = rng.exponential(1.0, len(tried.needs))
            one = located.at(prices, tolerance=1e-10, nodes=1000)
            other = tried.at(prices)
            assert one is not None, label
            assert other is not None, label
            assert one.value == pytest.approx(other.value, abs=1e-8), label
            assert one.upper == pytest.approx(other.value, abs=1e-8), label
            compared += 1
    assert compared > 20


@pytest.mark.usefixtures("_located")
def test_prices_count_where_only_the_first_connection_feels_them() -> None:
    """A group whose links all cost nothing is solved again at other prices (C2)."""
    for number, (label, instance) in enumerate(random_instances(47, 4 * len(READINGS))):
        if instance.reading.connection == "forced":
            continue
        problem = problem_data(instance)
        rng = seeds.generator(20, "again", number)
        for scope in range(problem.scopes):
            again = ScopeLagrangian(problem, scope)
            again.without_prices()
            prices = rng.exponential(1.0, len(again.needs))
            one = again.at(prices, tolerance=1e-10, nodes=1000)
            new = ScopeLagrangian(problem, scope).at(
                prices, tolerance=1e-10, nodes=1000
            )
            assert one is not None, label
            assert new is not None, label
            assert one.value == pytest.approx(new.value, abs=1e-8), label


@pytest.mark.slow
@pytest.mark.usefixtures("_located")
@pytest.mark.parametrize("solver", ["price", "bilevel-exact", "stra"])
def test_solvers_stay_on_the_right_side(
    solver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With facility location in all groups, no bound exceeds brute force's optimum."""
    monkeypatch.setattr(
        "optkit.discovery.solvers.bilevel_exact.MAX_CANDIDATES", 0, raising=True
    )
    for label, instance in random_instances(47, 4 * len(READINGS)):
        if instance.reading.qan_rule == "exact" and solver == "price":
            continue
        least = brute_force(instance)
        limits = optkit.Limits(evaluations=50 if solver == "stra" else None)
        result = optkit.solve(instance, solver, limits=limits)
        if least is None:
            assert result.status in (Status.INFEASIBLE, Status.NO_SOLUTION), label
            continue
        slack = 1e-9 * max(1.0, least)
        assert result.status is not Status.INFEASIBLE, label
        assert result.bound is not None, label
        assert result.bound <= least + slack, label
        if result.objective is not None:
            assert result.objective >= least - slack, label
        if solver == "bilevel-exact":
            assert result.status is Status.OPTIMAL, label


def test_settled_follower_has_no_rows_left() -> None:
    """Where every linked node connects at a price, rows that bind cost nothing extra."""
    instance = optkit.generate(
        "discovery",
        seed=2,
        nodes=30,
        windows=2,
        candidates=16,
        required_agent=0.55,
        required_self=0.4,
        weight_energy=0.1,
    )
    problem = problem_data(instance)  # type: ignore[arg-type]
    lagrangian = ScopeLagrangian(problem, 0)
    assert not lagrangian.enumerated
    assert len(lagrangian.needs) == 0
    result = optkit.solve(instance)
    assert result.status is Status.OPTIMAL
    point = lagrangian.at(np.zeros(0), tolerance=1e-9, nodes=1000)
    assert point is not None
    assert point.value == pytest.approx(point.upper, rel=1e-8)
