"""Generated instances, inside the paper's range and far outside, and loads of results."""

from __future__ import annotations

from typing import Any

import optkit
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution


def generated(servers: int = 8, seed: int = 1, **options: Any) -> AllocationInstance:
    """Return a generated instance, a random tree unless ``options`` say otherwise."""
    instance = optkit.generate(
        "allocation", seed=seed, servers=servers, **{"shape": "random-tree", **options}
    )
    assert isinstance(instance, AllocationInstance)
    return instance


HOSTILE: dict[str, dict[str, float]] = {
    "rates over six decades": {"gbps_low": 1e-3, "gbps_high": 1e3, "tx_watt": 2.0},
    "relaying dear": {"weight_energy": 3.0, "tx_watt": 20.0, "capacitance": 1e-4},
    "computing nearly free": {"capacitance": 1e-9, "ghz_low": 50.0, "ghz_high": 500.0},
    "time nearly free": {"weight_time": 1e-3, "weight_energy": 1.0},
}
"""Options of the generator that are far outside the paper's range."""


def loads(result: optkit.Result) -> dict[str, float]:
    """Return the positive loads of a result's solution, by server."""
    assert isinstance(result.solution, AllocationSolution)
    return {name: load for name, load in result.solution.load_gbit.items() if load > 0}
