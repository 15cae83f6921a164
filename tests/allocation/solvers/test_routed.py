"""The solver that chooses the tree too, and its bound over all trees."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import optkit
from optkit.allocation.check.brute_force import brute_force_routing, spanning_trees
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.network_arrays import reachable_network
from tests.allocation.hostile_networks import REGIMES, directed

EXACT = 1e-9


def _meshed(servers: int, seed: int, **settings: float) -> optkit.Instance:
    return optkit.generate("allocation", servers=servers, seed=seed, **settings)


@pytest.mark.parametrize("regime", REGIMES)
def test_against_every_tree_and_order(regime: str) -> None:
    """No solution beats brute force over all trees, and no bound exceeds it."""
    tried = found = 0
    for seed in range(200):
        instance = directed(seed, 3 + seed % 3, regime)
        trees = sum(1 for _ in islice(spanning_trees(instance), 13))
        if not 2 <= trees <= 12:
            continue
        optimum = brute_force_routing(instance)
        result = optkit.solve(instance, "routed")
        assert result.objective is not None
        assert result.bound is not None
        assert result.verification is not None
        assert result.verification.feasible, seed
        assert result.objective >= optimum * (1.0 - EXACT), seed
        assert result.bound <= optimum * (1.0 + EXACT), (seed, result.bound_source)
        found += result.objective <= optimum * (1.0 + EXACT)
        tried += 1
        if tried == 4:
            break
    assert tried == 4
    assert found >= 3


@pytest.mark.slow
def test_never_worse_than_the_sink_tree() -> None:
    """``routed`` is never worse than ``block`` on the sink tree."""
    gains = 0
    for seed in range(6):
        for rates in ({}, {"gbps_low": 0.1}):
            instance = _meshed(15, seed, **rates)
            block = optkit.solve(instance, "block").objective
            routed = optkit.solve(instance, "routed", options={"rounds": 3}).objective
            assert block is not None
            assert routed is not None
            assert routed <= block * (1.0 + 1e-12)
            gains += routed < block * (1.0 - 1e-3)
    assert gains >= 6


def test_load_is_balanced_over_the_masters_links() -> None:
    """Load is balanced over the master's links where shortest paths use only the faster."""
    servers = [
        {"id": name, "ghz": 5.0, "capacitance": 0.01, "tx_watt": 1.0}
        for name in "mabcd"
    ]
    ends = [("m", "a", 1.01), ("m", "b", 1.0), ("a", "c", 50.0), ("a", "d", 50.0),
            ("b", "c", 50.0), ("b", "d", 50.0)]  # fmt: skip
    instance = AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "two doors",
            "task": {"size_gbit": 10.0, "gcycles_per_gbit": 1.0},
            "weights": {"time": 1.0, "energy": 0.0},
            "master": "m",
            "servers": servers,
            "links": [
                {"source": one, "target": other, "gbps": rate}
                for one, other, rate in ends
            ],
        }
    )
    sink = optkit.solve(instance, "block")
    routed = optkit.solve(instance, "routed")
    assert sink.solution.parent == {"a": "m", "b": "m", "c": "a", "d": "a"}
    assert sorted(routed.solution.parent[name] for name in "cd") == ["a", "b"]
    assert routed.solution.routing == "free"
    assert routed.objective < sink.objective * 0.99
    assert routed.objective == pytest.approx(brute_force_routing(instance), rel=EXACT)


def test_where_there_is_one_tree_it_is_proven() -> None:
    """With a single tree the bounds of that tree apply."""
    for seed in range(3):
        instance = _meshed(60, seed, shape="random-tree")
        block = optkit.solve(instance, "block")
        routed = optkit.solve(instance, "routed")
        assert routed.status is block.status is optkit.Status.OPTIMAL
        assert routed.objective == pytest.approx(block.objective, rel=EXACT)


def test_initial_solution_is_never_lost() -> None:
    """An initial solution is kept, also with orders that contiguous ones do not reach."""
    for seed in range(12):
        instance = directed(seed, 5, "relaying dear")
        if not reachable_network(instance).count > 2:
            continue
        given = optkit.solve(instance, "pmo")
        result = optkit.solve(
            instance, "routed", initial=given.solution, options={"rounds": 0}
        )
        assert result.initial is not None
        assert result.initial.used
        assert given.objective is not None
        assert result.objective is not None
        assert result.objective <= given.objective * (1.0 + EXACT)


@pytest.mark.slow
def test_limits_leave_a_solution() -> None:
    """A limit in the middle of a descent keeps the best solution."""
    instance = _meshed(300, 1)
    block = optkit.solve(instance, "block").objective
    assert block is not None
    for limits in (optkit.Limits(evaluations=2000), optkit.Limits(time=1.0)):
        result = optkit.solve(instance, "routed", limits=limits)
        assert result.verification is not None
        assert result.verification.feasible
        assert result.objective is not None
        assert result.objective <= block * (1.0 + 1e-12)


def test_a_server_that_works_for_nothing_is_refused() -> None:
    """An instance without costs is refused with the reason."""
    instance = _meshed(5, 1, weight_time=0.0, weight_energy=0.0)
    with pytest.raises(optkit.UnavailableError, match="no cost"):
        optkit.solve(instance, "routed")


def test_same_tree_whatever_the_links_order() -> None:
    """Only the seed decides which of equal trees is found, not the order of the links."""
    instance = _meshed(25, 4)
    turned = AllocationInstance.parse(
        {**instance.document(), "links": instance.document()["links"][::-1]}
    )
    one, other = (optkit.solve(k, "routed", seed=5) for k in (instance, turned))
    assert one.solution.parent == other.solution.parent
    assert np.isclose(one.bound, other.bound, rtol=1e-12)
