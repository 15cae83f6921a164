"""Decomposition by prices: bounds, solutions, proofs of infeasibility."""

from __future__ import annotations

import pytest

import optkit
from optkit.core.solving.result import Status
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.testing import random_instances
from tests.discovery.networks import reacting_network


@pytest.mark.slow
def test_prices_bound_every_reading_and_never_beat_the_optimum() -> None:
    """`price` bounds every reading, passes the check, and is often optimal."""
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
    assert compared > 50
    assert best > 0.8 * compared


@pytest.mark.slow
def test_prices_close_the_gap_at_the_size_of_the_paper() -> None:
    """With 50 nodes, 100 windows, 3 resources and binding rows, the gap is below 1 %."""
    instance = optkit.generate(
        "discovery",
        seed=1,
        connection_cost="agent-mode",
        accuracy_scope="horizon",
        weight_energy=0.1,
        required_agent=0.6,
        required_self=0.372,
    )
    result = optkit.solve(instance, "price", options={"search_seconds": 0.0})
    assert result.verification is not None
    assert result.verification.feasible
    assert result.gap is not None
    assert result.gap < 0.01


@pytest.mark.parametrize("connection", ["forced", "optional"])
def test_prices_tell_that_rows_cannot_be_kept(connection: str) -> None:
    """Required accuracies above those of all nodes are proven infeasible."""
    instance = reacting_network(
        connection, windows=4, nodes=20, required_agent=0.99, required_self=0.99
    )
    result = optkit.solve(instance, "price", limits=optkit.Limits(time=60))
    assert result.status is Status.INFEASIBLE


def test_many_candidates_are_priced() -> None:
    """With more candidates than have sets to try, groups become facility location."""
    options = {"nodes": 60, "windows": 3, "candidates": 18, "coverage": 0.5}
    rows = {"required_agent": 0.55, "required_self": 0.4, "connection": "optional"}
    instance = optkit.generate("discovery", seed=1, **options, **rows)
    priced = optkit.solve(instance, "price", options={"proof_seconds": 0.0})
    exact = optkit.solve(instance, "bilevel-exact")
    assert exact.status is Status.OPTIMAL
    assert exact.objective is not None
    assert priced.bound is not None
    assert priced.objective is not None
    assert priced.bound <= exact.objective * (1 + 1e-9)
    assert priced.objective <= 1.01 * exact.objective
    assert priced.bound >= 0.97 * exact.objective


def test_an_exact_cover_of_many_candidates_is_refused() -> None:
    """Under `exact`, facility location is only a relaxation."""
    instance = optkit.generate(
        "discovery", seed=1, nodes=60, windows=1, candidates=18, qan_rule="exact"
    )
    with pytest.raises(optkit.UnavailableError, match="'exact'"):
        optkit.solve(instance, "price")
