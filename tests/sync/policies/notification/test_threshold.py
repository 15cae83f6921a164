"""Threshold-triggered notification."""

from __future__ import annotations

from optkit.sync.instance import SyncInstance
from tests.sync.instances import document
from tests.sync.solving import feasible_solution


def test_threshold_notifications_follow_the_rule() -> None:
    """A notification is sent when the error before the decision passes 5 percent."""
    raw = document(slots=30, max_pair_age=29)
    instance = SyncInstance.parse(raw)
    solution = feasible_solution(
        instance, "periodic+threshold", reporting={"period": 1}
    )
    notified = {(n.source, n.target): n.slots for n in solution.notifications}
    # d0 rises by exactly 5 a slot: held from slot 2 on, so 10 more every second slot.
    assert notified["r0", "r1"] == tuple(range(3, 30, 2))
    # d1 falls by 2 a slot, held two slots later: past 5 after three slots.
    assert notified["r1", "r0"] == tuple(range(5, 30, 3))
