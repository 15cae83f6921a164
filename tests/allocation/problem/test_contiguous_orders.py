"""Contiguous orders, and the bound that counts relaying energy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.relay_bound import relay_bound
from optkit.allocation.bounds.relay_bound_kernels import tighten
from optkit.allocation.bounds.relay_condition import (
    clipped_bound,
    relay_condition_holds,
)
from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.core.runtime.compiled import compiled


def _instance(seed: int, **settings: Any) -> AllocationInstance:
    options = GeneratorOptions.model_validate(
        {"servers": 6, "shape": "random-tree", **settings}
    )
    return AllocationInstance.parse(generate(options, seed))


HOSTILE: dict[str, dict[str, float]] = {
    "rates over six decades": {"gbps_low": 1e-3, "gbps_high": 1e3, "tx_watt": 2.0},
    "relaying dear": {"weight_energy": 3.0, "tx_watt": 20.0, "capacitance": 1e-4},
    "computing nearly free": {"capacitance": 1e-9, "ghz_low": 50.0, "ghz_high": 500.0},
    "time nearly free": {"weight_time": 1e-3, "weight_energy": 1.0},
}


@pytest.mark.parametrize("regime", HOSTILE)
def test_relay_bound_is_a_bound_far_outside_the_papers_range(regime: str) -> None:
    """Protects the side of the bound where the argument is under most strain."""
    for seed in range(20):
        instance = _instance(seed, servers=5, subtrees=1, **HOSTILE[regime])
        result = optkit.solve(instance, "block")
        optimum = brute_force(instance)
        assert result.bound is not None
        assert result.objective is not None
        assert result.bound <= optimum * (1 + 1e-9), (regime, seed)
        assert result.objective >= optimum * (1 - 1e-9), (regime, seed)


def test_relay_bound_is_never_weaker_than_the_relaxation() -> None:
    """Protects its use: counting relaying can only raise the bound."""
    for seed in range(20):
        instance = _instance(seed, servers=25, subtrees=2)
        tree = sink_tree(instance)
        local = optkit.solve(instance, "local")
        roots = np.flatnonzero(tree.parent == 0)
        bound = relay_bound(tree, contiguous_blocks(tree).capacity[roots])
        assert local.bound is not None
        assert bound >= local.bound * (1 - 1e-9)


def test_block_is_optimal_in_the_papers_range() -> None:
    """Protects the observation that the documentation reports (it is not a theorem)."""
    for seed in range(12):
        instance = _instance(seed, servers=6, subtrees=1)
        result = optkit.solve(instance, "block")
        assert result.objective == pytest.approx(brute_force(instance), rel=1e-9), seed


def _at_the_edge(seed: int, slack: float) -> AllocationInstance:
    """Return a hostile tree in which each relay pays just what the condition allows.

    The master and the first server of the subtree, of whom nothing is asked, pay
    anything. With ``slack`` above 1 the others pay that much more.
    """
    draw = np.random.default_rng(seed)
    shape = ("random-tree", "chain", "caterpillar")[seed % 3]
    settings: dict[str, Any] = {"servers": 5, "shape": shape, "weight_energy": 0.7}
    if shape == "random-tree":
        settings["subtrees"] = 1
    decades = 10.0 ** draw.uniform(0.2, 3.0)
    plain = _instance(seed, **settings, gbps_low=1.0, gbps_high=decades)
    rate = {(x.source, x.target): x.gbps for x in plain.links}
    into = {target: gbps for (_, target), gbps in rate.items()}
    servers = []
    for server in plain.servers:
        onward = [gbps for (s, _), gbps in rate.items() if s == server.id]
        most = 10.0 ** draw.uniform(-2.0, 2.0)
        if onward and server.id not in ("0", "1"):
            weights = plain.weights
            most = slack * weights.time / into[server.id] * min(onward) / weights.energy
        energy = 10.0 ** draw.uniform(-4.0, -1.0)
        update = {"tx_watt": most, "capacitance": energy}
        servers.append(server.model_copy(update=update))
    return plain.model_copy(update={"servers": tuple(servers)})


@pytest.mark.parametrize("part", range(4))
def test_blocks_are_optimal_under_the_relay_condition(part: int) -> None:
    """Protects the theorem where it is tight: relaying at the edge of the condition."""
    met = 0
    for seed in range(part, 60, 4):
        instance = _at_the_edge(seed, 1.0 - 1e-9)
        met += relay_condition_holds(sink_tree(instance))
        result = optkit.solve(instance, "block")
        optimum = brute_force(instance)
        assert result.bound is not None
        assert result.bound <= optimum * (1 + 1e-9), seed
        if relay_condition_holds(sink_tree(instance)):
            assert result.objective == pytest.approx(optimum, rel=1e-9), seed
            assert result.status is optkit.Status.OPTIMAL, seed
    assert met >= 10


@pytest.mark.parametrize("slack", [1.01, 3.0, 100.0])
def test_clipped_bound_holds_beyond_the_condition(slack: float) -> None:
    """Protects the bound where the condition fails: clipping only lowers costs."""
    for seed in range(20):
        instance = _at_the_edge(seed, slack)
        bound = clipped_bound(sink_tree(instance))
        assert bound <= brute_force(instance) * (1 + 1e-9), seed


def test_rates_that_rounding_makes_alike_are_told_apart() -> None:
    """Protects the order of children: distances that are equal doubles hide their rates.

    Found by hand: sending a, c, b is one per cent cheaper than a, b, c.
    """
    servers = [
        {"id": name, "ghz": 1.0, "capacitance": gamma, "tx_watt": watt}
        for name, gamma, watt in (
            ("m", 1.0, 0.0),
            ("a", 1e-6, 1e14),
            ("b", 1e-6, 1.0),
            ("c", 1e-6, 1.0),
        )
    ]
    instance = AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "alike",
            "task": {"size_gbit": 1000.0, "gcycles_per_gbit": 200.0},
            "weights": {"time": 1e-3, "energy": 1.0},
            "master": "m",
            "servers": servers,
            "links": [
                {"source": "m", "target": "a", "gbps": 1e-3},
                {"source": "a", "target": "b", "gbps": 1e14},
                {"source": "a", "target": "c", "gbps": 1e15},
            ],
        }
    )
    optimum = brute_force(instance)
    result = optkit.solve(instance, "block")
    assert result.bound is not None
    assert result.bound <= optimum * (1 + 1e-9)
    assert result.objective == pytest.approx(optimum, rel=1e-9)


def test_the_papers_range_is_proven_at_any_size() -> None:
    """Protects the consequence: no search, and a proof, on a thousand servers."""
    result = optkit.solve(_instance(1, servers=1000, subtrees=2))
    assert result.solver.name == "block"
    assert result.status is optkit.Status.OPTIMAL


def test_block_loads_fill_their_budgets() -> None:
    """Protects the recursion: its objective is what the checker recomputes."""
    for regime, settings in HOSTILE.items():
        for seed in range(10):
            instance = _instance(seed, servers=40, **settings)
            if not supports_blocks(sink_tree(instance)):
                continue
            result = optkit.solve(instance, "block")
            assert result.verification is not None, regime
            assert result.verification.feasible, regime
            assert result.verification.objective == pytest.approx(
                result.objective, rel=1e-9
            )


def test_compiled_and_plain_loops_agree() -> None:
    """Protects large trees: the compiled loops give what the plain ones give."""
    tree = sink_tree(_instance(5, servers=3500, subtrees=3))
    plain = sink_tree(_instance(5, servers=3500, subtrees=3))
    found = contiguous_blocks(tree)
    from optkit.allocation.problem import block_kernels

    before = block_kernels.COMPILED_FROM
    block_kernels.COMPILED_FROM = 10**9
    try:
        slow = contiguous_blocks(plain)
    finally:
        block_kernels.COMPILED_FROM = before
    for name in ("capacity", "own", "flow", "order"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(slow, name), rtol=1e-12
        )
    assert compiled(tighten) is compiled(tighten)


def test_closed_form_refuses_relaying_energy() -> None:
    """Protects the claim of exactness: it says no where nothing is proven."""
    with pytest.raises(optkit.UnavailableError, match="relaying"):
        optkit.solve(_instance(1, servers=8, subtrees=2), "closed-form")


def test_closed_form_proves_large_instances() -> None:
    """Protects proofs at sizes that nobody enumerates."""
    instance = _instance(2, servers=2000, weight_energy=0.0, weight_time=1.0)
    result = optkit.solve(instance, "closed-form")
    assert result.status is optkit.Status.OPTIMAL
    assert result.gap is not None
    assert result.gap <= 1e-9
