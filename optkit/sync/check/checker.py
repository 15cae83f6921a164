"""The independent checker of sync solutions: it replays them and recomputes everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.solving.result import Verification, Violation
from optkit.sync.check.reconstruction_error import reconstruction_mse
from optkit.sync.instance import SyncInstance
from optkit.sync.solution import SyncSolution

LIMIT_TOLERANCE = 1e-9
"""Slots by which an age may pass its limit."""

MOST_SHOWN = 100
"""Most violations that are listed."""


@dataclass
class _Device:
    """The course of one device: (T,) each."""

    load: Floats
    held: Floats
    age: Floats


@dataclass
class _Link:
    """The course of one link: (T,) each."""

    age: Floats
    error: Floats
    cost: Floats


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
    devices = {
        device.id: _replay_device(instance, index, solution.reports.get(device.id, ()))
        for index, device in enumerate(instance.devices)
    }
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    links = [
        _replay_link(instance, index, used.get((link.source, link.target), ()), devices)
        for index, link in enumerate(instance.links)
    ]
    broken = _past_limits(instance, devices, links)
    means = _means(instance, links)
    sent = sum(map(len, solution.reports.values()))
    weights = instance.weights
    parts = {
        "age": weights.age * float(means.age.sum()) / instance.age_tolerance,
        "error": weights.error * float(means.error.sum()),
        "cost": weights.cost * float(means.cost.sum()),
        "report": weights.report * sent / len(instance.devices),
    }
    return Verification(
        not broken,
        sum(parts.values()),
        tuple(broken[:MOST_SHOWN]),
        _metrics(instance, solution, used, devices, links, means, parts),
    )


def _malformed(instance: SyncInstance, solution: SyncSolution) -> list[Violation]:
    """Return unknown and repeated names, and slots that do not exist or increase."""
    broken = []
    devices = {device.id for device in instance.devices}
    links = {(link.source, link.target) for link in instance.links}
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
    array = np.array(slots, dtype=np.int64)
    late = array[array >= instance.slots]
    if len(late):
        text = f"{late[0]} is not a slot; they are 0 to {instance.slots - 1}"
        broken.append(Violation("slot", path, text))
    back = np.flatnonzero(np.diff(array) <= 0)
    if len(back):
        before, after = array[back[0]], array[back[0] + 1]
        text = f"{after} follows {before}; slots are strictly increasing"
        broken.append(Violation("order", path, text))
    return broken


def _latest(slots: int, marks: Ints, values: Ints) -> Ints:
    """Return, (T,), the value of the latest mark up to each slot; -1 before the first."""
    marked = np.full(slots, -1, dtype=np.int64)
    marked[marks] = values
    latest: Ints = np.maximum.accumulate(marked)
    return latest


def _replay_device(
    instance: SyncInstance, index: int, reports: Sequence[int]
) -> _Device:
    """Replay the value that the router holds of a device, and its age (eqs 4, 5).

    Until a report arrives, the value of slot 0 is held, its age counted from slot 0.
    """
    device = instance.devices[index]
    load = np.array(device.load_percent, dtype=np.float64)
    sent = np.array(reports, dtype=np.int64)
    arrival = sent + device.transmit_slots
    in_time = arrival < instance.slots
    latest = _latest(instance.slots, arrival[in_time], sent[in_time])
    sampled = np.maximum(latest, 0)
    return _Device(load, load[sampled], np.arange(instance.slots) - sampled * 1.0)


def _replay_link(
    instance: SyncInstance,
    index: int,
    slots: Sequence[int],
    devices: dict[str, _Device],
) -> _Link:
    """Replay the neighbour's copy: its age (eq 8), error (eq 10) and cost (eq 12)."""
    link = instance.links[index]
    sources = [devices[d.id] for d in instance.devices if d.router == link.source]
    notified = np.array(slots, dtype=np.int64)
    latest = _latest(instance.slots, notified, notified)
    before_first = latest < 0
    copied = np.maximum(latest, 0)
    time = np.arange(instance.slots, dtype=np.float64)
    notified_age = np.zeros(instance.slots)
    error = np.zeros(instance.slots)
    for device in sources:
        notified_age += device.age
        truth = device.load if instance.reading.error == "true" else device.held
        error += np.abs(truth - device.held[copied])
    notified_age = notified_age / len(sources) + link.payload / link.rate
    age = np.where(before_first, time, notified_age[copied] + (time - copied))
    cost = np.zeros(instance.slots)
    cost[notified] = link.hops * (instance.header_cost + link.payload)
    return _Link(age, error, cost)


