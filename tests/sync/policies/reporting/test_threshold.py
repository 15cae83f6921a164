"""Threshold-triggered reporting."""

from __future__ import annotations

import optkit
from tests.sync.solving import feasible_solution


def test_threshold_reports_follow_the_rule() -> None:
    """A report is sent exactly when the change passes the threshold, or one is due."""
    instance = optkit.generate("sync", seed=2, load="autoregressive", slots=80)
    options = {"relative": 0.2, "absolute": 3.0}
    solution = feasible_solution(instance, "threshold+on-arrival", reporting=options)
    for device in instance.devices:
        load, last, expected = device.load_percent, 0, [0]
        for t in range(1, 80):
            change = abs(load[t] - load[last])
            if (change > 0.2 * load[last] and change > 3.0) or t - last >= 12:
                expected.append(t)
                last = t
        assert list(solution.reports[device.id]) == expected
