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
    draw = np.random.default_rng(seed)
    given = REGIMES[regime]
    ends = [
        (one, other)
        for one in range(servers)
        for other in range(servers)
        if one != other and draw.random() < density
    ]
    low, high = np.log10(given["low"]), np.log10(given["high"])
    rates = 10.0 ** draw.uniform(low, high, len(ends))
    return AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": f"directed {regime} {seed}",
            "provenance": "drawn to be hostile",
            "task": {"size_gbit": 10.0, "gcycles_per_gbit": 1.0},
            "weights": {"time": given["w1"], "energy": given["w2"]},
            "master": "0",
            "servers": [
                {
                    "id": str(server),
                    "ghz": float(draw.uniform(1.0, 10.0)),
                    "capacitance": float(10.0 ** draw.uniform(-4.0, -2.0)),
                    "tx_watt": float(given["watt"] * draw.uniform(0.2, 1.0)),
                }
                for server in range(servers)
            ],
            "links": [
                {"source": str(one), "target": str(other), "gbps": float(rate)}
                for (one, other), rate in zip(ends, rates, strict=True)
            ],
        }
    )
