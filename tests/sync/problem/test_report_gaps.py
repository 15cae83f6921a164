"""The longest gaps between reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.sync.instance import SyncInstance
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.report_gaps import longest_gap
from tests.sync.instances import document, random_instance


def test_a_longer_gap_breaks_the_limit_on_a_device() -> None:
    """The longest gap keeps the limit on a device's age, and one more slot breaks it."""
    binding = 0
    for seed in range(60):
        data = problem_data(random_instance(seed, slots=30))
        data = replace(data, max_pair_age=100.0)
        gaps = longest_gap(data)
        reports = [np.arange(0, 30, gap) for gap in gaps]
        assert held_values(data, reports).age.max() <= data.max_device_age
        for device, gap in enumerate(gaps):
            if gap + data.transmit[device] >= 30:
                continue
            binding += 1
            rarer = list(reports)
            rarer[device] = np.arange(0, 30, gap + 1)
            assert held_values(data, rarer).age[device].max() > data.max_device_age
    assert binding > 100


def test_the_limit_on_pairs_shortens_the_gaps() -> None:
    """Gaps are as long as the mean age at a router and the residence time allow."""
    for limit, gap in ((2.1, 1), (3.09, 1), (3.1, 2), (5.6, 4)):
        data = problem_data(SyncInstance.parse(document(slots=20, max_pair_age=limit)))
        assert longest_gap(data).tolist() == [min(gap + 1, 12), gap], limit
