"""Tiny allocation instances with their optima, and a large one, for the contract tests."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from optkit.allocation.check.brute_force import (
    brute_force,
    brute_force_routing,
    spanning_trees,
)
from optkit.allocation.data.generate import GeneratorOptions, generate
from optkit.allocation.instance import AllocationInstance
from optkit.core.solving import seeds
from optkit.core.tools.contract_cases import ContractCase, ContractCases
from optkit.network.random_options import Shape

_SHAPES: tuple[tuple[Shape, int], ...] = (
    ("random-tree", 5),
    ("chain", 5),
    ("binary", 6),
    ("erdos-renyi", 6),
    ("caterpillar", 5),
    ("pairs", 7),
    ("random-tree", 6),
    ("star", 4),
)

_REGIMES: tuple[tuple[str, dict[str, float]], ...] = (
    ("time only", {"weight_time": 1.0, "weight_energy": 0.0}),
    ("paper's range", {}),
    ("relaying dear", {"weight_energy": 5.0, "capacitance": 0.001, "tx_watt": 10.0}),
    ("rates over decades", {"gbps_low": 0.05, "gbps_high": 500.0, "tx_watt": 3.0}),
    ("energy only", {"weight_time": 0.0, "weight_energy": 1.0}),
)

MAX_ORDERS = 36
"""Orders of a case instance; its brute force stays under a fifth of a second."""


FREE_ROUTING = "free routing"
"""The variant in which the tree is chosen too."""


MAX_TREES = 20
"""Trees of a case of free routing; each has all its orders tried."""


def _case(label: str, instance: AllocationInstance) -> ContractCase:
    trees = itertools.islice(spanning_trees(instance), MAX_TREES + 1)
    few = sum(1 for _ in trees) <= MAX_TREES
    free = {FREE_ROUTING: partial(brute_force_routing, instance)} if few else {}
    return ContractCase(label, instance, brute_force(instance), free)


def random_cases(seed: int, count: int) -> Iterator[ContractCase]:
    """Yield random instances over all shapes and cost regimes, with their optima."""
    for label, instance in random_instances(seed, count):
        yield _case(label, instance)


def random_instances(seed: int, count: int) -> Iterator[tuple[str, AllocationInstance]]:
    """Yield the instances of :func:`random_cases`, each with what it tries."""
    made = 0
    attempt = 0
    while made < count:
        shape, servers = _SHAPES[attempt % len(_SHAPES)]
        regime, settings = _REGIMES[attempt // len(_SHAPES) % len(_REGIMES)]
        draw = seeds.generator(seed, "trial", attempt)
        attempt += 1
        instance = AllocationInstance.parse(
            generate(
                GeneratorOptions.model_validate(
                    {"servers": servers, "shape": shape, **settings}
                ),
                int(draw.integers(2**31)),
            )
        )
        if _orders(instance) > MAX_ORDERS:
            continue
        made += 1
        yield f"{shape}, {regime}, case {attempt - 1} of seed {seed}", instance


def _orders(instance: AllocationInstance) -> int:
    from optkit.allocation.problem.sink_tree import sink_tree

    return math.prod(math.factorial(s.size) for s in sink_tree(instance).subtrees)


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield instances at the edges of what is allowed, with their optima."""
    base = {"servers": 4, "shape": "binary"}
    edges: dict[str, dict[str, Any]] = {
        "one server": {"servers": 1},
        "empty task": {"size_gbit": 0.0},
        "both weights zero": {"weight_time": 0.0, "weight_energy": 0.0},
        "no energy anywhere": {"capacitance": 0.0, "tx_watt": 0.0},
        "energy only, computing free": {"weight_time": 0.0, "capacitance": 0.0},
        "energy only, all free": {
            "weight_time": 0.0,
            "capacitance": 0.0,
            "tx_watt": 0.0,
        },
        "sending costs more than computing": {"tx_watt": 1e6},
        "links too slow to use": {"gbps_low": 1e-6, "gbps_high": 1e-6},
        "all servers equal": {
            "ghz_low": 2.0,
            "ghz_high": 2.0,
            "gbps_low": 10.0,
            "gbps_high": 10.0,
        },
        "huge task": {"size_gbit": 1e12},
    }
    for label, settings in edges.items():
        options = GeneratorOptions.model_validate({**base, **settings})
        instance = AllocationInstance.parse(generate(options, 7))
        yield _case(label, instance)
    meshed = {"servers": 4, "edge_probability": 0.9, "gbps_low": 0.3}
    for regime, settings in _REGIMES:
        options = GeneratorOptions.model_validate({**meshed, **settings})
        instance = AllocationInstance.parse(generate(options, 7))
        yield _case(f"several trees, {regime}", instance)
    lonely = generate(GeneratorOptions.model_validate(base), 7)
    lonely["links"] = []
    instance = AllocationInstance.parse(lonely)
    yield _case("nobody reachable", instance)
    servers = [server["id"] for server in lonely["servers"]]
    partly = generate(GeneratorOptions.model_validate(base), 7)
    partly["links"] = [
        link for link in partly["links"] if servers[-1] not in link.values()
    ]
    instance = AllocationInstance.parse(partly)
    yield _case("one unreachable", instance)


def large_instance() -> AllocationInstance:
    """Return a network whose one subtree of 25 servers nobody enumerates."""
    options = GeneratorOptions.model_validate(
        {"servers": 26, "shape": "random-tree", "subtrees": 1}
    )
    return AllocationInstance.parse(generate(options, 3))


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
