"""Contiguous orders are optimal under the relay condition, and a bound beyond it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.allocation.bounds.relay_condition import (
    clipped_bound,
    clipped_relay,
    relay_condition_holds,
)
from optkit.allocation.check.brute_force import brute_force
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import contiguous_blocks
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from tests.allocation.all_orders import best_of_all
from tests.allocation.hostile_subtrees import random_tree
from tests.allocation.instances import generated


@pytest.mark.slow
def test_relay_condition_makes_blocks_optimal() -> None:
    """No order beats the blocks under the plain relay condition."""
    rng = np.random.default_rng(1)
    for _ in range(100):
        tree = random_tree(rng, int(rng.integers(3, 6)), 1.0)
        assert contiguous_blocks(tree).capacity[1] >= best_of_all(tree) * (1.0 - 1e-10)


@pytest.mark.slow
def test_relay_condition_reaches_beyond_equal_rates() -> None:
    """No order beats the blocks at the edge of the condition, where relaying costs more."""
    rng = np.random.default_rng(4)
    dearer = 0
    for trial in range(50):
        tree = random_tree(rng, int(rng.integers(3, 6)), 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        assert relay_condition_holds(edge)
        best = best_of_all(edge)
        assert contiguous_blocks(edge).capacity[1] >= best * (1.0 - 1e-10), trial
        # Clipping lowered costs, so the blocks also bound the tree as it was.
        assert contiguous_blocks(edge).capacity[1] >= best_of_all(tree) * (
            1.0 - 1e-10
        ), trial
        step = np.diff(np.array([tree.distance[tree.parent], tree.distance]), axis=0)[0]
        below = np.flatnonzero(tree.parent > 1)
        dearer += bool(np.any(edge.relay[below] > 1.01 * step[tree.parent[below]]))
    assert dearer >= 5


@pytest.mark.slow
def test_relay_condition_cannot_be_widened() -> None:
    """Blocks lose just beyond the condition."""
    rng = np.random.default_rng(5)
    lost = 0
    for _ in range(80):
        tree = random_tree(rng, 4, 30.0)
        edge = replace(tree, relay=clipped_relay(tree))
        edge.relay[tree.relay > edge.relay] *= 1.1
        if not relay_condition_holds(edge):
            lost += contiguous_blocks(edge).capacity[1] < best_of_all(edge) * (
                1.0 - 1e-9
            )
    assert lost > 0


def test_relay_condition_is_told_from_its_violation() -> None:
    """The condition is recognised, and so is its violation."""
    rng = np.random.default_rng(2)
    tree = random_tree(rng, 5, 1.0)
    tree.relay[1:] *= 0.999
    assert relay_condition_holds(tree)
    chain = optkit_chain(5, weight_energy=50.0)
    assert not relay_condition_holds(chain)


def optkit_chain(count: int, **settings: float) -> SinkTree:
    """Return the tree of a generated chain below the master."""
    options = GeneratorOptions.model_validate(
        {"servers": count + 1, "shape": "chain", **settings}
    )
    return sink_tree(AllocationInstance.parse(generate(options, 1)))


@pytest.mark.slow
def test_block_is_optimal_in_the_papers_range() -> None:
    """Contiguous orders are optimal in the paper's range, as the documentation says."""
    for seed in range(12):
        instance = generated(6, seed, subtrees=1)
        result = optkit.solve(instance, "block")
        assert result.objective == pytest.approx(brute_force(instance), rel=1e-9), seed


def _at_the_edge(seed: int, slack: float) -> AllocationInstance:
    """Return a hostile tree in which each relay pays just what the condition allows.

    The master and the first server of the subtree, of whom nothing is asked, pay
    anything. With ``slack`` above 1 the others pay that much more.
    """
    rng = np.random.default_rng(seed)
    shape = ("random-tree", "chain", "caterpillar")[seed % 3]
    settings: dict[str, Any] = {"servers": 5, "shape": shape, "weight_energy": 0.7}
    if shape == "random-tree":
        settings["subtrees"] = 1
    decades = 10.0 ** rng.uniform(0.2, 3.0)
    plain = generated(seed=seed, **settings, gbps_low=1.0, gbps_high=decades)
    rate = {(x.source, x.target): x.gbps for x in plain.links}
    into = {target: gbps for (_, target), gbps in rate.items()}
    servers = []
    for server in plain.servers:
        onward = [gbps for (s, _), gbps in rate.items() if s == server.id]
        most = 10.0 ** rng.uniform(-2.0, 2.0)
        if onward and server.id not in ("0", "1"):
            weights = plain.weights
            most = slack * weights.time / into[server.id] * min(onward) / weights.energy
        energy = 10.0 ** rng.uniform(-4.0, -1.0)
        update = {"tx_watt": most, "capacitance": energy}
        servers.append(server.model_copy(update=update))
    return plain.model_copy(update={"servers": tuple(servers)})


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_blocks_are_optimal_under_the_relay_condition(part: int) -> None:
    """Blocks are optimal with relaying at the edge of the condition."""
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


@pytest.mark.slow
@pytest.mark.parametrize("slack", [1.01, 3.0, 100.0])
def test_clipped_bound_holds_beyond_the_condition(slack: float) -> None:
    """Clipping only lowers costs, so the bound holds where the condition fails."""
    for seed in range(20):
        instance = _at_the_edge(seed, slack)
        bound = clipped_bound(sink_tree(instance))
        assert bound <= brute_force(instance) * (1 + 1e-9), seed


def test_rates_that_rounding_makes_alike_are_told_apart() -> None:
    """Children are sorted by their rates even where their distances are equal doubles.

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
    """A thousand servers in the paper's range are proven optimal without search."""
    result = optkit.solve(generated(1000, 1, subtrees=2))
    assert result.solver.name == "block"
    assert result.status is optkit.Status.OPTIMAL
