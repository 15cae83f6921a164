"""The longest gaps between reports."""

from __future__ import annotations

import numpy as np

from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.report_gaps import longest_gap
from tests.sync.instances import document, random_instance


def test_the_longest_gap_is_the_longest() -> None:
    """One more slot between reports breaks a limit."""
    tight = 0
    for seed in range(60):
        instance = random_instance(seed, slots=30)
        data = problem_data(instance)
        gaps = longest_gap(data)
        if data.max_pair_age < 29 or (gaps >= 30 - data.transmit - 1).any():
            continue
        tight += 1
        reports = [np.arange(0, 30, gap) for gap in gaps]
        assert held_values(data, reports).age.max() <= data.max_device_age
        for device in range(data.devices):
            rarer = list(reports)
            rarer[device] = np.arange(0, 30, gaps[device] + 1)
            assert held_values(data, rarer).age[device].max() > data.max_device_age
    for limit, gap in ((2.1, 1), (3.09, 1), (3.1, 2), (5.6, 4)):
        data = problem_data(SyncInstance.parse(document(slots=20, max_pair_age=limit)))
        assert longest_gap(data).tolist() == [min(gap + 1, 12), gap], limit
    assert tight == 0 or tight > 3
