"""Tiny discovery instances with their optima, and a large one, for the contract tests."""

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
"""Every combination of readings."""

WEIGHTS = ((1.0, 0.0), (1.0, 0.3), (0.0, 1.0), (2.0, 1.0))
"""Weights of time and energy that cases take in turn."""


def random_document(
    draw: np.random.Generator,
    reading: dict[str, str],
    weights: tuple[float, float] = (1.0, 0.3),
    *,
    windows: int = 2,
    nodes: int = 3,
    resources: int = 2,
    candidates: int = 2,
    tight: float = 0.5,
) -> dict[str, Any]:
    """Return a random instance's document, without any physics behind its figures.

    Parameters
    ----------
    draw
        Where random numbers come from.
    reading, weights
        As in the instance.
    windows, nodes, resources, candidates
        Their numbers.
    tight
        How often the accuracies that are required are about those that there are; they
        are below them otherwise, and the rows seldom bind.
    """
    names = [f"r{m}" for m in range(resources)]
    # Whole numbers make ties, of which the leader's favourite has to be found.
    decimals = int(draw.choice([0, 1, 6]))

    def numbers(low: float, high: float, *shape: int) -> Any:
        return np.round(draw.uniform(low, high, shape), decimals)

    linked = draw.random((windows, nodes, candidates)) < 0.7
    times = numbers(0.0, 4.0, windows, nodes, candidates)
    demand = draw.integers(resources, size=(windows, nodes)) if resources else None
    asks = draw.random((windows, nodes)) < 0.85
    level = (0.3, 0.7) if draw.random() < tight else (0.0, 0.35)
    required = draw.uniform(*level, size=2)
    if reading["accuracy_form"] == "sum":
        required *= draw.uniform(0.5, max(1.0, 0.5 * nodes))
    return {
        "schema": "optkit/discovery",
        "schema_version": 1,
        "name": "case",
        "provenance": "random figures for tests",
        "nodes": [f"n{i}" for i in range(nodes)],
        "candidates": [f"c{j}" for j in range(candidates)],
        "resources": names,
        "windows": windows,
        "present": (draw.random((windows, nodes)) < 0.9).tolist(),
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
        "accuracy_agent": np.round(draw.random((windows, nodes)), 2).tolist(),
        "accuracy_self": np.round(draw.random((windows, nodes)), 2).tolist(),
        "required_accuracy": {
            "agent": round(float(required[0]), 2),
            "self": round(float(required[1]), 2),
        },
        "weights": {"time": weights[0], "energy": weights[1]},
        "reading": reading,
    }


def random_instances(seed: int, count: int) -> Iterator[tuple[str, DiscoveryInstance]]:
    """Yield tiny instances over every reading in turn, each with what it tries."""
    # A stride without a common factor visits all, however few are asked for.
    for number in range(count):
        reading = READINGS[number * 29 % len(READINGS)]
        weights = WEIGHTS[(number + number // len(READINGS)) % len(WEIGHTS)]
        draw = seeds.generator(seed, "trial", number)
        document = random_document(
            draw,
            reading,
            weights,
            windows=1 + number % 2,
            nodes=3 + number % 2 * (number // 2 % 2 == 0),
            candidates=2 + number // 4 % 2,
        )
        label = f"{' '.join(reading.values())}, weights {weights}, case {number}"
        yield label, DiscoveryInstance.parse(document)


def reacting_instances(seed: int, count: int) -> Iterator[DiscoveryInstance]:
    """Yield tiny instances with one agent a group and times of agent mode alone.

    There the follower reacts to whom the leader connects; connections, both other
    readings, weights, sizes and how tight the rows are take turns.
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
    """Yield random instances over all readings, with their optima."""
    for label, instance in random_instances(seed, count):
        yield ContractCase(label, instance, brute_force(instance))


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield instances at the edges of what is allowed, with their optima."""
    for label, instance in degenerate_instances():
        yield ContractCase(label, instance, brute_force(instance))


def degenerate_instances() -> Iterator[tuple[str, DiscoveryInstance]]:
    """Yield the instances of :func:`degenerate_cases`, each with what it tries."""
    single = {
        "qan_rule": "single",
        "connection": "optional",
        "connection_cost": "agent-mode",
        "accuracy_form": "mean",
        "accuracy_scope": "horizon",
    }
    cover = {**single, "qan_rule": "cover", "connection": "forced"}

    def made(reading: dict[str, str], **sizes: int) -> dict[str, Any]:
        draw = seeds.generator(3, "degenerate")
        return random_document(draw, reading, (1.0, 0.3), tight=0.0, **sizes)

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
            document = made(reading, **size)
            yield f"{label}; {name}", DiscoveryInstance.parse(document)
        for label, change in changes.items():
            document = {**made(reading), **change}
            yield f"{label}; {name}", DiscoveryInstance.parse(document)


def large_instance() -> DiscoveryInstance:
    """Return an instance that no solver of the family proves within seconds."""
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
    # What is required is what about half of the nodes reach in either mode.
    document["required_accuracy"] = {"agent": 0.5, "self": 0.5}
    return DiscoveryInstance.parse(document)


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
