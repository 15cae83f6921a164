"""The optimum of tiny instances by enumeration: the yardstick of the tests.

The devices and links of one source router affect no other router, so each router is solved
by itself: every set of report slots of its devices is combined with every set of
notification slots of each of its links, and replayed slot by slot. This module shares no
code with a solver or with the checker.
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

    The effort is Π 2^T over the devices of a router, times 2^T: for T up to 7 or so.

    Parameters
    ----------
    instance
        The instance.
    reports
        Report slots of every device; None for the best over all reports.
    """
    total = 0.0
    for router in instance.routers:
        members = [d for d in instance.devices if d.router == router]
        links = [
            _at_each_slot(instance, pair)
            for pair in _pairs(instance)
            if pair[0] == router
        ]
        if not members:
            continue
        choices = list(_choices(instance, members, reports))
        least = _costs(instance, members, links, choices).min()
        if np.isinf(least):
            return None
        total += float(least)
    return total


def _pairs(instance: SyncInstance) -> list[tuple[str, str]]:
    lists = [instance.links, *(change.links for change in instance.changes or ())]
    return sorted({(link.source, link.target) for links in lists for link in links})


def _at_each_slot(instance: SyncInstance, pair: tuple[str, str]) -> list[Link | None]:
    """Return the link of a pair in every slot; None where it has none."""
    of_slot = []
    for slot in range(instance.slots):
        links = instance.links
        for change in instance.changes or ():
            if change.slot <= slot:
                links = change.links
        found = [link for link in links if (link.source, link.target) == pair]
        of_slot.append(found[0] if found else None)
    return of_slot


def _choices(
    instance: SyncInstance,
    members: list[Device],
    reports: dict[str, tuple[int, ...]] | None,
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield every choice of report slots for the devices of a router."""
    if reports is not None:
        yield tuple(reports[device.id] for device in members)
        return
    yield from itertools.product(
        *(list(_subsets(_useful(instance, device))) for device in members)
    )


def _useful(instance: SyncInstance, device: Device) -> range:
    """Return the slots whose reports arrive; others have no effect and are not free."""
    return range(max(0, instance.slots - device.transmit_slots))


def _subsets(slots: range) -> Iterator[tuple[int, ...]]:
    for count in range(len(slots) + 1):
        yield from itertools.combinations(slots, count)


def _costs(
    instance: SyncInstance,
    members: list[Device],
    links: list[list[Link | None]],
    choices: list[tuple[tuple[int, ...], ...]],
) -> Floats:
    """Return the least cost of a router for each choice of its devices' report slots."""
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
    reference = load[None] if instance.reading.error == "true" else value
    cost[age.max(axis=(1, 2)) > instance.max_device_age + TOLERANCE] = np.inf
    for link in links:
        cost += _link(instance, link, reference, value, age.mean(axis=1))
    return cost


def _link(
    instance: SyncInstance,
    at_slot: list[Link | None],
    reference: Floats,
    value: Floats,
    mean_age: Floats,
) -> Floats:
    """Return the least cost of a link over all notifications, by choice of reports."""
    slots, weights = instance.slots, instance.weights
    # One column per set: whether it contains slot t.
    sets = np.array(list(itertools.product((False, True), repeat=slots))).T
    shape = (len(value), sets.shape[1])
    copy = np.repeat(value[:, None, :, 0], shape[1], axis=1)
    pair_age = np.full(shape, -1.0)
    cost = np.zeros(shape)
    count = max(1, len(instance.links))
    for t, (notified, link) in enumerate(zip(sets, at_slot, strict=True)):
        pair_age += 1.0
        if link is None:
            cost[:, notified] = np.inf
            continue
        fee = link.hops * (instance.header_cost + link.payload)
        pair_age[:, notified] = mean_age[:, t, None] + link.payload / link.rate
        copy[:, notified] = value[:, None, :, t]
        error = np.abs(reference[:, None, :, t] - copy).sum(axis=2)
        cost += weights.age * pair_age / instance.age_tolerance / count
        cost += weights.error * error / count
        cost[:, notified] += weights.cost * fee / len(instance.routers)
        cost[pair_age > instance.max_pair_age + TOLERANCE] = np.inf
    least: Floats = cost.min(axis=1)
    return least
