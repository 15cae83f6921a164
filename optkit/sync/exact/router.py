"""One source router as a problem of its own: its devices, its links, and their prices.

With the reports free, the links of one source share the reports of its devices and nothing
else is shared: the objective is a sum over source routers. Links of one router with the
same fee and residence time face the same problem, so some optimum treats them alike. They
form one :class:`LinkClass`, with its size as a factor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.kernels import cheapest_notifications
from optkit.sync.problem.held_values import held_values, router_age
from optkit.sync.problem.prices import LIMIT_TOLERANCE, unit_prices
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class LinkClass:
    """Links of one router that cost the same.

    Parameters
    ----------
    links
        Their indices.
    residence
        Residence time of each, in slots.
    fee
        Cost of one notification on all of them.
    """

    links: Ints
    residence: float
    fee: float


@dataclass(frozen=True, eq=False)
class Router:
    """A source router; n devices, T slots.

    Parameters
    ----------
    devices
        (n,): indices of its devices.
    loads
        (n, T): their loads in percent.
    transmit
        (n,): slots that their reports are under way.
    classes
        Its links.
    age, error
        Price of one slot of age and one percent of error, of one link in one slot.
    report
        Price of a report.
    true_error
        Whether errors are measured from the loads rather than from the held values.
    max_age
        The greatest whole age that a device may have, at most T - 1.
    pair_limit
        The limit on pair ages, with the tolerance.
    alone
        The instance with this router's devices only, and no links.
    """

    devices: Ints
    loads: Floats
    transmit: Ints
    classes: tuple[LinkClass, ...]
    age: float
    error: float
    report: float
    true_error: bool
    max_age: int
    pair_limit: float
    alone: ProblemData

    @property
    def slots(self) -> int:
        """Number of slots T."""
        return int(self.loads.shape[1])

    def max_copy_age(self, residence: float) -> int:
        """Return the greatest age that a neighbour's copy of one value can have.

        The limit is on the mean over the devices. If the last notification was τ slots
        ago and carried ages φ, the limit demands mean φ + τ + residence ≤ limit. So for
        one device τ + φ is at most limit - residence + φ (1 - 1/n), and φ has its own
        limit. Before the first notification the age is the slot's number.
        """
        count = len(self.devices)
        notified = self.pair_limit - residence + self.max_age * (1.0 - 1.0 / count)
        greatest = math.floor(max(notified, self.pair_limit))
        return max(0, min(self.slots - 1, greatest))


def source_routers(data: ProblemData) -> list[Router]:
    """Return the routers that have devices.

    A router with devices but no links is one of them: it still has to keep the limit on
    device ages.
    """
    price = unit_prices(data)
    max_age = math.floor(min(data.max_device_age + LIMIT_TOLERANCE, data.slots - 1))
    routers = []
    for router, members in enumerate(data.members):
        if len(members) == 0:
            continue
        groups: dict[tuple[float, float], list[int]] = {}
        for link in np.flatnonzero(data.source == router).tolist():
            key = (float(data.residence[link]), float(price.fee[link]))
            groups.setdefault(key, []).append(link)
        routers.append(
            Router(
                devices=members,
                loads=np.ascontiguousarray(data.loads[members]),
                transmit=data.transmit[members],
                classes=tuple(
                    LinkClass(
                        np.array(links, dtype=np.int64), residence, fee * len(links)
                    )
                    for (residence, fee), links in sorted(groups.items())
                ),
                age=price.age,
                error=price.error,
                report=price.report,
                true_error=data.true_error,
                max_age=max_age,
                pair_limit=data.max_pair_age + LIMIT_TOLERANCE,
                alone=_without_links(data, members),
            )
        )
    return routers


def _without_links(data: ProblemData, members: Ints) -> ProblemData:
    """Return the instance reduced to some devices at one router, and no links."""
    none = np.empty(0, dtype=np.int64)
    return replace(
        data,
        routers=1,
        loads=np.ascontiguousarray(data.loads[members]),
        device_router=np.zeros(len(members), dtype=np.int64),
        transmit=data.transmit[members],
        source=none,
        target=none,
        residence=np.empty(0),
        fee=np.empty(0),
        members=(np.arange(len(members), dtype=np.int64),),
    )


@dataclass(frozen=True, eq=False)
class RouterPlan:
    """Reports and notifications of a router.

    Parameters
    ----------
    cost
        Its cost; infinite where a limit cannot be kept.
    reports
        For each device, its report slots.
    notifications
        For each class of links, its notification slots.
    """

    cost: float
    reports: tuple[Ints, ...]
    notifications: tuple[Ints, ...]


def plan_for_reports(router: Router, reports: Sequence[Ints]) -> RouterPlan:
    """Return given reports of a router with the cheapest notifications for them."""
    held = held_values(router.alone, reports)
    mean_age = router_age(router.alone, held)[0]
    values = np.ascontiguousarray(held.value.T)
    reference = np.ascontiguousarray(router.loads.T) if router.true_error else values
    cost = router.report * sum(map(len, reports))
    if (held.age > router.max_age).any():
        cost = math.inf
    notifications = []
    for group in router.classes:
        size = len(group.links)
        group_cost, slots = cheapest_notifications(
            reference,
            values,
            mean_age,
            group.residence,
            group.fee,
            router.age * size,
            router.error * size,
            router.pair_limit,
        )
        cost += group_cost
        notifications.append(slots)
    return RouterPlan(cost, tuple(reports), tuple(notifications))


def rarest_reports(slots: int, transmit: int, max_age: int) -> Ints:
    """Return the fewest report slots that keep a device's age at most ``max_age``.

    Each report replaces the previous one in the last slot that the limit allows.
    """
    reports = []
    held = 0
    while held + max_age + 1 < slots:
        # The next report must arrive by the slot in which the held one is too old.
        held = held + max_age + 1 - transmit
        reports.append(held)
    return np.array(reports, dtype=np.int64)
