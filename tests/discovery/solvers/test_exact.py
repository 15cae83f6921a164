"""Both exact methods against brute force, over every reading."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving import seeds
from optkit.core.solving.result import Reason, Status
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.family import choose
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.problem.evaluation import Choice, ChoiceEvaluator
from optkit.discovery.problem.follower.fixed_modes import fixed_modes
from optkit.discovery.problem.problem_data import problem_data
from optkit.discovery.testing import READINGS, random_document, random_instances


def test_every_reading_is_proven_right() -> None:
    """Protects proofs: each of the 48 readings twice, the optimum as enumerated."""
    readings = set()
    infeasible = 0
    for label, instance in random_instances(31, 2 * len(READINGS)):
        least = brute_force(instance)
        result = optkit.solve(instance, "bilevel-exact")
        readings.add(tuple(instance.reading.model_dump().values()))
        if least is None:
            assert result.status is Status.INFEASIBLE, label
            infeasible += 1
            continue
        assert result.status is Status.OPTIMAL, (label, result.termination)
        assert result.objective == pytest.approx(least, rel=1e-9, abs=1e-12), label
        assert result.bound is not None
        assert result.bound <= least * (1 + 1e-9), label
    assert len(readings) == len(READINGS)
    assert 0 < infeasible < len(READINGS)


def test_relaxation_is_a_bound_and_sometimes_less() -> None:
    """Protects the bound of the single level, and that the two levels do differ."""
    lower = proven = 0
    for label, instance in random_instances(32, 24):
        least = brute_force(instance)
        result = optkit.solve(instance, "highpoint")
        if least is None:
            assert result.status is Status.INFEASIBLE, label
            continue
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= least * (1 + 1e-9) + 1e-12, label
        assert result.objective >= least * (1 - 1e-9) - 1e-12, label
        if instance.reading.connection_cost == "connected":
            assert result.status is Status.OPTIMAL, label
            proven += 1
        else:
            lower += result.bound < least * (1 - 1e-5)
    assert proven > 5
    assert lower > 0


@pytest.mark.parametrize("rule", ["single", "cover"])
def test_horizon_of_hundred_requests_is_proven(rule: str) -> None:
    """Protects proofs at 20 nodes, 5 windows, 2 resources, 6 candidates, rows binding."""
    reading = {
        "qan_rule": rule,
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "mean",
        "accuracy_scope": "horizon",
    }
    draw = seeds.generator(3, "hundred")
    sizes = {"windows": 5, "nodes": 20, "resources": 2, "candidates": 6}
    document = random_document(draw, reading, (1.0, 0.3), **sizes)
    document["required_accuracy"] = {"agent": 0.5, "self": 0.5}
    result = optkit.solve(DiscoveryInstance.parse(document), "bilevel-exact")
    assert result.status is Status.OPTIMAL
    assert result.termination.reason is Reason.PROVED


def test_prices_bound_every_reading_and_never_beat_the_optimum() -> None:
    """Protects the decomposition: a bound always, a checked solution, often the best."""
    compared = best = 0
    for label, instance in random_instances(33, 96):
        least = brute_force(instance)
        result = optkit.solve(instance, "price")
        if least is None:
            assert result.status in (Status.INFEASIBLE, Status.NO_SOLUTION), label
            continue
        slack = 1e-9 * max(1.0, least)
        assert result.bound is not None
        assert result.bound <= least + slack, label
        if result.objective is not None:
            assert result.verification is not None
            assert result.verification.feasible, label
            assert result.objective >= least - slack, label
            compared += 1
            best += result.objective <= least + slack
    assert best > 0.8 * compared > 40


def test_prices_close_the_gap_at_the_size_of_the_paper() -> None:
    """Protects the certificate at 50 nodes, 100 windows, 3 resources; rows bind."""
    instance = optkit.generate(
        "discovery",
        seed=1,
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        weight_energy=0.1,
        required_agent=0.6,
        required_self=0.372,
    )
    result = optkit.solve(instance, "price")
    assert result.verification is not None
    assert result.verification.feasible
    assert result.gap is not None
    assert result.gap < 0.01


def test_settled_modes_are_in_every_answer() -> None:
    """Protects the modes that bounds take for granted, whatever the leader connects."""
    settled_nodes = 0
    for label, instance in random_instances(34, 48):
        problem = problem_data(instance)
        evaluator = ChoiceEvaluator(problem)
        draw = seeds.generator(7, "settled", label)
        for _ in range(8):
            opened = draw.random((problem.groups, problem.candidates)) < 0.7
            asked = draw.random(problem.requests) < 0.7
            for scope in range(problem.scopes):
                settled = fixed_modes(problem, scope)
                found = evaluator.evaluate_scope(Choice(opened, asked), scope)
                if found.violation > 0.0:
                    continue
                connected = found.target >= 0
                assert found.agent[settled.on & connected].all(), label
                assert not found.agent[settled.off].any(), label
                settled_nodes += int((settled.on | settled.off).sum())
    assert settled_nodes > 200


def test_auto_picks_by_size() -> None:
    """Protects `auto`: proofs for what is small, prices for what is judged together."""
    small = optkit.generate("discovery", seed=1, nodes=10, windows=3)
    large = optkit.generate("discovery", seed=1, accuracy_scope="horizon")
    assert choose(small)[0].solver == "bilevel-exact"  # type: ignore[arg-type]
    assert [c.solver for c in choose(large)] == ["price", "bilevel-exact"]  # type: ignore[arg-type]
