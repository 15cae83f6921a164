"""Tiny instances whose limits bind, for the tests of what claims to be exact."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.errors import InvalidFileError
from optkit.sync.instance import SyncInstance
from optkit.sync.problem.problem_data import ProblemData
from tests.sync.instances import document


def tiny(seed: int, slots: int = 5, devices: int = 2, **changes: Any) -> SyncInstance:
    """Return a random instance of at most so many devices, small enough to try all."""
    rng = np.random.default_rng(seed)
    while True:
        try:
            return SyncInstance.parse(_random_document(rng, slots, devices, changes))
        except InvalidFileError:  # limits that cannot be kept
            continue


def _random_document(
    rng: np.random.Generator, slots: int, devices: int, changes: dict[str, Any]
) -> dict[str, Any]:
    routers = ["r0", "r1", "r2"][: int(rng.integers(2, 4))]
    device_list = [
        {
            "id": f"d{i}",
            # Often several at one router.
            "router": routers[int(rng.integers(1 + i % 2))],
            "transmit_slots": int(rng.integers(0, 3)),
            "load_percent": rng.integers(0, 40, slots).astype(float).tolist(),
        }
        for i in range(int(rng.integers(1, devices + 1)))
    ]
    homes = {device["router"] for device in device_list}
    links = [
        {
            "source": source,
            "target": target,
            "hops": int(rng.integers(1, 3)),
            "payload": 1.0,
            "rate": float(rng.choice([0.7, 1.5, 10.0])),
        }
        for source in routers
        for target in routers
        if source != target and source in homes and rng.random() < 0.8
    ]
    return {
        **document(slots),
        "name": "tiny",
        "routers": routers,
        "devices": device_list,
        "links": links,
        "age_tolerance": 4.0,
        "weights": {
            "age": float(rng.choice([0.0, 1.0, 1.0])),
            "error": float(rng.choice([0.0, 0.02, 0.2])),
            "cost": float(rng.choice([0.0, 0.1, 1.0])),
            "report": float(rng.choice([0.0, 0.2, 1.0])),
        },
        "reading": {"error": str(rng.choice(["held", "true"]))},
        "max_device_age": float(rng.choice([2.0, 2.5, 3.0, slots])),
        "max_pair_age": float(rng.choice([2.5, 3.0, 3.3, 4.0, slots])),
        **changes,
    }


def some_reports(data: ProblemData, seed: int) -> list[Ints]:
    """Return random report slots of every device."""
    rng = np.random.default_rng(seed)
    return [np.flatnonzero(rng.random(data.slots) < 0.6) for _ in range(data.devices)]


def by_device(instance: SyncInstance, reports: list[Ints]) -> dict[str, Any]:
    """Return report slots by the device's id."""
    return {
        device.id: tuple(slots.tolist())
        for device, slots in zip(instance.devices, reports, strict=True)
    }


def never() -> bool:
    """Return False: nothing is to stop."""
    return False
