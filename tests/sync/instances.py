"""Small sync instances for the tests, and a slow replay written from the definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optkit.sync.instance import SyncInstance
from optkit.sync.solution import Notifications, SyncSolution


def document(slots: int = 6, **changes: Any) -> dict[str, Any]:
    """Return two routers with a device each, linked both ways."""
    base = {
        "schema": "optkit/sync",
        "schema_version": 1,
        "name": "two-routers",
        "slots": slots,
        "slot_seconds": 60.0,
        "routers": ["r0", "r1"],
        "devices": [
            {
                "id": "d0",
                "router": "r0",
                "transmit_slots": 1,
                "load_percent": [10.0 + 5.0 * t for t in range(slots)],
            },
            {
                "id": "d1",
                "router": "r1",
                "transmit_slots": 2,
                "load_percent": [90.0 - 2.0 * t for t in range(slots)],
            },
        ],
        "links": [
            {
                "source": "r0",
                "target": "r1",
                "hops": 2,
                "payload": 1.0,
                "rate": 10.0,
            },
            {
                "source": "r1",
                "target": "r0",
                "hops": 1,
                "payload": 1.0,
                "rate": 10.0,
            },
        ],
        "header_cost": 0.2,
        "age_tolerance": 10.0,
        "weights": {"age": 1.0, "error": 0.05, "cost": 0.1},
        "max_device_age": 12,
        "max_pair_age": 20,
    }
    return {**base, **changes}


def random_instance(seed: int, slots: int | None = None) -> SyncInstance:
    """Return a random instance; its limits are often tight."""
    rng = np.random.default_rng(seed)
    slots = int(rng.integers(1, 40)) if slots is None else slots
    routers = [f"r{i}" for i in range(int(rng.integers(1, 5)))]
    devices = [
        {
            "id": f"d{i}",
            "router": routers[int(rng.integers(len(routers)))],
            "transmit_slots": int(rng.integers(0, 5)),
            "load_percent": np.round(rng.uniform(0, 100, slots), 1).tolist(),
        }
        for i in range(int(rng.integers(1, 8)))
    ]
    homes = {device["router"] for device in devices}
    links = [
        {
            "source": source,
            "target": target,
            "hops": int(rng.integers(1, 4)),
            "payload": float(rng.choice([0.0, 1.0, 3.0])),
            "rate": float(rng.uniform(0.7, 10.0)),
        }
        for source in routers
        for target in routers
        if source != target and source in homes and rng.random() < 0.8
    ]
    behind = max(device["transmit_slots"] for device in devices)
    longest = max([link["payload"] / link["rate"] for link in links], default=0.0)
    weights = {
        "age": float(rng.uniform(0, 2)),
        "error": float(rng.uniform(0, 0.2)),
        "cost": float(rng.uniform(0, 2)),
        "report": float(rng.choice([0.0, 0.3])),
    }
    return SyncInstance.parse(
        {
            **document(slots),
            "name": f"random-{seed}",
            "routers": routers,
            "devices": devices,
            "links": links,
            "weights": weights,
            "age_tolerance": float(rng.uniform(1, 20)),
            "reading": {"error": str(rng.choice(["held", "true"]))},
            "max_device_age": behind + int(rng.integers(0, 10)),
            "max_pair_age": behind + longest + float(rng.choice([0.0, 0.5, 2.0, 9.0])),
        }
    )


def random_solution(instance: SyncInstance, seed: int) -> SyncSolution:
    """Return random slots, whether or not the limits allow them."""
    rng = np.random.default_rng(seed)

    def some() -> tuple[int, ...]:
        chosen = np.flatnonzero(rng.random(instance.slots) < rng.uniform(0, 1))
        return tuple(chosen.tolist())

    return SyncSolution(
        reports={d.id: some() for d in instance.devices if rng.random() < 0.9},
        notifications=tuple(
            Notifications(source=link.source, target=link.target, slots=some())
            for link in instance.links
            if rng.random() < 0.9
        ),
    )


@dataclass
class Replay:
    """The course of a solution, in plain lists over the slots."""

    held: dict[str, list[float]] = field(default_factory=dict)
    device_age: dict[str, list[float]] = field(default_factory=dict)
    pair_age: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    error: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    objective: float = 0.0


def replay(instance: SyncInstance, solution: SyncSolution) -> Replay:
    """Replay a solution slot by slot with plain numbers, from the model's text."""
    result = Replay()
    for device in instance.devices:
        reported = set(solution.reports.get(device.id, ()))
        value, age = device.load_percent[0], -1.0
        result.held[device.id], result.device_age[device.id] = [], []
        for t in range(instance.slots):
            age += 1.0
            if t - device.transmit_slots in reported:
                value = device.load_percent[t - device.transmit_slots]
                age = float(device.transmit_slots)
            result.held[device.id].append(value)
            result.device_age[device.id].append(age)
    used = {(n.source, n.target): set(n.slots) for n in solution.notifications}
    weights = instance.weights
    for link in instance.links:
        pair = (link.source, link.target)
        sources = [d for d in instance.devices if d.router == link.source]
        copy = {d.id: d.load_percent[0] for d in sources}
        age = -1.0
        result.pair_age[pair], result.error[pair] = [], []
        for t in range(instance.slots):
            age += 1.0
            if t in used.get(pair, ()):
                copy = {d.id: result.held[d.id][t] for d in sources}
                age = sum(result.device_age[d.id][t] for d in sources) / len(sources)
                age += link.payload / link.rate
                fee = link.hops * (instance.header_cost + link.payload)
                result.objective += weights.cost * fee / len(instance.routers)
            error = 0.0
            for d in sources:
                true = instance.reading.error == "true"
                reference = d.load_percent[t] if true else result.held[d.id][t]
                error += abs(reference - copy[d.id])
            result.pair_age[pair].append(age)
            result.error[pair].append(error)
            share = age * weights.age / instance.age_tolerance + weights.error * error
            result.objective += share / len(instance.links)
    sent_in_all = sum(len(slots) for slots in solution.reports.values())
    result.objective += weights.report * sent_in_all / len(instance.devices)
    return result


def slots_of(solution: SyncSolution, instance: SyncInstance) -> tuple[Any, Any]:
    """Return the slots of all reports and of all notifications."""
    used = {(n.source, n.target): n.slots for n in solution.notifications}
    return (
        [np.array(solution.reports.get(d.id, ()), dtype=int) for d in instance.devices],
        [
            np.array(used.get((k.source, k.target), ()), dtype=int)
            for k in instance.links
        ],
    )