def _means(instance: SyncInstance, links: list[_Link]) -> _Link:
    """Return the mean age and error of the links (eqs 9, 11), and the mean cost (eq 13)."""
    total = _Link(*(np.zeros(instance.slots) for _ in range(3)))
    for link in links:
        total.age += link.age
        total.error += link.error
        total.cost += link.cost
    count = max(1, len(links))
    return _Link(
        total.age / count, total.error / count, total.cost / len(instance.routers)
    )


def _past_limits(
    instance: SyncInstance, devices: dict[str, _Device], links: list[_Link]
) -> list[Violation]:
    """Return the first slot in which each age passes its limit (eqs 14a, 14b)."""
    broken = []
    for device in instance.devices:
        late = _first_over(devices[device.id].age, instance.max_device_age)
        if late is not None:
            slot, age = late
            text = (
                f"the age of {device.id!r} is {age:g} in slot {slot}, over max_device_age"
                f" {instance.max_device_age:g}"
            )
            broken.append(Violation("device-age", f"reports.{device.id}", text))
    for link, replayed in zip(instance.links, links, strict=True):
        late = _first_over(replayed.age, instance.max_pair_age)
        if late is not None:
            slot, age = late
            text = (
                f"the age of {link.source!r} at {link.target!r} is {age:g} in slot"
                f" {slot}, over max_pair_age {instance.max_pair_age:g}"
            )
            broken.append(Violation("pair-age", "notifications", text))
    return broken


def _first_over(age: Floats, limit: float) -> tuple[int, float] | None:
    over = np.flatnonzero(age > limit + LIMIT_TOLERANCE)
    return (int(over[0]), float(age[over[0]])) if len(over) else None


def _metrics(
    instance: SyncInstance,
    solution: SyncSolution,
    used: Mapping[tuple[str, str], Sequence[int]],
    devices: dict[str, _Device],
    links: list[_Link],
    means: _Link,
    parts: dict[str, float],
) -> dict[str, Any]:
    weights = instance.weights
    reward = -(
        weights.age * np.tanh(means.age / instance.age_tolerance)
        + weights.error * means.error
        + weights.cost * means.cost
    )
    counts = {d.id: len(solution.reports.get(d.id, ())) for d in instance.devices}
    errors = {
        device.id: reconstruction_mse(
            instance.reconstruction,
            devices[device.id].load,
            solution.reports.get(device.id, ()),
        )
        for device in instance.devices
    }
    pairs: dict[str, dict[str, Any]] = {}
    for link, replayed in zip(instance.links, links, strict=True):
        pairs.setdefault(link.source, {})[link.target] = {
            "notifications": len(used.get((link.source, link.target), ())),
            "mean_age": float(replayed.age.mean()),
            "max_age": float(replayed.age.max()),
            "mean_error": float(replayed.error.mean()),
        }
    sent = sum(counts.values())
    notified = sum(map(len, used.values()))
    return {
        "mean_age": float(means.age.mean()),
        "mean_error": float(means.error.mean()),
        "mean_cost": float(means.cost.mean()),
        "mean_device_age": float(np.mean([d.age.mean() for d in devices.values()])),
        "mean_reward": float(reward.mean()),
        "reward": float(reward.sum()),
        "reports_sent": sent,
        "reports_per_device": sent / len(devices),
        "notifications": notified,
        "reconstruction_mse": float(np.mean(list(errors.values()))),
        "objective_parts": parts,
        "devices": {
            name: {"reports": counts[name], "reconstruction_mse": errors[name]}
            for name in counts
        },
        "links": pairs,
    }
