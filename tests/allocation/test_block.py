"""Contiguous orders, and the bound that counts relaying energy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation.block import blocks, supported
from optkit.allocation.brute_force import brute_force
from optkit.allocation.compiled import _compiled
from optkit.allocation.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.relay_bound import _improve, relay_bound
from optkit.allocation.tree import sink_tree


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
        bound = relay_bound(tree, blocks(tree).capacity[roots])
        assert local.bound is not None
        assert bound >= local.bound * (1 - 1e-9)


def test_block_is_optimal_in_the_papers_range() -> None:
    """Protects the observation that the documentation reports (it is not a theorem)."""
    for seed in range(12):
        instance = _instance(seed, servers=6, subtrees=1)
        result = optkit.solve(instance, "block")
        assert result.objective == pytest.approx(brute_force(instance), rel=1e-9), seed


def test_block_loads_fill_their_budgets() -> None:
    """Protects the recursion: its objective is what the checker recomputes."""
    for regime, settings in HOSTILE.items():
        for seed in range(10):
            instance = _instance(seed, servers=40, **settings)
            if not supported(sink_tree(instance)):
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
    found = blocks(tree)
    from optkit.allocation import compiled

    before = compiled.THRESHOLD
    compiled.THRESHOLD = 10**9
    try:
        slow = blocks(plain)
    finally:
        compiled.THRESHOLD = before
    for name in ("capacity", "own", "flow", "order"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(slow, name), rtol=1e-12
        )
    assert _compiled(_improve) is _compiled(_improve)


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
