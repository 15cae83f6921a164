"""The contract of sync's policies: ours keep it, and those that cheat are caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.sync import (
    DeviceByDevice,
    DeviceSoFar,
    LinkSoFar,
    SlotBySlotNotification,
    SlotBySlotReporting,
)
from optkit.sync.policies.base import notification_policies, reporting_policies
from optkit.sync.solvers.base import PolicyOptions
from optkit.sync.solvers.composition import policy_pair
from optkit.sync.testing.policy_contract import (
    does_not_know_the_future,
    keeps_the_limits,
    knows_what_reached_it_only,
)
from optkit.testing import check_policy, policy_checks
from tests.dispatch.policies.test_policy_contract import _example
from tests.small import instance

OURS = [*reporting_policies().values(), *notification_policies().values()]


@pytest.mark.slow
@pytest.mark.parametrize("check", policy_checks(OURS), ids=str)
def test_our_policies_keep_the_contract(check: Any) -> None:
    """No policy that decides slot by slot knows the future, or more than reached it."""
    check()


def test_there_is_something_to_test() -> None:
    """The contract is tested on the known policies, and few call themselves clairvoyant."""
    causal = {policy.name for policy in OURS if policy.causal}
    assert {"periodic", "threshold", "gradient", "random", "rent-or-buy"} <= causal
    assert {policy.name for policy in OURS} - causal == {
        "exact-offline",
        "reporting-offline",
    }


class _Always(SlotBySlotReporting):
    name = "always"
    kind = optkit.Kind.BASELINE
    reference = "this test"

    def report(self, seen: DeviceSoFar, rng: np.random.Generator) -> bool:
        return True


class _Never(SlotBySlotNotification):
    name = "never"
    kind = optkit.Kind.BASELINE
    reference = "this test"

    def notify(self, seen: LinkSoFar, rng: np.random.Generator) -> bool:
        return False


def _solve(reporting: Any, notification: Any) -> optkit.Result:
    pair = policy_pair("pair", reporting, notification, PolicyOptions)
    return optkit.solve(instance("sync"), pair)


def test_the_examples_keep_the_contract() -> None:
    """The policies of the example package pass its tests, and make a solver."""
    example = _example()
    for policy in (example.Drift, example.Patient):
        check_policy(policy)
    answer = _solve(example.Drift, example.Patient)
    assert answer.verification is not None
    assert answer.verification.feasible


def test_what_is_handed_out_ends_at_the_slot() -> None:
    """Neither the arrays nor the memory behind them hold anything of later slots."""
    ended: list[int] = []

    class Curious(_Always):
        def report(self, seen: DeviceSoFar, rng: np.random.Generator) -> bool:
            assert len(seen.samples) == seen.slot + 1
            whole = seen.samples.base
            assert whole is None or np.isnan(whole[seen.slot + 1 :]).all()
            with pytest.raises(ValueError, match="read-only"):
                seen.samples[0] = 0.0
            ended.append(seen.slot)
            return super().report(seen, rng)

    class Nosy(_Never):
        def notify(self, seen: LinkSoFar, rng: np.random.Generator) -> bool:
            assert len(seen.values) == len(seen.fresh) == seen.slot + 1
            for array in (seen.values, seen.fresh):
                whole = array.base
                assert whole is None or not np.nan_to_num(whole[seen.slot + 1 :]).any()
            ended.append(seen.slot)
            return super().notify(seen, rng)

    _solve(Curious, Nosy)
    assert ended


def test_slot_by_slot_is_as_by_whole_arrays() -> None:
    """The threshold policies, written slot by slot, decide as the compiled loops do."""

    class Threshold(_Always):
        name = "threshold-by-slot"

        def report(self, seen: DeviceSoFar, rng: np.random.Generator) -> bool:
            if seen.last_report is None:
                return True
            last = seen.samples[seen.last_report]
            change = abs(seen.samples[seen.slot] - last)
            return bool(change > 0.1 * last and change > 0.0)

    class Error(_Never):
        name = "error-by-slot"

        def notify(self, seen: LinkSoFar, rng: np.random.Generator) -> bool:
            return seen.error > 5.0

    ours = optkit.solve(instance("sync"), "threshold+threshold")
    assert _solve(Threshold, Error).solution == ours.solution


def test_policies_that_cheat_are_caught() -> None:
    """One that looks ahead, one that reads the others' loads, one that breaks limits."""

    class Peeker(DeviceByDevice):
        name = "peeker"

        def decide(self, view: Any, rng: Any) -> Any:
            return np.flatnonzero(view.samples >= view.samples.max() * 0.9)

    class Spy(_Always):
        name = "spy"

        def plan(self, data: Any, rng: Any, should_stop: Any) -> Any:
            above = data.loads.mean(axis=0) > 50.0
            return [np.flatnonzero(above | (data.loads[0] > 0))] + [
                np.flatnonzero(above) for _ in range(data.devices - 1)
            ]

    class Mute(_Always):
        name = "mute"

        def plan(self, data: Any, rng: Any, should_stop: Any) -> Any:
            return [np.empty(0, dtype=np.int64)] * data.devices

    with pytest.raises(AssertionError, match="depends on what happens later"):
        does_not_know_the_future(Peeker)
    with pytest.raises(AssertionError, match="depend on other devices"):
        knows_what_reached_it_only(Spy)
    with pytest.raises(AssertionError, match="mute"):
        keeps_the_limits(Mute)
    check_policy(_Always)
    check_policy(_Never)
