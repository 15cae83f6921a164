"""The independent checker of sync solutions: it replays them and recomputes everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.solving.result import Verification, Violation
from optkit.sync.check.link_timeline import LinkTimeline, link_timeline
from optkit.sync.check.reconstruction_error import reconstruction_mse
from optkit.sync.check.replay import (
    Devices,
    first_over,
    replay_devices,
    replay_links,
)
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution

LIMIT_TOLERANCE = 1e-9
"""Slots by which an age may pass its limit."""

MOST_SHOWN = 100
"""Most violations that are listed."""


@dataclass(frozen=True, eq=False)
class _Course:
    """What the links of an instance go through.

    Parameters
    ----------
    age, error, cost
        (T,): mean age (eq 9), mean error (11) and mean cost (13).
    mean_age, max_age, mean_error
        (L,): of each pair, over the slots in which it has a link.
    late
        The first links, up to a number, that pass their limit: index, slot and age.
    """

    age: Floats
    error: Floats
    cost: Floats
    mean_age: Floats
    max_age: Floats
    mean_error: Floats
    late: list[tuple[int, int, float]]


def check(instance: SyncInstance, solution: SyncSolution) -> Verification:
    """Replay a solution and recompute its objective.

    Parameters
    ----------
    instance
        The instance.
    solution
        The solution.

    Returns
    -------
    Verification
        Its ``metrics`` are the numbers of reports and notifications, mean ages (eqs 4 and
        9), error (11) and cost (13), the reward (19), and the mean squared error of each
        series redrawn from its reports, in percent squared.
    """
    broken = _malformed(instance, solution)
    if broken:
        return Verification(False, None, tuple(broken[:MOST_SHOWN]))
    reports = [solution.reports.get(device.id, ()) for device in instance.devices]
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    pairs = link_timeline(instance).pairs
    notified = [used.get(pair, ()) for pair in pairs]
    devices = replay_devices(instance, reports)
    links = _course(instance, notified, devices)
    broken = _past_limits(instance, devices, links, pairs)
    sent = sum(map(len, solution.reports.values()))
    weights = instance.weights
    parts = {
        "age": weights.age * float(links.age.sum()) / instance.age_tolerance,
        "error": weights.error * float(links.error.sum()),
        "cost": weights.cost * float(links.cost.sum()),
        "report": weights.report * sent / len(instance.devices),
    }
    return Verification(
        not broken,
        sum(parts.values()),
        tuple(broken[:MOST_SHOWN]),
        _metrics(instance, pairs, reports, notified, devices, links, parts),
    )


def _malformed(instance: SyncInstance, solution: SyncSolution) -> list[Violation]:
    """Return unknown and repeated names, and slots that do not exist or increase."""
    devices = {device.id for device in instance.devices}
    timeline = link_timeline(instance)
    links = set(timeline.pairs)
    pairs = [(entry.source, entry.target) for entry in solution.notifications]
    if (
        solution.reports.keys() <= devices
        and len(set(pairs)) == len(pairs)
        and links.issuperset(pairs)
        and _are_slots(instance, [*solution.reports.values()])
        and _are_slots(instance, [entry.slots for entry in solution.notifications])
        and not (instance.changes and any(_unlinked(timeline, solution)))
    ):
        return []
    named = _named_faults(instance, solution, devices, links)
    return [*named, *_unlinked(timeline, solution)]


def _unlinked(timeline: LinkTimeline, solution: SyncSolution) -> Iterator[Violation]:
    """Yield the first notification of each pair in a slot in which it has no link."""
    spans = timeline.linked_slots()
    for index, entry in enumerate(solution.notifications):
        of_pair = spans.get((entry.source, entry.target))
        for slot in entry.slots if of_pair and len(timeline.spans) > 1 else ():
            if not any(begin <= slot < end for begin, end in of_pair or ()):
                text = (
                    f"there is no link from {entry.source!r} to {entry.target!r} in slot"
                    f" {slot}"
                )
                yield Violation("no-link", f"notifications[{index}].slots", text)
                break


def _are_slots(instance: SyncInstance, groups: Sequence[Sequence[int]]) -> bool:
    """Say whether all slots of all groups exist, and increase within each group."""
    count = sum(map(len, groups))
    if not count:
        return True
    try:
        slots = np.fromiter(chain.from_iterable(groups), np.int64, count)
    except OverflowError:
        return False
    increasing = np.diff(slots) > 0
    starts = np.cumsum([len(group) for group in groups])[:-1]
    starts = starts[(starts > 0) & (starts < count)]
    increasing[starts - 1] = True  # from one group to the next
    return bool(slots.max() < instance.slots and increasing.all())


def _named_faults(
    instance: SyncInstance,
    solution: SyncSolution,
    devices: set[str],
    links: set[tuple[str, str]],
) -> list[Violation]:
    """Return what is wrong with names and slots, one by one."""
    broken = []
    for name, slots in solution.reports.items():
        path = f"reports.{name}"
        if name not in devices:
            text = f"{name!r} is not a device of the instance"
            broken.append(Violation("unknown-device", path, text))
        broken += _wrong_slots(instance, path, slots)
    pairs: set[tuple[str, str]] = set()
    for index, entry in enumerate(solution.notifications):
        path = f"notifications[{index}]"
        pair = (entry.source, entry.target)
        if pair not in links:
            text = f"there is no link from {pair[0]!r} to {pair[1]!r}"
            broken.append(Violation("unknown-link", path, text))
        if pair in pairs:
            text = f"{pair[0]!r} to {pair[1]!r} appears twice; give all its slots once"
            broken.append(Violation("repeated-link", path, text))
        pairs.add(pair)
        broken += _wrong_slots(instance, f"{path}.slots", entry.slots)
    return broken


def _wrong_slots(
    instance: SyncInstance, path: str, slots: Sequence[int]
) -> list[Violation]:
    broken = []
    late = next((slot for slot in slots if slot >= instance.slots), None)
    if late is not None:
        text = f"{late} is not a slot; they are 0 to {instance.slots - 1}"
        broken.append(Violation("slot", path, text))
    for before, after in pairwise(slots):
        if after <= before:
            text = f"{after} follows {before}; slots are strictly increasing"
            broken.append(Violation("order", path, text))
            break
    return broken


def _course(
    instance: SyncInstance, notified: Sequence[Sequence[int]], devices: Devices
) -> _Course:
    """Replay the links; return means over them (eqs 9, 11, 13) and over their slots."""
    limit = instance.max_pair_age + LIMIT_TOLERANCE
    total = [np.zeros(instance.slots) for _ in range(3)]
    of_links: list[list[Floats]] = [[np.zeros(0)], [np.zeros(0)], [np.zeros(0)]]
    late: list[tuple[int, int, float]] = []
    begin = 0
    for block in replay_links(instance, notified, devices):
        # Row by row, so that sums do not depend on the size of the blocks.
        for sums, rows in zip(total, (block.age, block.error, block.cost), strict=True):
            for row in rows:
                sums += row
        linked = block.linked.sum(axis=1)
        of_links[0].append(block.age.sum(axis=1) / linked)
        of_links[1].append(block.age.max(axis=1))
        of_links[2].append(block.error.sum(axis=1) / linked)
        late += [
            (begin + row, slot, age)
            for row, slot, age in islice(
                first_over(block.age, limit), MOST_SHOWN - len(late)
            )
        ]
        begin += len(block.age)
    count = max(1, len(instance.links))
    age, error, cost = total
    return _Course(
        age / count,
        error / count,
        cost / len(instance.routers),
        np.concatenate(of_links[0]),
        np.concatenate(of_links[1]),
        np.concatenate(of_links[2]),
        late,
    )


def _past_limits(
    instance: SyncInstance,
    devices: Devices,
    links: _Course,
    pairs: Sequence[tuple[str, str]],
) -> list[Violation]:
    """Return the first slot in which each age passes its limit (eqs 14a, 14b)."""
    broken = []
    limit = instance.max_device_age + LIMIT_TOLERANCE
    for index, slot, age in islice(first_over(devices.age, limit), MOST_SHOWN):
        device = instance.devices[index]
        text = (
            f"the age of {device.id!r} is {age:g} in slot {slot}, over max_device_age"
            f" {instance.max_device_age:g}"
        )
        broken.append(Violation("device-age", f"reports.{device.id}", text))
    for index, slot, age in links.late:
        source, target = pairs[index]
        text = (
            f"the age of {source!r} at {target!r} is {age:g} in slot"
            f" {slot}, over max_pair_age {instance.max_pair_age:g}"
        )
        broken.append(Violation("pair-age", "notifications", text))
    return broken


def _metrics(
    instance: SyncInstance,
    names: Sequence[tuple[str, str]],
    reports: Sequence[Sequence[int]],
    notified: Sequence[Sequence[int]],
    devices: Devices,
    links: _Course,
    parts: dict[str, float],
) -> dict[str, Any]:
    weights = instance.weights
    reward = -(
        weights.age * np.tanh(links.age / instance.age_tolerance)
        + weights.error * links.error
        + weights.cost * links.cost
    )
    errors = [
        reconstruction_mse(instance.reconstruction, load, slots)
        for load, slots in zip(devices.load, reports, strict=True)
    ]
    pairs: dict[str, dict[str, Any]] = {}
    for (source, target), slots, mean_age, max_age, mean_error in zip(
        names,
        notified,
        links.mean_age.tolist(),
        links.max_age.tolist(),
        links.mean_error.tolist(),
        strict=True,
    ):
        pairs.setdefault(source, {})[target] = {
            "notifications": len(slots),
            "mean_age": mean_age,
            "max_age": max_age,
            "mean_error": mean_error,
        }
    sent = sum(map(len, reports))
    return {
        "mean_age": float(links.age.mean()),
        "mean_error": float(links.error.mean()),
        "mean_cost": float(links.cost.mean()),
        "mean_device_age": float(np.mean(devices.age.mean(axis=1))),
        "mean_reward": float(reward.mean()),
        "reward": float(reward.sum()),
        "reports_sent": sent,
        "reports_per_device": sent / len(instance.devices),
        "notifications": sum(map(len, notified)),
        "reconstruction_mse": float(np.mean(errors)),
        "objective_parts": parts,
        "devices": {
            device.id: {"reports": len(slots), "reconstruction_mse": error}
            for device, slots, error in zip(
                instance.devices, reports, errors, strict=True
            )
        },
        "links": pairs,
    }
