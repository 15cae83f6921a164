"""Allocation problems that were worked out by hand, to hold the checker to."""

from __future__ import annotations

from typing import Any

import pytest

from optkit.allocation.instance import AllocationInstance
from optkit.core.solving.result import Verification

Plain = dict[str, Any]
"""A solution as plain data, to be spoilt."""

Figures = dict[str, tuple[float, float, float]]
"""Time, energy and cost of each server."""


def network(
    size: float,
    work: float,
    weights: tuple[float, float],
    servers: dict[str, tuple[float, float, float]],
    links: dict[tuple[str, str], float],
) -> AllocationInstance:
    """Return an instance from (GHz, capacitance, W) of servers and Gbit/s of links."""
    return AllocationInstance.parse(
        {
            "schema": "optkit/allocation",
            "schema_version": 1,
            "name": "by hand",
            "task": {"size_gbit": size, "gcycles_per_gbit": work},
            "weights": {"time": weights[0], "energy": weights[1]},
            "master": next(iter(servers)),
            "servers": [
                {"id": name, "ghz": ghz, "capacitance": gamma, "tx_watt": watt}
                for name, (ghz, gamma, watt) in servers.items()
            ],
            "links": [
                {"source": source, "target": target, "gbps": rate}
                for (source, target), rate in links.items()
            ],
        }
    )


CHAIN = network(
    6.0,
    2.0,
    (0.5, 0.25),
    {"m": (2, 0.5, 4), "a": (4, 0.25, 2), "b": (1, 1, 8)},
    {("m", "a"): 2, ("a", "b"): 4},
)
CHAIN_PARENT = {"a": "m", "b": "a"}
CHAIN_LOADS = {"m": 1.0, "a": 3.0, "b": 2.0}

# d_a = 1/2, d_b = 1/2 + 1/4 = 3/4; what enters the subtree is 5, what goes on to b is 2.
# m: T = 1·2/2 = 1; E = 0.5·1·2·2² + 4·5/2 = 4 + 10 = 14; J = 0.5·1 + 0.25·14 = 4.
# a first: T = 3/2 + 3·2/4 = 3; E = 0.25·3·2·4² + 2·2/4 = 24 + 1 = 25; J = 1.5 + 6.25.
# b after a: T = 3·1/2 (waits) + 2·3/4 + 2·2/1 = 1.5 + 1.5 + 4 = 7; E = 1·2·2·1 = 4;
#   J = 3.5 + 1 = 4.5.
CHAIN_A_FIRST: Figures = {"m": (1, 14, 4), "a": (3, 25, 7.75), "b": (7, 4, 4.5)}

# b first: T_b = 1.5 + 4 = 5.5, J_b = 2.75 + 1 = 3.75; a waits 2·1/2 = 1: T_a = 4,
#   J_a = 2 + 6.25 = 8.25. The shared way ends at a, which relays: it counts whole.
CHAIN_B_FIRST: Figures = {"m": (1, 14, 4), "a": (4, 25, 8.25), "b": (5.5, 4, 3.75)}

BUSH = network(
    12.0,
    3.0,
    (1.0, 0.5),
    {
        "M": (3, 0.1, 2),
        "A": (1, 0.2, 3),
        "B": (2, 0.5, 1),
        "C": (6, 0.01, 5),
        "D": (1.5, 0.4, 7),
    },
    {("M", "A"): 4, ("A", "C"): 2, ("A", "D"): 1, ("M", "B"): 8},
)
# d_A = 1/4, d_B = 1/8, d_C = 3/4, d_D = 5/4; 5 goes into A's subtree, 4 into B's.
# M: T = 3·3/3 = 3; E = 0.1·3·3·9 + 2·5/4 + 2·4/8 = 8.1 + 2.5 + 1 = 11.6; J = 3 + 5.8.
# D, sent first: T = 2·5/4 + 2·3/1.5 = 2.5 + 4 = 6.5; E = 0.4·2·3·2.25 = 5.4; J = 9.2.
# A, second: T = 2·1/4 + 1/4 + 3 = 3.75; E = 0.2·3 + 3·2/2 + 3·2/1 = 9.6; J = 8.55.
# C, third: T = (2 + 1)·1/4 + 2·3/4 + 2·3/6 = 0.75 + 1.5 + 1 = 3.25;
#   E = 0.01·2·3·36 = 2.16; J = 3.25 + 1.08 = 4.33.
# B, alone in its subtree: T = 4/8 + 4·3/2 = 6.5; E = 0.5·4·3·4 = 24; J = 18.5.
BUSH_FIGURES: Figures = {
    "M": (3, 11.6, 8.8),
    "A": (3.75, 9.6, 8.55),
    "B": (6.5, 24, 18.5),
    "C": (3.25, 2.16, 4.33),
    "D": (6.5, 5.4, 9.2),
}

