"""Tiny sync instances with their optima, and a large one, for the contract tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from optkit.core.tools.contract_cases import ContractCase, ContractCases
from optkit.sync.check.brute_force import brute_force
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.instance import SyncInstance

_TINY: dict[str, Any] = {
    "routers": 2,
    "devices": 2,
    "slots": 6,
    "load": "autoregressive",
    "persistence": 0.5,
    "age_tolerance": 2.0,
    "weight_cost": 0.3,
}

_REGIMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("the paper's reading", {}),
    ("errors against the truth", {"error": "true"}),
    ("reports have a price", {"error": "true", "weight_report": 0.2}),
    ("tight limits", {"max_device_age": 2.0, "max_pair_age": 3.0}),
    ("tight pairs", {"max_pair_age": 2.0, "weight_age": 0.02, "weight_cost": 1.0}),
    ("slow reports", {"transmit": 3, "max_device_age": 4.0, "weight_report": 0.1}),
    ("reports at once", {"transmit": 0, "error": "true", "weight_report": 0.1}),
    ("two devices of a router", {"devices": 3, "slots": 5, "error": "true"}),
    ("three routers", {"routers": 3, "devices": 3, "slots": 5, "weight_cost": 0.5}),
    ("slow links", {"rate": 0.8, "weight_cost": 0.05}),
)


def random_cases(seed: int, count: int) -> Iterator[ContractCase]:
    """Yield random instances of several regimes, with their optima."""
    for index in range(count):
        regime, settings = _REGIMES[index % len(_REGIMES)]
        options = GeneratorOptions.model_validate({**_TINY, **settings})
        instance = SyncInstance.parse(generate(options, 1000 * seed + index))
        yield ContractCase(
            f"{regime}, case {index} of seed {seed}", instance, brute_force(instance)
        )


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield instances at the edges of what is allowed, with their optima."""
    edges: dict[str, dict[str, Any]] = {
        "one slot": {"slots": 1},
        "one router, no links": {"routers": 1, "devices": 1},
        "a router without devices": {"routers": 3, "devices": 2, "slots": 5},
        "nothing costs anything": {
            "weight_age": 0.0,
            "weight_error": 0.0,
            "weight_cost": 0.0,
        },
        "only ages count": {"weight_error": 0.0, "weight_cost": 0.0},
        "reports never arrive": {"transmit": 9},
        "loads do not change": {"deviation": 0.0, "error": "true"},
        "a report in every slot": {"max_device_age": 1.0, "weight_report": 0.5},
        "a notification in every slot": {"max_pair_age": 1.5, "weight_cost": 2.0},
        "notifications are free": {"payload": 0.0, "header_cost": 0.0},
    }
    for label, settings in edges.items():
        options = GeneratorOptions.model_validate({**_TINY, **settings})
        instance = SyncInstance.parse(generate(options, 7))
        yield ContractCase(label, instance, brute_force(instance))


def large_instance() -> SyncInstance:
    """Return 5,000 slots of twenty links, with two devices at each router."""
    options = GeneratorOptions(slots=5_000, devices=10, error="true")
    return SyncInstance.parse(generate(options, 3))


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
