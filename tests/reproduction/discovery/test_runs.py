"""Every reproduction of the discovery paper runs, on networks like the paper's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optkit.core.solving.family import resolve
from optkit.discovery.data import physics
from optkit.discovery.data.migrating_network import hop_counts
from optkit.plotting.output import picture_files
from optkit.reproduction.discovery import REPRODUCTIONS, cycles, packets, thresholds
from optkit.reproduction.discovery.heuristics import holm, p_value
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Context, Reproduction, Settings, Verdict


def context(name: str = "test", seed: int = 0) -> Context:
    """Return the surroundings of a quick run."""
    return Context(name, Settings(seed=seed, quick=True), 1)


@pytest.mark.parametrize("reproduction", REPRODUCTIONS, ids=lambda one: one.name)
def test_quick_run(reproduction: Reproduction) -> None:
    """Each reproduction ends with judged claims, finite tables and drawable pictures."""
    found = resolve(reproduction.function)(context(reproduction.name))
    assert found.claims
    assert {claim.verdict for claim in found.claims} <= set(Verdict)
    assert all(claim.measured and "nan" not in claim.measured for claim in found.claims)
    assert found.parameters["networks"]
    for table in (*found.tables.values(), *found.data.values()):
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.columns)
            numbers = [cell for cell in row if isinstance(cell, float)]
            assert all(type(cell) is float and np.isfinite(cell) for cell in numbers)
    assert found.pictures
    for picture in found.pictures:
        assert len(picture.caption) > 40
    drawn = picture_files(found.pictures[-1], "svg", "png")
    assert drawn["png"].startswith(b"\x89PNG")
    assert b"<svg" in drawn["svg"]


def test_same_seed_same_figures() -> None:
    """The seed alone decides the networks and what is found on them."""
    tables = [
        thresholds.study(context(seed=seed)).runs[0].values["energy"]
        for seed in (3, 3, 4)
    ]
    assert tables[0] == tables[1] != tables[2]


def test_packets_are_those_of_the_physics() -> None:
    """Updates are found again exactly, hops to within the last ring, from an instance."""
    drawn = network(context(), "packets", windows=1)
    run = cycles.measured(context().solve(drawn, "price"))
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


def test_required_stays_reachable() -> None:
    """No threshold of self-directed mode is above what all nodes reach in it."""
    drawn = network(context(), "reach", windows=1, accuracy_scope="horizon")
    most = thresholds.reached(drawn)
    assert thresholds.required(drawn, "self", 0.1).required_accuracy.self_ == 0.1
    capped = thresholds.required(drawn, "self", 0.9)
    assert capped.required_accuracy.self_ == pytest.approx(most)
    assert context().solve(capped, "bilevel-exact").objective is not None


def test_holm() -> None:
    """Adjusted p-values grow with the number of tests and keep their order."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert p_value(np.ones(5), np.ones(5)) == 1.0
    assert p_value(np.zeros(8), np.arange(1.0, 9.0)) < 0.01
    assert p_value(np.arange(1.0, 9.0), np.zeros(8)) > 0.9


def test_an_optimum_is_proven_where_prices_leave_a_gap() -> None:
    """Where the decomposition proves nothing, the exact solver is asked."""
    surroundings = context()
    drawn = network(surroundings, "gap", windows=1)
    first = surroundings.solve(drawn, "price")
    asked = []

    def solve(instance: object, solver: str, **others: object) -> object:
        asked.append(solver)
        return replace(first, bound=None) if solver == "price" else first

    surroundings.solve = solve  # type: ignore[method-assign, assignment]
    assert cycles.optimal(surroundings, drawn) is first
    assert asked == ["price", "bilevel-exact"]
