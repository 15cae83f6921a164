"""Contract cases of discovery: tiny instances with their optima, and a large one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from optkit.core.solving import seeds
from optkit.core.tools.contract_cases import ContractCase, ContractCases
from optkit.discovery.check.brute_force import brute_force
from optkit.discovery.instance import DiscoveryInstance

READINGS: tuple[dict[str, str], ...] = tuple(
    {
        "qan_rule": rule,
        "connection": connection,
        "connection_cost": cost,
        "accuracy_form": form,
        "accuracy_scope": scope,
    }
    for rule, connection, cost, form, scope in itertools.product(
        ("cover", "single", "exact"),
        ("forced", "optional"),
        ("agent-mode", "connected"),
        ("mean", "sum"),
        ("window", "horizon"),
    )
)
"""All readings."""

WEIGHTS = ((1.0, 0.0), (1.0, 0.3), (0.0, 1.0), (2.0, 1.0))
"""Weights of time and energy; cases take turns."""


def random_document(
    rng: np.random.Generator,
    reading: dict[str, str],
    weights: tuple[float, float] = (1.0, 0.3),
    *,
    windows: int = 2,
    nodes: int = 3,
    resources: int = 2,
    candidates: int = 2,
    tight: float = 0.5,
) -> dict[str, Any]:
    """Return the document of a random instance, without physics behind its numbers.

    Parameters
    ----------
    rng
        Source of randomness.
    reading, weights
        As in the instance.
    windows, nodes, resources, candidates
        Their numbers.
    tight
        Probability that the required accuracies are close to those of the nodes; otherwise
        they are lower, and the rows seldom bind.
    """
    names = [f"r{m}" for m in range(resources)]
    # Whole numbers make ties, which the leader's objective has to break.
    decimals = int(rng.choice([0, 1, 6]))

    def numbers(low: float, high: float, *shape: int) -> Any:
        return np.round(rng.uniform(low, high, shape), decimals)

    linked = rng.random((windows, nodes, candidates)) < 0.7
    times = numbers(0.0, 4.0, windows, nodes, candidates)
    demand = rng.integers(resources, size=(windows, nodes)) if resources else None
    asks = rng.random((windows, nodes)) < 0.85
    level = (0.3, 0.7) if rng.random() < tight else (0.0, 0.35)
    required = rng.uniform(*level, size=2)
    if reading["accuracy_form"] == "sum":
        required *= rng.uniform(0.5, max(1.0, 0.5 * nodes))
    return {
        "schema": "optkit/discovery",
        "schema_version": 1,
        "name": "case",
        "provenance": "random figures for tests",
        "nodes": [f"n{i}" for i in range(nodes)],
        "candidates": [f"c{j}" for j in range(candidates)],
        "resources": names,
        "windows": windows,
        "present": (rng.random((windows, nodes)) < 0.9).tolist(),
        "demand": [
            [
                names[demand[k][i]] if demand is not None and asks[k, i] else None
                for i in range(nodes)
            ]
            for k in range(windows)
        ],
        "select_time": numbers(0.0, 5.0, windows, resources, candidates).tolist(),
        "connect_time": [
            [
                [
                    float(times[k, i, j]) if linked[k, i, j] else None
                    for j in range(candidates)
                ]
                for i in range(nodes)
            ]
            for k in range(windows)
        ],
        "energy_agent": numbers(0.0, 9.0, windows, nodes).tolist(),
        "energy_self": numbers(0.0, 9.0, windows, nodes).tolist(),
        "accuracy_agent": np.round(rng.random((windows, nodes)), 2).tolist(),
        "accuracy_self": np.round(rng.random((windows, nodes)), 2).tolist(),
        "required_accuracy": {
            "agent": round(float(required[0]), 2),
            "self": round(float(required[1]), 2),
        },
        "weights": {"time": weights[0], "energy": weights[1]},
        "reading": reading,
    }


def random_instances(seed: int, count: int) -> Iterator[tuple[str, DiscoveryInstance]]:
    """Yield tiny instances with their labels; the readings take turns."""
    # A stride coprime to their number spreads any count over all readings.
    for number in range(count):
        reading = READINGS[number * 29 % len(READINGS)]
        weights = WEIGHTS[(number + number // len(READINGS)) % len(WEIGHTS)]
        rng = seeds.generator(seed, "trial", number)
        document = random_document(
            rng,
            reading,
            weights,
            windows=1 + number % 2,
            nodes=3 + number % 2 * (number // 2 % 2 == 0),
            candidates=2 + number // 4 % 2,
        )
        label = f"{' '.join(reading.values())}, weights {weights}, case {number}"
        yield label, DiscoveryInstance.parse(document)


def reacting_instances(seed: int, count: int) -> Iterator[DiscoveryInstance]:
    """Yield tiny instances with one agent per group, where only agent mode takes time.

    In these the follower reacts to the leader's connections. Whether these are forced, the
    other readings, weights, sizes and the tightness of the rows take turns.
    """
    for number in range(count):
        reading = {
            "qan_rule": "single",
            "connection": ("forced", "optional")[number % 2],
            "connection_cost": "agent-mode",
            "accuracy_form": ("mean", "sum")[number // 2 % 2],
            "accuracy_scope": ("horizon", "window")[number // 4 % 2],
        }
        document = random_document(
            seeds.generator(seed, "reacting", number),
            reading,
            WEIGHTS[number // 8 % 2],
            windows=1 + number % 3 % 2,
            nodes=3 + number % 3,
            resources=1 + number // 3 % 2,
            candidates=2 + number // 5 % 2,
            tight=(1.0, 0.0, 1.0, 0.7)[number // 16 % 4],
        )
        yield DiscoveryInstance.parse(document)


def random_cases(seed: int, count: int) -> Iterator[ContractCase]:
    """Yield random instances of all readings, with their optima."""
    for label, instance in random_instances(seed, count):
        yield ContractCase(label, instance, brute_force(instance))


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield instances at the limits of what is allowed, with their optima."""
    for label, instance in degenerate_instances():
        yield ContractCase(label, instance, brute_force(instance))


