"""The promises of sync's policies, as tests; the same for ours and for yours.

Each function takes the class of a policy and raises an AssertionError if the policy breaks
the promise. :func:`optkit.testing.check_policy` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.solver import Kind
from optkit.sync.check.checker import check
from optkit.sync.data.generate import GeneratorOptions, generate
from optkit.sync.instance import SyncInstance
from optkit.sync.policies.base import NotificationPolicy, Policy, ReportingPolicy
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import ProblemData, problem_data

PolicyClass = type[Policy]

SLOTS = 40

TURNS = (1, 9, 30)
"""Slots from which the future is changed."""

_WORLDS: tuple[dict[str, Any], ...] = (
    {"routers": 2, "devices": 2},
    {"routers": 3, "devices": 5, "load": "autoregressive"},
    {"routers": 1, "devices": 3},
    {"routers": 2, "devices": 4, "transmit": 3, "max_device_age": 6.0},
    {"routers": 3, "devices": 3, "max_pair_age": 8.0, "weight_report": 0.2},
    {"routers": 2, "devices": 3, "load": "autoregressive", "transmit": 0},
)


def _instances() -> Iterator[SyncInstance]:
    for seed, settings in enumerate(_WORLDS):
        options = GeneratorOptions.model_validate({"slots": SLOTS, **settings})
        yield SyncInstance.parse(generate(options, seed))


def _never() -> bool:
    return False


def _reports(policy: type[ReportingPolicy], data: ProblemData) -> list[Ints]:
    return policy().plan(data, np.random.default_rng(3), _never)


def _notifications(
    policy: type[NotificationPolicy], data: ProblemData, reports: list[Ints]
) -> list[Ints]:
    held = held_values(data, reports)
    return policy().plan(data, held, np.random.default_rng(3), _never)


def _some_reports(data: ProblemData, seed: int) -> list[Ints]:
    """Return reports at random, the first in slot 0."""
    rng = np.random.default_rng(seed)
    slots = np.arange(data.slots)
    return [
        np.union1d(slots[rng.random(data.slots) < 0.4], [0])
        for _ in range(data.devices)
    ]


def _relaxed(data: ProblemData) -> ProblemData:
    """Return a world in which any reports are allowed."""
    return replace(data, max_device_age=1e9, max_pair_age=30.0)


def _with_another_future(data: ProblemData, slot: int, seed: int) -> ProblemData:
    """Return a world whose loads are drawn anew from a slot on, wildly."""
    rng = np.random.default_rng(seed)
    loads = data.loads.copy()
    loads[:, slot:] = rng.uniform(0.0, 100.0, loads[:, slot:].shape)
    return replace(data, loads=loads)


def _before(slots: list[Ints], slot: int) -> list[list[int]]:
    return [chosen[chosen < slot].tolist() for chosen in slots]


def _lists(slots: list[Ints]) -> list[list[int]]:
    return [chosen.tolist() for chosen in slots]


def declares_itself(policy: PolicyClass) -> None:
    """The policy has name, kind and reference, and describes every option."""
    assert policy.name
    assert policy.name == policy.name.lower()
    assert "+" not in policy.name
    assert isinstance(policy.kind, Kind)
    assert policy.reference
    assert issubclass(policy.Options, Options)
    for name, field in policy.Options.model_fields.items():
        assert field.description, f"option {name!r} of {policy.name} is not described"
        assert not field.is_required(), f"option {name!r} of {policy.name}: no default"


def does_not_know_the_future(policy: PolicyClass) -> None:
    """Decisions before a slot do not depend on anything from that slot on.

    Loads change from the slot on and, for notifications, so do reports.
    """
    if not policy.causal:
        return
    for seed, instance in enumerate(_instances()):
        data = problem_data(instance)
        planned, other = _decisions(policy, data, seed)
        for slot in TURNS:
            assert _before(other(slot), slot) == _before(planned, slot), (
                f"{policy.name}: a decision before slot {slot} of {instance.name} depends"
                " on what happens later"
            )


def _decisions(
    policy: PolicyClass, data: ProblemData, seed: int
) -> tuple[list[Ints], Callable[[int], list[Ints]]]:
    """Return what is decided, and a function that decides with another future."""
    if issubclass(policy, ReportingPolicy):
        return _reports(policy, data), lambda slot: _reports(
            policy, _with_another_future(data, slot, seed)
        )
    assert issubclass(policy, NotificationPolicy)
    world, reports = _relaxed(data), _some_reports(data, seed)

    def other(slot: int) -> list[Ints]:
        fewer = [chosen[(chosen < slot) | (chosen % 2 == 0)] for chosen in reports]
        return _notifications(policy, _with_another_future(world, slot, seed), fewer)

    return _notifications(policy, world, reports), other


def knows_what_reached_it_only(policy: PolicyClass) -> None:
    """A device knows its own samples, and a router what was reported to it."""
    if not policy.causal:
        return
    for seed, instance in enumerate(_instances()):
        data = problem_data(instance)
        loads = np.random.default_rng(seed).uniform(0.0, 100.0, data.loads.shape)
        if issubclass(policy, ReportingPolicy):
            for device in (0, data.devices - 1):
                others = loads.copy()
                others[device] = data.loads[device]
                planned = _reports(policy, data)[device]
                other = _reports(policy, replace(data, loads=others))[device]
                assert other.tolist() == planned.tolist(), (
                    f"{policy.name}: reports of a device depend on other devices' loads"
                )
        else:
            assert issubclass(policy, NotificationPolicy)
            world = _relaxed(data)
            reports = [np.arange(0, data.slots, 3) for _ in range(data.devices)]
            loads[:, ::3] = data.loads[:, ::3]
            planned_slots = _notifications(policy, world, reports)
            other_slots = _notifications(policy, replace(world, loads=loads), reports)
            assert _lists(other_slots) == _lists(planned_slots), (
                f"{policy.name}: notifications depend on loads that were never reported"
            )


def same_seed_same_plan(policy: PolicyClass) -> None:
    """The same random numbers give the same decisions, of a fresh policy each time."""
    for seed, instance in enumerate(_instances()):
        data = problem_data(instance)
        if issubclass(policy, ReportingPolicy):
            first, second = _reports(policy, data), _reports(policy, data)
        else:
            assert issubclass(policy, NotificationPolicy)
            reports = _some_reports(data, seed)
            first = _notifications(policy, _relaxed(data), reports)
            second = _notifications(policy, _relaxed(data), reports)
        assert _lists(first) == _lists(second), f"{policy.name}: two runs differ"


def keeps_the_limits(policy: PolicyClass) -> None:
    """Whatever it decides, the checker finds every age within its limit."""
    from optkit.sync.solvers.composition import DEFAULT_NOTIFICATION, DEFAULT_REPORTING

    for instance in _instances():
        data = problem_data(instance)
        halves = _with_default(policy, DEFAULT_REPORTING, DEFAULT_NOTIFICATION)
        reports = _reports(halves[0], data)
        notifications = _notifications(halves[1], data, reports)
        verdict = check(instance, solution(instance, reports, notifications))
        assert verdict.feasible, (
            f"{policy.name}: {[str(v) for v in verdict.violations]}"
        )


def _with_default(
    policy: PolicyClass, reporting: str, notification: str
) -> tuple[type[ReportingPolicy], type[NotificationPolicy]]:
    """Return a policy with the default for the other half."""
    from optkit.sync.policies.base import notification_policies, reporting_policies

    if issubclass(policy, ReportingPolicy):
        return policy, notification_policies()[notification]
    assert issubclass(policy, NotificationPolicy)
    return reporting_policies()[reporting], policy


POLICY_CONTRACT: tuple[Callable[[Any], None], ...] = (
    declares_itself,
    does_not_know_the_future,
    knows_what_reached_it_only,
    same_seed_same_plan,
    keeps_the_limits,
)
"""A test for each promise."""
