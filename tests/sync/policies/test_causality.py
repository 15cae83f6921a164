"""No policy that decides slot by slot knows the future: it changes, and nothing moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optkit.core.arrays import Ints
from optkit.sync.policies.base import (
    DeviceByDevice,
    NotificationPolicy,
    ReportingPolicy,
    notification_policies,
    reporting_policies,
)
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data
from tests.sync.instances import random_instance

REPORTING = [p for p in reporting_policies().values() if p.causal]
NOTIFICATION = [p for p in notification_policies().values() if p.causal]


def _never() -> bool:
    return False


def _plan_reports(policy: type[ReportingPolicy], data: ProblemData) -> list[Ints]:
    return policy().plan(data, np.random.default_rng(3), _never)


def _plan_notifications(
    policy: type[NotificationPolicy], data: ProblemData, reports: list[Ints]
) -> list[Ints]:
    held = held_values(data, reports)
    return policy().plan(data, held, np.random.default_rng(3), _never)


def _with_another_future(data: ProblemData, slot: int, seed: int) -> ProblemData:
    """Return a world whose loads are drawn anew from a slot on, wildly."""
    rng = np.random.default_rng(seed)
    loads = data.loads.copy()
    loads[:, slot:] = rng.uniform(0.0, 100.0, loads[:, slot:].shape)
    return replace(data, loads=loads)


def _before(slots: list[Ints], slot: int) -> list[list[int]]:
    return [chosen[chosen < slot].tolist() for chosen in slots]


def _worlds() -> list[ProblemData]:
    return [problem_data(random_instance(seed, slots=40)) for seed in range(6)]


def _id(policy: type[ReportingPolicy] | type[NotificationPolicy]) -> str:
    return policy.name


@pytest.mark.parametrize("policy", REPORTING, ids=_id)
def test_reports_do_not_know_the_future(policy: type[ReportingPolicy]) -> None:
    """Reports before a slot do not depend on loads from that slot on."""
    for seed, data in enumerate(_worlds()):
        planned = _plan_reports(policy, data)
        for slot in (1, 9, 30):
            changed = _with_another_future(data, slot, seed)
            other = _plan_reports(policy, changed)
            assert _before(other, slot) == _before(planned, slot), f"slot {slot}"


@pytest.mark.parametrize("policy", REPORTING, ids=_id)
def test_devices_do_not_know_each_other(policy: type[ReportingPolicy]) -> None:
    """A device's reports depend only on its own samples."""
    for seed, data in enumerate(_worlds()):
        planned = _plan_reports(policy, data)
        rng = np.random.default_rng(seed)
        loads = rng.uniform(0.0, 100.0, data.loads.shape)
        loads[0] = data.loads[0]
        other = _plan_reports(policy, replace(data, loads=loads))
        assert other[0].tolist() == planned[0].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("policy", NOTIFICATION, ids=_id)
def test_notifications_do_not_know_the_future(
    policy: type[NotificationPolicy],
) -> None:
    """Notifications before a slot do not depend on anything that arrives later.

    Loads change, and so do reports: some that were sent from the slot on are not.
    """
    for seed, data in enumerate(_worlds()):
        every_slot = np.arange(data.slots)
        rng = np.random.default_rng(seed)
        reports = [
            np.union1d(every_slot[rng.random(data.slots) < 0.4], [0])
            for _ in range(data.devices)
        ]
        data = replace(data, max_device_age=1e9, max_pair_age=30.0)
        planned = _plan_notifications(policy, data, reports)
        for slot in (1, 9, 30):
            changed = _with_another_future(data, slot, seed)
            fewer = [slots[(slots < slot) | (slots % 2 == 0)] for slots in reports]
            other = _plan_notifications(policy, changed, fewer)
            assert _before(other, slot) == _before(planned, slot), f"slot {slot}"


@pytest.mark.slow
@pytest.mark.parametrize("policy", NOTIFICATION, ids=_id)
def test_routers_know_what_arrived_and_no_more(
    policy: type[NotificationPolicy],
) -> None:
    """Loads that were never reported do not affect notifications."""
    for seed, data in enumerate(_worlds()):
        reports = [np.arange(0, data.slots, 3) for _ in range(data.devices)]
        data = replace(data, max_device_age=1e9, max_pair_age=30.0)
        rng = np.random.default_rng(seed)
        loads = rng.uniform(0.0, 100.0, data.loads.shape)
        loads[:, ::3] = data.loads[:, ::3]
        planned = _plan_notifications(policy, data, reports)
        other = _plan_notifications(policy, replace(data, loads=loads), reports)
        assert [s.tolist() for s in other] == [s.tolist() for s in planned]


class _Peeker(DeviceByDevice):
    name = "peeker"

    def decide(self, view, rng):  # type: ignore[no-untyped-def]
        return np.flatnonzero(view.samples >= view.samples.max() * 0.9)


def test_a_policy_that_peeks_is_caught() -> None:
    """The test of causality fails for a policy that looks ahead."""
    with pytest.raises(AssertionError):
        test_reports_do_not_know_the_future(_Peeker)


def test_there_is_something_to_test() -> None:
    """The tests of causality cover the known policies."""
    assert {"periodic", "threshold", "gradient"} <= {p.name for p in REPORTING}
    assert {"periodic", "threshold", "random", "rent-or-buy"} <= {
        p.name for p in NOTIFICATION
    }
