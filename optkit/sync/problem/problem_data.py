"""The instance as the arrays that solvers compute with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints

if TYPE_CHECKING:
    from optkit.sync.instance import Link, SyncInstance


@dataclass(frozen=True, eq=False)
class LinkCourse:
    """Links that change.

    Parameters
    ----------
    in_force
        (L, T): whether a pair has a link.
    residence, fee
        (L, T): as in :class:`ProblemData`; where a pair has no link, anything.
    """

    in_force: Bools
    residence: Floats
    fee: Floats


@dataclass(frozen=True, eq=False)
class ProblemData:
    """A sync instance as arrays; N devices, R routers, L links, T slots.

    Parameters
    ----------
    slots, routers
        T and R.
    loads
        (N, T), in percent.
    device_router, transmit
        (N,): index of a device's router, and slots that its reports are under way.
    source, target
        (L,): indices of the routers.
    residence
        (L,): payload / rate, in slots.
    fee
        (L,): hops · (header cost + payload), the cost of a notification (eq 12); the
        objective divides it by the number of routers.
    age_tolerance
        ξ, in slots.
    weight_age, weight_error, weight_cost, weight_report
        Weights of the objective.
    true_error
        Whether errors are measured from the devices' load, not from the held values.
    max_device_age, max_pair_age
        Limits on the ages, in slots.
    members
        For each router, the indices of its devices.
    priced_links
        The number of links at the start, by which ages and errors are divided.
    course
        How the links change; None: they do not, and ``residence`` and ``fee`` hold.
    """

    slots: int
    routers: int
    loads: Floats
    device_router: Ints
    transmit: Ints
    source: Ints
    target: Ints
    residence: Floats
    fee: Floats
    age_tolerance: float
    weight_age: float
    weight_error: float
    weight_cost: float
    weight_report: float
    true_error: bool
    max_device_age: float
    max_pair_age: float
    members: tuple[Ints, ...]
    priced_links: int
    course: LinkCourse | None = None

    @property
    def devices(self) -> int:
        """Number of devices N."""
        return len(self.device_router)

    @property
    def links(self) -> int:
        """Number of links L."""
        return len(self.source)


def problem_data(instance: SyncInstance) -> ProblemData:
    """Return the arrays of ``instance``, computed once per instance; do not change them."""
    return instance.derived(_arrays)


def _arrays(instance: SyncInstance) -> ProblemData:
    router_index = {name: index for index, name in enumerate(instance.routers)}
    devices, pairs = instance.devices, instance.pairs
    home = np.array([router_index[device.router] for device in devices], dtype=np.int64)
    course = _course(instance) if instance.changes else None
    residence, fee = _residence_and_fee(instance, instance.links)
    unknown = np.zeros(len(pairs) - len(residence))
    weights = instance.weights
    return ProblemData(
        slots=instance.slots,
        routers=len(instance.routers),
        loads=np.array([device.load_percent for device in devices], dtype=np.float64),
        device_router=home,
        transmit=np.array([d.transmit_slots for d in devices], dtype=np.int64),
        source=np.array([router_index[source] for source, _ in pairs], dtype=np.int64),
        target=np.array([router_index[target] for _, target in pairs], dtype=np.int64),
        residence=np.concatenate([residence, unknown]),
        fee=np.concatenate([fee, unknown]),
        age_tolerance=instance.age_tolerance,
        weight_age=weights.age,
        weight_error=weights.error,
        weight_cost=weights.cost,
        weight_report=weights.report,
        true_error=instance.reading.error == "true",
        max_device_age=instance.max_device_age,
        max_pair_age=instance.max_pair_age,
        members=_members(home, len(instance.routers)),
        priced_links=len(instance.links),
        course=course,
    )


def _residence_and_fee(
    instance: SyncInstance, links: Sequence[Link]
) -> tuple[Floats, Floats]:
    payload = np.array([link.payload for link in links], dtype=np.float64)
    rate = np.array([link.rate for link in links], dtype=np.float64)
    hops = np.array([link.hops for link in links], dtype=np.float64)
    return payload / rate, hops * (instance.header_cost + payload)


def _course(instance: SyncInstance) -> LinkCourse:
    """Return, for every pair and slot, whether it has a link, and which."""
    row = {pair: index for index, pair in enumerate(instance.pairs)}
    shape = (len(row), instance.slots)
    course = LinkCourse(np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape))
    changes = instance.changes or ()
    starts = [0, *(change.slot for change in changes), instance.slots]
    for (start, end), links in zip(
        pairwise(starts), (instance.links, *(x.links for x in changes)), strict=True
    ):
        rows = [row[link.source, link.target] for link in links]
        residence, fee = _residence_and_fee(instance, links)
        course.in_force[rows, start:end] = True
        course.residence[rows, start:end] = residence[:, None]
        course.fee[rows, start:end] = fee[:, None]
    return course


def _members(home: Ints, routers: int) -> tuple[Ints, ...]:
    """Return the devices of every router, in the order of the instance."""
    order = np.argsort(home, kind="stable").astype(np.int64)
    ends = np.cumsum(np.bincount(home, minlength=routers))
    return tuple(np.split(order, ends[:-1]))
