"""Gradient-adaptive reporting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import optkit
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.reporting.gradient import gradient
from tests.sync.instances import document
from tests.sync.solving import feasible_solution


def test_gradient_is_that_of_the_spline() -> None:
    """(15) is the slope plus λ times the curvature of the window's spline at its end."""
    load = np.random.default_rng(0).uniform(0, 100, 30)
    slopes = gradient(load, 8, 0.5)
    assert slopes[0] == 0.0
    assert slopes[1] == pytest.approx(load[1] - load[0])
    for t in range(3, 30):
        window = load[max(0, t - 7) : t + 1]
        spline = CubicSpline(range(len(window)), window, bc_type="not-a-knot")
        end = len(window) - 1
        assert slopes[t] == pytest.approx(spline(end, 1) + 0.5 * spline(end, 2))


def test_gradient_reports_follow_the_rule() -> None:
    """A report is sent as soon as the last one is an interval (16) old."""
    instance = optkit.generate("sync", seed=3, slots=120)
    options = {"longest": 9.0, "sensitivity": 0.3}
    solution = feasible_solution(instance, "gradient", reporting=options)
    for device in instance.devices:
        slope = gradient(np.array(device.load_percent), 8, 0.5)
        last, expected = 0, [0]
        for t in range(1, 120):
            if t - last >= max(1.0, 9.0 / (1.0 + 0.3 * abs(slope[t]))):
                expected.append(t)
                last = t
        assert list(solution.reports[device.id]) == expected


def test_gradient_minds_falls_as_much_as_rises() -> None:
    """With |G|, a load and its mirror image are reported in the same slots."""
    raw = document(slots=40, max_device_age=39, max_pair_age=39)
    wave = (50.0 + 40.0 * np.sin(np.arange(40) / 3.0)).tolist()
    flipped = [100.0 - load for load in wave]
    report_slots = []
    for series in (wave, flipped):
        raw["devices"][0]["load_percent"] = series
        report_slots.append(
            feasible_solution(SyncInstance.parse(raw), "gradient").reports["d0"]
        )
    assert report_slots[0] == report_slots[1]
    assert 5 < len(report_slots[0]) < 40
