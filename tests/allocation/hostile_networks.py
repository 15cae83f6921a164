"""Tiny random networks with many trees, far inside and outside the paper's range."""

from __future__ import annotations

import numpy as np

from optkit.allocation.instance import AllocationInstance

REGIMES: dict[str, dict[str, float]] = {
    "time only": {"w1": 0.5, "w2": 0.0, "low": 10.0, "high": 100.0, "watt": 1.0},
    "paper's range": {"w1": 0.5, "w2": 0.05, "low": 10.0, "high": 100.0, "watt": 1.0},
    "wide rates": {"w1": 0.5, "w2": 0.05, "low": 0.1, "high": 1e3, "watt": 1.0},
    "relaying dear": {"w1": 0.5, "w2": 1.0, "low": 0.3, "high": 300.0, "watt": 5.0},
    "energy only": {"w1": 0.0, "w2": 1.0, "low": 1.0, "high": 100.0, "watt": 3.0},
}
"""Weights per s and per J, rates in Gbit/s, drawn evenly over their decades, power in W."""


def directed(
    seed: int, servers: int, regime: str, density: float = 0.55
) -> AllocationInstance:
    """Return a random directed network, cycles and links into the master included.

    Parameters
    ----------
    seed, servers
        The draw, and how many servers.
    regime
        One of :data:`REGIMES`.
    density
        Probability of each link.
    """
    rng = np.random.default_rng(seed)
    settings = REGIMES[regime]
    ends = [
        (source, target)
        for source in range(servers)
        for target in range(servers)
        if source != target and rng.random() < density
    ]
    low, high = np.log10(settings["low"]), np.log10(settings["high"])
    rates = 10.0 ** rng.uniform(low, high, len(ends))
    return AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": f"directed {regime} {seed}",
            "provenance": "drawn to be hostile",
            "task": {"size_gbit": 10.0, "gcycles_per_gbit": 1.0},
            "weights": {"time": settings["w1"], "energy": settings["w2"]},
            "master": "0",
            "servers": [
                {
                    "id": str(server),
                    "ghz": float(rng.uniform(1.0, 10.0)),
                    "capacitance": float(10.0 ** rng.uniform(-4.0, -2.0)),
                    "tx_watt": float(settings["watt"] * rng.uniform(0.2, 1.0)),
                }
                for server in range(servers)
            ],
            "links": [
                {"source": str(source), "target": str(target), "gbps": float(rate)}
                for (source, target), rate in zip(ends, rates, strict=True)
            ],
        }
    )


def never() -> bool:
    """Return False: a test that nothing stops."""
    return False
