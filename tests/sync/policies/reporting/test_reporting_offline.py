"""The clairvoyant reporting policy."""

from __future__ import annotations

import numpy as np

from optkit.sync.exact.report_selection import error_bound
from optkit.sync.policies.reporting.reporting_offline import ReportingOfflineReporting
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import problem_data
from optkit.sync.problem.reconstruction import Method, reconstruction_mse
from tests.sync.exact.tiny_instances import tiny

METHODS: tuple[Method, ...] = ("pchip", "cubic")


def test_reporting_offline_beats_equal_spacing_on_its_own_measure() -> None:
    """It is no worse than periodic with as many reports, for both curves."""
    instance = tiny(5, slots=120, devices=3, max_device_age=12.0, max_pair_age=20.0)
    data = problem_data(instance)
    for method in METHODS:
        options = ReportingOfflineReporting.Options(period=4, reconstruction=method)
        policy = ReportingOfflineReporting(options)
        reports = policy.plan(data, np.random.default_rng(0), lambda: False)
        assert held_values(data, reports).age.max() <= data.max_device_age
        even = np.arange(0, 120, 4)
        for load, slots in zip(data.loads, reports, strict=True):
            assert len(slots) <= len(even)
            drawn = reconstruction_mse(method, load, slots)
            # Even spacing in the test starts in slot 0, which everybody knows anyway.
            assert drawn <= reconstruction_mse(method, load, even) * 1.05
            assert drawn >= error_bound(load, len(slots), method) - 1e-9
