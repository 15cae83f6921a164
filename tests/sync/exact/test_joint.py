"""The joint table of a router."""

from __future__ import annotations

import pytest

from optkit.sync.check.brute_force import brute_force
from optkit.sync.exact.joint import joint_optimum, states
from optkit.sync.exact.router import source_routers
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import tiny


@pytest.mark.slow
def test_over_all_reports_the_joint_table_finds_the_optimum() -> None:
    """The joint table finds the brute-force optimum over all reports."""
    together = 0
    for seed in range(120):
        instance = tiny(seed, slots=5, devices=2)
        data = problem_data(instance)
        routers = source_routers(data)
        if max(map(states, routers)) > 50_000:
            continue
        together += max(len(router.devices) for router in routers) > 1
        least = brute_force(instance)
        total = sum(
            plan.cost
            for router in routers
            if (plan := joint_optimum(router)) is not None
        )
        assert total == pytest.approx(least, abs=1e-9), seed
    assert together > 10
