"""Periodic reporting."""

from __future__ import annotations

import optkit
from tests.sync.solving import feasible_solution


def test_periodic_reports_are_periodic() -> None:
    """With period 4, 300 slots have 75 reports, the first in slot 0."""
    instance = optkit.generate("sync", seed=1)
    solution = feasible_solution(instance, "periodic")
    assert all(slots == tuple(range(0, 300, 4)) for slots in solution.reports.values())
    notified = {entry.slots for entry in solution.notifications}
    assert notified == {tuple(range(1, 300, 4))}
