"""Claims on Fig. 16, and the packets behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optkit.discovery.data import physics
from optkit.discovery.data.migrating_network import hop_counts
from optkit.reproduction.discovery import (
    cycles,
    packets,
)
from optkit.reproduction.discovery.networks import network
from tests.reproduction.discovery.cases import (
    COUNT,
    FAILS,
    HOLDS,
    RUNS,
    quick_context,
    verdicts,
)


def sent(sign: float, accuracy: float, nodes: float) -> Any:
    """Return runs of Fig. 16 with messages that rise or fall with the energy."""
    place = np.arange(COUNT, dtype=float)
    # An order of its own: neither along the cycles nor against them.
    shuffled = np.random.default_rng(1).permutation(COUNT).astype(float)
    one = packets.Packets(
        updates=50.0 + sign * place,
        hops=50.0 + sign * place,
        energy=100.0 + 10.0 * place,
        accuracy_agent=0.5 + 0.01 * shuffled,
        accuracy_self=40.0 + accuracy * place,
        nodes=50.0 + nodes * place + (1.0 - abs(nodes)) * shuffled,
    )
    return {0.2: [one] * RUNS, 0.7: [one] * RUNS}


def test_fig_16() -> None:
    """Claims on messages hold if energy and accuracy depend on them, and only then."""
    found = verdicts(packets.claims(sent(1.0, -0.01, 0.0)))
    assert found == [HOLDS, HOLDS, HOLDS, HOLDS, FAILS]
    found = verdicts(packets.claims(sent(-1.0, -1.99, 0.0)))
    assert found == [FAILS, FAILS, FAILS, FAILS, FAILS]
    mixed = sent(1.0, -0.01, 1.0)
    hops = np.random.default_rng(2).permutation(COUNT).astype(float)
    other = {
        rate: [replace(one, hops=hops) for one in listed]
        for rate, listed in mixed.items()
    }
    assert packets.claims(other)[4].verdict is HOLDS


def test_packets_are_those_of_the_physics() -> None:
    """Updates are recovered exactly from an instance, hops up to the last ring."""
    drawn = network(quick_context(), "packets", windows=1)
    run = cycles.measured(quick_context().solve(drawn, "price"))
    here = np.flatnonzero(drawn.present[0])
    count = len(here)
    ring = np.zeros((count, count), dtype=bool)
    for i in range(count):  # every node has two neighbours
        ring[i, (i + 1) % count] = ring[(i + 1) % count, i] = True
    shares = physics.hop_shares(hop_counts(ring))
    far = np.full(count, shares.shape[1] - 1.0)
    one = physics.request_energy(count, shares, far, 0.12, 0.12)
    requests = np.arange(count) % 3 * 1.0
    changes = np.linspace(0.5, 2.0, count)
    per_second = [
        packets._changes_per_second(
            {key: float(value) for key, value in (drawn.physics or {}).items()},
            drawn.resources.index(str(drawn.demand[0][i])),
        )
        for i in here
    ]
    updates = 2.0 * np.array(per_second) / changes

    def spread(values: np.ndarray) -> tuple[tuple[float, ...]]:
        whole = np.zeros(len(drawn.nodes))
        whole[here] = values
        return (tuple(float(x) for x in whole),)

    known = drawn.model_copy(
        update={
            "accuracy_agent": spread(physics.agent_accuracy(changes)),
            "energy_agent": spread(physics.agent_energy(requests, updates, 0.12, 0.12)),
            "energy_self": spread(physics.self_energy(requests, one)),
        }
    )
    found = packets.packets(known, run)
    assert found.updates[0] == pytest.approx(updates.mean(), rel=1e-9)
    hops = physics.mean_hops(shares)[0]
    assert found.hops[0] == pytest.approx(hops - shares[0, -1], rel=1e-9)
