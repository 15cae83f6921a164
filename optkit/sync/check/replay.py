"""The checker's own replay of reports and notifications, on whole arrays.

Devices are replayed together, and links in blocks, so that the arrays of all links need
not fit into memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.sync.check.link_timeline import link_timeline
from optkit.sync.instance import SyncInstance

CELLS = 1 << 15
"""Entries of the arrays of one block of links."""


@dataclass(frozen=True, eq=False)
class Devices:
    """The courses of all devices: (N, T) each.

    Parameters
    ----------
    load
        In percent.
    held
        The value that the router holds.
    age
        Its age, in slots.
    """

    load: Floats
    held: Floats
    age: Floats


@dataclass(frozen=True, eq=False)
class Links:
    """The courses of a block of links: (B, T) each.

    Parameters
    ----------
    age, error, cost
        Age of the neighbour's copies (eq 8), their error (10), and the cost of the
        notifications (12).
    linked
        Whether the pair has a link; where it has none, age and error are zero.
    """

    age: Floats
    error: Floats
    cost: Floats
    linked: Bools


def replay_devices(instance: SyncInstance, reports: Sequence[Sequence[int]]) -> Devices:
    """Replay the values that routers hold of their devices, and their ages (eqs 4, 5).

    Until a report arrives, the value of slot 0 is held, its age counted from slot 0.

    Parameters
    ----------
    instance
        The instance.
    reports
        Report slots of each device, in the order of the instance.
    """
    slots = instance.slots
    load = np.array([d.load_percent for d in instance.devices], dtype=np.float64)
    transmit = np.array([d.transmit_slots for d in instance.devices], dtype=np.int64)
    row, sent = _flat(reports)
    arrival = sent + transmit[row]
    in_time = arrival < slots
    latest = _latest(load.shape, row[in_time], arrival[in_time], sent[in_time])
    sampled = np.maximum(latest, 0)
    return Devices(
        load,
        np.take_along_axis(load, sampled, axis=1),
        np.arange(slots) - sampled * 1.0,
    )


def replay_links(
    instance: SyncInstance, notifications: Sequence[Sequence[int]], devices: Devices
) -> Iterator[Links]:
    """Yield the courses of the links, block by block in the order of the instance.

    Parameters
    ----------
    instance
        The instance.
    notifications
        Notification slots of each pair, in the order of :func:`link_timeline`.
    devices
        The courses of the devices.
    """
    routers = {name: index for index, name in enumerate(instance.routers)}
    members: list[list[int]] = [[] for _ in routers]
    for index, device in enumerate(instance.devices):
        members[routers[device.router]].append(index)
    mean_age = np.zeros((len(routers), instance.slots))
    for router, of_router in enumerate(members):
        for index in of_router:
            mean_age[router] += devices.age[index]
        mean_age[router] /= max(1, len(of_router))
    timeline = link_timeline(instance)
    source = np.array([routers[name] for name, _ in timeline.pairs], dtype=np.int64)
    block = max(1, CELLS // instance.slots)
    for begin in range(0, len(source), block):
        part = slice(begin, begin + block)
        row, sent = _flat(notifications[part])
        shape = (len(source[part]), instance.slots)
        latest = _latest(shape, row, sent, sent)
        before_first = latest < 0
        copied = np.maximum(latest, 0)
        time = np.arange(instance.slots, dtype=np.float64)
        linked, residence, fee = timeline.rows(part)
        notified = mean_age[source[part]] + residence
        notified = np.take_along_axis(notified, copied, axis=1) + (time - copied)
        cost = np.zeros(shape)
        cost[row, sent] = np.broadcast_to(fee, shape)[row, sent]
        age = np.where(before_first, time, notified)
        error = _errors(instance, source[part], members, devices, copied)
        if linked is None:
            yield Links(age, error, cost, np.ones(shape, dtype=bool))
        else:
            yield Links(age * linked, error * linked, cost, linked)


def first_over(age: Floats, limit: float) -> Iterator[tuple[int, int, float]]:
    """Yield row, slot and age of the first age past a limit, for each row with one."""
    over: Bools = age > limit
    for row in np.flatnonzero(over.any(axis=1)).tolist():
        slot = int(np.argmax(over[row]))
        yield row, slot, float(age[row, slot])


def _errors(
    instance: SyncInstance,
    source: Ints,
    members: list[list[int]],
    devices: Devices,
    copied: Ints,
) -> Floats:
    """Return the errors of copies, (B, T), device by device of each source (eq 10)."""
    truth = devices.load if instance.reading.error == "true" else devices.held
    error = np.zeros(copied.shape)
    count = np.array([len(of_router) for of_router in members], dtype=np.int64)[source]
    for position in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > position)
        device = np.array([members[router][position] for router in source[rows]])
        held = np.take_along_axis(devices.held[device], copied[rows], axis=1)
        error[rows] += np.abs(truth[device] - held)
    return error


def _flat(slots: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return the row of each slot in a sequence of sequences, and the slot."""
    counts = np.fromiter(map(len, slots), dtype=np.int64, count=len(slots))
    row = np.repeat(np.arange(len(slots)), counts)
    flat = np.fromiter(
        chain.from_iterable(slots), dtype=np.int64, count=int(counts.sum())
    )
    return row, flat


def _latest(shape: tuple[int, ...], row: Ints, marks: Ints, values: Ints) -> Ints:
    """Return the value of the latest mark of each row up to each slot; -1 before it."""
    marked = np.full(shape, -1, dtype=np.int64)
    marked[row, marks] = values
    latest: Ints = np.maximum.accumulate(marked, axis=1)
    return latest
