"""Value-function cuts, compared with brute force in every reading."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving import seeds
from optkit.core.solving.result import Reason, Status
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.testing import READINGS, random_document, random_instances


@pytest.mark.slow
def test_every_reading_is_proven_right() -> None:
    """In each of the 48 readings, twice, the proven optimum is brute force's."""
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


@pytest.mark.parametrize("rule", ["single", "cover"])
def test_horizon_of_hundred_requests_is_proven(rule: str) -> None:
    """20 nodes, 5 windows, 2 resources, 6 candidates with binding rows are proven."""
    reading = {
        "qan_rule": rule,
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "mean",
        "accuracy_scope": "horizon",
    }
    rng = seeds.generator(3, "hundred")
    sizes = {"windows": 5, "nodes": 20, "resources": 2, "candidates": 6}
    document = random_document(rng, reading, (1.0, 0.3), **sizes)
    document["required_accuracy"] = {"agent": 0.5, "self": 0.5}
    result = optkit.solve(DiscoveryInstance.parse(document), "bilevel-exact")
    assert result.status is Status.OPTIMAL
    assert result.termination.reason is Reason.PROVED


@pytest.mark.parametrize("scope", ["window", "horizon"])
def test_separate_groups_are_proven_without_a_program(scope: str) -> None:
    """Rows that bind cost the leader nothing where every linked node connects."""
    instance = optkit.generate(
        "discovery",
        seed=1,
        nodes=100,
        windows=3,
        accuracy_scope=scope,
        required_agent=0.55,
        required_self=0.4,
        weight_energy=0.01,
    )
    result = optkit.solve(instance, "bilevel-exact")
    assert result.status is Status.OPTIMAL
    assert result.termination.detail.endswith("0 programs solved")
    other = optkit.solve(instance, "highpoint", limits=optkit.Limits(time=20))
    assert other.objective is not None
    assert result.objective is not None
    assert result.bound is not None
    assert other.objective >= result.bound * (1 - 1e-7)
    assert other.bound is not None
    assert other.bound <= result.objective * (1 + 1e-7)