FORK = network(
    5.0,
    1.0,
    (2.0, 0.0),
    {"M": (1, 1, 1), "A": (1, 1, 1), "B": (2, 1, 1), "C": (2, 1, 1), "D": (4, 1, 1)},
    {("M", "A"): 2, ("A", "B"): 1, ("B", "C"): 4, ("B", "D"): 0.5},
)
# d_A = 0.5, d_B = 1.5, d_C = 1.75, d_D = 3.5; C and D part at B. Order C, B, D, A.
# M: T = 1; E = 1 + 4/2 = 3.                         C: T = 2·1.75 + 1 = 4.5; E = 2·4 = 8.
# B: T = 2·1.5 + 1.5 + 0.5 = 5; E = 4 + 2/4 + 1/0.5 = 6.5.
# D: T = (2 + 1)·1.5 + 3.5 + 0.25 = 8.25; E = 16.
# A has no load and still waits: T = (2 + 1 + 1)·0.5 = 2; E = 4/1 = 4.  J = 2 T.
FORK_FIGURES: Figures = {
    "M": (1, 3, 2),
    "A": (2, 4, 4),
    "B": (5, 6.5, 10),
    "C": (4.5, 8, 9),
    "D": (8.25, 16, 16.5),
}

# Nothing waits and no energy counts: T = y for each. Binding is whoever is within 1e-6.
NEAR_TIE = network(
    3.0 - 1e-8 - 1e-4,
    1.0,
    (1.0, 0.0),
    {"m": (1, 0, 0), "a": (2, 0, 0), "b": (2, 0, 0)},
    {("m", "a"): 2, ("m", "b"): 2},
)
NEAR_TIE_FIGURES: Figures = {
    "m": (1, 0, 1),
    "a": (1 - 1e-8, 0, 1 - 1e-8),
    "b": (1 - 1e-4, 0, 1 - 1e-4),
}

HAND: dict[str, tuple[AllocationInstance, Plain, Figures]] = {
    "chain, a first": (
        CHAIN,
        {"parent": CHAIN_PARENT, "load_gbit": CHAIN_LOADS, "order": {"a": ["a", "b"]}},
        CHAIN_A_FIRST,
    ),
    "chain, b first": (
        CHAIN,
        {"parent": CHAIN_PARENT, "load_gbit": CHAIN_LOADS, "order": {"a": ["b", "a"]}},
        CHAIN_B_FIRST,
    ),
    "bush": (
        BUSH,
        {
            "parent": {"A": "M", "C": "A", "D": "A", "B": "M"},
            "load_gbit": {"M": 3, "A": 1, "B": 4, "C": 2, "D": 2},
            "order": {"A": ["D", "A", "C"], "B": ["B"]},
        },
        BUSH_FIGURES,
    ),
    "fork": (
        FORK,
        {
            "parent": {"A": "M", "B": "A", "C": "B", "D": "B"},
            "load_gbit": {"M": 1, "B": 1, "C": 2, "D": 1},
            "order": {"A": ["C", "B", "D", "A"]},
        },
        FORK_FIGURES,
    ),
    "nearly a tie": (
        NEAR_TIE,
        {
            "parent": {"a": "m", "b": "m"},
            "load_gbit": {"m": 1.0, "a": 1 - 1e-8, "b": 1 - 1e-4},
            "order": {"a": ["a"], "b": ["b"]},
        },
        NEAR_TIE_FIGURES,
    ),
}

DETOUR = network(
    2.0,
    1.0,
    (1.0, 0.0),
    {"m": (1, 0, 0), "a": (1, 0, 0), "b": (1, 0, 0)},
    {("m", "a"): 1, ("m", "b"): 10, ("b", "a"): 10},
)


def agrees(verification: Verification, figures: Figures) -> bool:
    """Say whether a verification has the figures that were worked out by hand."""

    def same(found: Any, right: float) -> bool:
        return bool(found == pytest.approx(right, rel=1e-12, abs=1e-12))

    times, energies, costs = zip(*figures.values(), strict=True)
    metrics = verification.metrics
    return (
        verification.feasible
        and verification.objective is not None
        and same(verification.objective, max(costs))
        and same(metrics["completion_time_s"], max(times))
        and same(metrics["max_energy_j"], max(energies))
        and same(metrics["total_energy_j"], sum(energies))
        and metrics["servers"].keys() == figures.keys()
        and all(
            same(metrics["servers"][name]["time_s"], time)
            and same(metrics["servers"][name]["energy_j"], energy)
            and same(metrics["servers"][name]["cost"], cost)
            for name, (time, energy, cost) in figures.items()
        )
        and metrics["binding_servers"]
        == [name for name in figures if figures[name][2] >= (1 - 1e-6) * max(costs)]
    )
