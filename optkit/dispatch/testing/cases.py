"""Dispatch instances for the contract tests: tiny ones with their optima, a large one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from optkit.core.tools.contract_cases import ContractCase, ContractCases
from optkit.dispatch.check.brute_force import brute_force
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance

_TINY: dict[str, Any] = {
    "aps": 2,
    "servers": 3,
    "types": 1,
    "slots": 4,
    "intervals": 5,
    "arrival": 0.12,
    "service": 4.0,
    "upload_intervals": 1.0,
    "queue_limit": 3,
    "overflow_penalty": 2.0,
}

_REGIMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("short queues", {"queue_limit": 1, "arrival": 0.15}),
    ("drops cost nothing", {"queue_limit": 1, "drop_penalty": 0.0}),
    ("no cloud, two types", {"cloud": False, "types": 2, "arrival": 0.06}),
    ("late signals", {"signal_slot": 4}),
    ("signals at once", {"signal_slot": 0, "service": 9.0}),
    ("slow uploads", {"upload_intervals": 3.0}),
)

MOST_ASSIGNMENTS = 300
"""Most assignments of a tiny instance; its brute force then takes under 0.2 s."""


def random_cases(seed: int, count: int) -> Iterator[ContractCase]:
    """Yield random instances of several regimes, with their optima."""
    accepted = attempt = 0
    while accepted < count:
        regime, settings = _REGIMES[attempt % len(_REGIMES)]
        options = GeneratorOptions.model_validate({**_TINY, **settings})
        instance = DispatchInstance.parse(generate(options, 1000 * seed + attempt))
        attempt += 1
        if not 1 < _assignments(instance) <= MOST_ASSIGNMENTS:
            continue
        accepted += 1
        yield ContractCase(
            f"{regime}, case {attempt - 1} of seed {seed}",
            instance,
            brute_force(instance),
        )


def _assignments(instance: DispatchInstance) -> int:
    return math.prod(len(instance.candidates[ap]) for ap in instance.jobs.ap)


def degenerate_cases() -> Iterator[ContractCase]:
    """Yield instances at the limits of what is allowed, with their optima."""
    edges: dict[str, dict[str, Any]] = {
        "no jobs": {"arrival": 0.0},
        "one interval": {"intervals": 1},
        "slots of one": {"slots": 1, "intervals": 6, "signal_slot": 1},
        "one of each": {"aps": 1, "servers": 1, "types": 1},
        "only a cloud": {"servers": 1, "cloud": True},
        "no discount, no penalties": {
            "discount": 0.0,
            "overflow_penalty": 0.0,
            "drop_penalty": 0.0,
        },
        "service of one slot": {"service": 2.0, "cloud_speed": 100.0},
        "no upload": {"upload_intervals": 0.0},
    }
    for label, settings in edges.items():
        options = GeneratorOptions.model_validate({**_TINY, "arrival": 0.1, **settings})
        document = generate(options, 7)
        if label == "no upload":
            document["upload_pmf"] = [
                [laws and [[1.0] for _ in laws] for laws in row]
                for row in document["upload_pmf"]
            ]
        instance = DispatchInstance.parse(document)
        yield ContractCase(label, instance, brute_force(instance))


def large_instance() -> DispatchInstance:
    """Return a system twice the paper's size, with a path that takes seconds."""
    options = GeneratorOptions(aps=30, servers=20, intervals=1_200, arrival=0.0004)
    return DispatchInstance.parse(generate(options, 3))


CONTRACT_CASES = ContractCases(random_cases, degenerate_cases, large_instance)
