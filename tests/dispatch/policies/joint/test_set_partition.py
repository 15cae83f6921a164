"""The set-partitioning program against brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optkit.dispatch.policies.joint.set_partition import cheapest_partition
from tests.dispatch.instances import crowded_boundary
from tests.dispatch.policies.joint.decisions import decisions


def test_set_partitioning_is_optimal() -> None:
    """The program finds the best of all joint actions."""
    for seed in range(12):
        data, views = crowded_boundary(
            seed, aps=4, servers=3, types=1, arrival=0.25, cloud_speed=2
        )
        decision = decisions(data, views, "keep" if seed % 2 else "split")[0]
        servers_of = cheapest_partition(decision.set_costs(), list(range(4)))
        assert servers_of is not None
        choices = [np.flatnonzero(row).tolist() for row in data.candidate]
        best = min(
            decision.cost(np.array(choice)) for choice in itertools.product(*choices)
        )
        chosen = np.array([servers_of[ap] for ap in range(4)])
        assert decision.cost(chosen) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize("factor", [1e-12, 1e-9, 1e9, 1e12])
def test_the_size_of_costs_does_not_matter(factor: float) -> None:
    """However rarely jobs come, and however dear a full queue is, the best is found."""
    rng = np.random.default_rng(5)
    members, servers = range(5), range(3)
    for _ in range(8):
        costs = {
            (server, frozenset(chosen)): float(rng.uniform(1.0, 3.0) * (size > 0))
            for server in servers
            for size in range(len(members) + 1)
            for chosen in itertools.combinations(members, size)
        }

        def total(choice: tuple[int, ...], costs: dict = costs) -> float:
            return sum(
                costs[server, frozenset(m for m in members if choice[m] == server)]
                for server in servers
            )

        best = min(map(total, itertools.product(servers, repeat=len(members))))
        scaled = {key: factor * cost for key, cost in costs.items()}
        found = cheapest_partition(scaled, list(members))
        assert found is not None
        assert total(tuple(found[m] for m in members)) == pytest.approx(best, rel=1e-9)
