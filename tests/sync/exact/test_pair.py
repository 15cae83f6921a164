"""One device and one class of links."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.sync.exact.joint import joint_optimum
from optkit.sync.exact.pair import pair_path
from optkit.sync.exact.router import source_routers
from optkit.sync.problem.problem_data import problem_data
from tests.sync.exact.tiny_instances import tiny


def test_one_device_and_like_links_are_solved_by_the_pair_alone() -> None:
    """One device and one class of links are solved exactly by the pair."""
    solved = 0
    for seed in range(150):
        instance = tiny(seed, slots=9, devices=1, max_device_age=4.0, max_pair_age=6.0)
        for router in source_routers(problem_data(instance)):
            if len(router.classes) != 1:
                continue
            group = router.classes[0]
            report = np.full(router.slots, router.report)
            path = pair_path(router, 0, group, report, np.full(router.slots, group.fee))
            joint = joint_optimum(router)
            assert joint is not None
            assert path.cost == pytest.approx(joint.cost, abs=1e-9), seed
            solved += 1
    assert solved > 40
