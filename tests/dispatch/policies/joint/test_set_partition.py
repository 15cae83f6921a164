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