def degenerate_instances() -> Iterator[tuple[str, DiscoveryInstance]]:
    """Yield the instances of :func:`degenerate_cases` with their labels."""
    single = {
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "mean",
        "accuracy_scope": "horizon",
    }
    cover = {**single, "qan_rule": "cover", "connection": "forced"}

    def document_with(reading: dict[str, str], **sizes: int) -> dict[str, Any]:
        rng = seeds.generator(3, "degenerate")
        return random_document(rng, reading, (1.0, 0.3), tight=0.0, **sizes)

    sizes: dict[str, dict[str, int]] = {
        "no windows": {"windows": 0},
        "no nodes": {"nodes": 0},
        "no candidates": {"candidates": 0},
        "no resources": {"resources": 0},
        "nothing at all": {"windows": 0, "nodes": 0, "candidates": 0, "resources": 0},
        "one of each": {"windows": 1, "nodes": 1, "candidates": 1, "resources": 1},
    }
    changes: dict[str, dict[str, Any]] = {
        "both weights zero": {"weights": {"time": 0.0, "energy": 0.0}},
        "nobody present": {"present": [[False] * 3] * 2},
        "nobody demands": {"demand": [[None] * 3] * 2},
        "no links": {"connect_time": [[[None] * 2] * 3] * 2},
        "everything free": {
            "select_time": [[[0.0] * 2] * 2] * 2,
            "connect_time": [[[0.0] * 2] * 3] * 2,
            "energy_agent": [[0.0] * 3] * 2,
            "energy_self": [[0.0] * 3] * 2,
        },
        "all nodes equal": {
            "energy_agent": [[2.0] * 3] * 2,
            "energy_self": [[3.0] * 3] * 2,
            "accuracy_agent": [[0.5] * 3] * 2,
            "accuracy_self": [[0.5] * 3] * 2,
            "required_accuracy": {"agent": 0.5, "self": 0.5},
        },
        "more accuracy than there is": {
            "required_accuracy": {"agent": 1.0, "self": 1.0},
            "accuracy_agent": [[0.5] * 3] * 2,
            "accuracy_self": [[0.5] * 3] * 2,
        },
    }
    for name, reading in (("single, optional", single), ("cover, forced", cover)):
        for label, size in sizes.items():
            document = document_with(reading, **size)
            yield f"{label}; {name}", DiscoveryInstance.parse(document)
        for label, change in changes.items():
            document = {**document_with(reading), **change}
            yield f"{label}; {name}", DiscoveryInstance.parse(document)


def large_instance() -> DiscoveryInstance:
    """Return an instance that no solver of the family solves within seconds."""
    reading = {
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "mean",
        "accuracy_scope": "horizon",
    }
    document = random_document(
        seeds.generator(9, "large"),
        reading,
        windows=40,
        nodes=60,
        resources=3,
        candidates=12,
        tight=1.0,
    )
    # About half of the nodes reach the required accuracy in either mode.
    document["required_accuracy"] = {"agent": 0.5, "self": 0.5}
    return DiscoveryInstance.parse(document)


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
