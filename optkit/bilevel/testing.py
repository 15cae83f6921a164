"""Tiny bilevel instances with their optima, and a large one, for the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optkit.bilevel.check.brute_force import brute_force
from optkit.bilevel.data.generate import generate
from optkit.bilevel.data.options import GeneratorOptions
from optkit.bilevel.instance import BilevelInstance
from optkit.core.solving import seeds
from optkit.core.tools.contract_cases import ContractCase, ContractCases

_KINDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "integer both",
        {"upper_columns": 3, "lower_columns": 3, "high": 4, "lower_rows": 3},
    ),
    (
        "binary leader, linear follower",
        {
            "upper_columns": 3,
            "upper_kind": "binary",
            "lower_kind": "continuous",
            "lower_columns": 3,
            "lower_rows": 3,
        },
    ),
    ("knapsack interdiction", {"shape": "knapsack-interdiction", "upper_columns": 6}),
    (
        "binary both, the leader's rows bind the follower",
        {
            "upper_columns": 4,
            "lower_columns": 4,
            "upper_kind": "binary",
            "lower_kind": "binary",
            "coupling": 1.0,
            "upper_rows": 2,
        },
    ),
    (
        "interdiction, two capacities",
        {"shape": "interdiction", "upper_columns": 5, "lower_rows": 2},
    ),
    (
        "mixed follower",
        {
            "upper_columns": 2,
            "upper_kind": "binary",
            "lower_columns": 3,
            "lower_kind": "mixed",
            "high": 2,
            "lower_rows": 3,
        },
    ),
    (
        "equations, opposed",
        {
            "upper_columns": 3,
            "lower_columns": 3,
            "high": 3,
            "lower_rows": 2,
            "equations": 0.5,
            "alignment": -1.0,
        },
    ),
    (
        "integer leader with continuous columns, linear follower",
        {
            "upper_columns": 3,
            "upper_kind": "mixed",
            "lower_kind": "continuous",
            "lower_columns": 3,
            "high": 3,
            "lower_rows": 3,
            "coupling": 1.0,
        },
    ),
)


def random_cases(seed: int, count: int) -> Iterator[ContractCase]:
    """Yield random instances of all kinds with their optima."""
    for label, instance in random_instances(seed, count):
        yield ContractCase(label, instance, brute_force(instance))


def random_instances(seed: int, count: int) -> Iterator[tuple[str, BilevelInstance]]:
    """Yield the instances of :func:`random_cases`, each with a description."""
    for number in range(count):
        kind, settings = _KINDS[number % len(_KINDS)]
        rng = seeds.generator(seed, "trial", number)
        options = GeneratorOptions.model_validate(settings)
        document = generate(options, int(rng.integers(2**31)))
        if rng.random() < 0.2:
            document["upper_objective"]["sense"] = "max"
        if rng.random() < 0.2:
            document["upper_objective"]["constant"] = 0.25
        yield (
            f"{kind}, case {number} of seed {seed}",
            BilevelInstance.parse(document),
        )


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield edge cases with their optima, each with both kinds of ties."""
    x = {"id": "x", "level": "upper", "lower": 0.0, "upper": 3.0, "integer": True}
    y = {"id": "y", "level": "lower", "lower": 0.0, "upper": 3.0, "integer": True}
    both = {"x": 1.0, "y": 1.0}
    row = {"id": "r", "level": "lower", "upper": 4.0, "coefficients": both}
    gain = {"coefficients": {"y": -1.0}}
    cases: dict[str, dict[str, Any]] = {
        "nothing at all": {},
        "a leader alone": {
            "columns": [x],
            "upper_objective": {"coefficients": {"x": -1.0}},
        },
        "a follower alone": {
            "columns": [y],
            "upper_objective": {"coefficients": {"y": 1.0}},
            "lower_objective": gain,
        },
        "no rows": {"columns": [x, y], "lower_objective": gain},
        "no objectives": {"columns": [x, y], "rows": [row]},
        "the follower is indifferent": {
            "columns": [x, y],
            "rows": [row],
            "upper_objective": {"coefficients": {"x": -1.0, "y": -1.0}},
        },
        "a row without columns": {
            "columns": [x, y],
            "rows": [{"id": "r", "level": "lower", "upper": 1.0}],
            "lower_objective": gain,
        },
        "a row without columns that fails": {
            "columns": [x, y],
            "rows": [{"id": "r", "level": "upper", "lower": 1.0}],
            "lower_objective": gain,
        },
        "no whole number in the bounds": {
            "columns": [{**x, "lower": 0.2, "upper": 0.8}, y],
            "lower_objective": gain,
        },
        "every response breaks the leader's row": {
            "columns": [x, y],
            "rows": [
                row,
                {"id": "s", "level": "upper", "upper": 0.0, "coefficients": {"y": 1.0}},
            ],
            "lower_objective": gain,
        },
        "fixed leader": {
            "columns": [{**x, "lower": 2.0, "upper": 2.0}, y],
            "rows": [row],
            "upper_objective": {"coefficients": both},
            "lower_objective": gain,
        },
    }
    for label, parts in cases.items():
        document = {
            "schema": BilevelInstance.SCHEMA,
            "schema_version": BilevelInstance.VERSION,
            "name": label,
            "columns": [],
            "rows": [],
            **parts,
        }
        for ties in ({}, {"ties": "pessimistic"}):
            name = " ".join([label, *ties.values()])
            instance = BilevelInstance.parse({**document, **ties, "name": name}, name)
            yield ContractCase(name, instance, brute_force(instance))


def large_instance() -> BilevelInstance:
    """Return an interdiction problem of 50 items that no solver here solves in seconds."""
    options = GeneratorOptions.model_validate(
        {
            "shape": "interdiction",
            "upper_columns": 50,
            "lower_rows": 2,
            "capacity": 0.5,
        }
    )
    return BilevelInstance.parse(generate(options, 3))


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
