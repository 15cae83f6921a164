"""The optimum of tiny instances from the definition alone: the yardstick of the tests.

Devices and links of one source router touch nobody else's, so the routers are taken one
by one. For each, every set of report slots of its devices is combined with every set of
notification slots of each of its links, and followed slot by slot. Nothing here is shared
with a solver, nor with the checker.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from optkit.core.arrays import Floats
from optkit.sync.instance import Device, Link, SyncInstance

TOLERANCE = 1e-9


def brute_force(
    instance: SyncInstance, reports: dict[str, tuple[int, ...]] | None = None
) -> float | None:
    """Return the least objective; None if the limits cannot be kept.

    Takes Π 2^T over a router's devices, times 2^T: T up to 7 or so.

    Parameters
    ----------
    instance
        The instance.
    reports
        Report slots of every device; None for the best over all of them.
    """
    total = 0.0
    for router in instance.routers:
        members = [d for d in instance.devices if d.router == router]
        links = [link for link in instance.links if link.source == router]
        if not members:
            continue
        choices = list(_choices(instance, members, reports))
        least = _costs(instance, members, links, choices).min()
        if np.isinf(least):
            return None
        total += float(least)
    return total


def _choices(
    instance: SyncInstance,
    members: list[Device],
    reports: dict[str, tuple[int, ...]] | None,
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield the sets of report slots of a router's devices."""
    if reports is not None:
        yield tuple(reports[device.id] for device in members)
        return
    yield from itertools.product(
        *(list(_subsets(_useful(instance, device))) for device in members)
    )


def _useful(instance: SyncInstance, device: Device) -> range:
    """Return the slots whose reports arrive; others have no effect, and cost no less."""
    return range(max(0, instance.slots - device.transmit_slots))


def _subsets(slots: range) -> Iterator[tuple[int, ...]]:
    for count in range(len(slots) + 1):
        yield from itertools.combinations(slots, count)


def _costs(
    instance: SyncInstance,
    members: list[Device],
    links: list[Link],
    choices: list[tuple[tuple[int, ...], ...]],
) -> Floats:
    """Return, for each choice of its devices' report slots, a router's least cost."""
    slots, weights = instance.slots, instance.weights
    value = np.zeros((len(choices), len(members), slots))
    age = np.zeros_like(value)
    cost = np.zeros(len(choices))
    for index, sent in enumerate(choices):
        for n, (device, times) in enumerate(zip(members, sent, strict=True)):
            held, born = device.load_percent[0], 0
            for t in range(slots):
                if t - device.transmit_slots in times:
                    born = t - device.transmit_slots
                    held = device.load_percent[born]
                value[index, n, t], age[index, n, t] = held, t - born
        cost[index] = weights.report * sum(map(len, sent)) / len(instance.devices)
    load = np.array([device.load_percent for device in members])
    real = load[None] if instance.reading.error == "true" else value
    cost[age.max(axis=(1, 2)) > instance.max_device_age + TOLERANCE] = np.inf
    for link in links:
        cost += _link(instance, link, real, value, age.mean(axis=1))
    return cost


def _link(
    instance: SyncInstance, link: Link, real: Floats, value: Floats, mean_age: Floats
) -> Floats:
    """Return a link's least cost over every set of notification slots, by choice."""
    slots, weights = instance.slots, instance.weights
    # One column for each set: whether it has slot t.
    sets = np.array(list(itertools.product((False, True), repeat=slots))).T
    shape = (len(value), sets.shape[1])
    copy = np.repeat(value[:, None, :, 0], shape[1], axis=1)
    pair_age = np.full(shape, -1.0)
    cost = np.zeros(shape)
    fee = link.hops * (instance.header_cost + link.payload)
    for t, told in enumerate(sets):
        pair_age += 1.0
        pair_age[:, told] = mean_age[:, t, None] + link.payload / link.rate
        copy[:, told] = value[:, None, :, t]
        error = np.abs(real[:, None, :, t] - copy).sum(axis=2)
        cost += weights.age * pair_age / instance.age_tolerance / len(instance.links)
        cost += weights.error * error / len(instance.links)
        cost[:, told] += weights.cost * fee / len(instance.routers)
        cost[pair_age > instance.max_pair_age + TOLERANCE] = np.inf
    least: Floats = cost.min(axis=1)
    return least
