"""One source router as a problem of its own: its devices, its links, what they cost.

With the reports free, links of one source share its devices' reports, and nothing else is
shared: the objective is a sum over source routers. Links of one router with the same fee
and residence time face the same problem, so some optimum treats them alike: they form one
:class:`LinkClass`, with its size as a factor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.notifications import cheapest_notifications
from optkit.sync.problem.held_values import held_values, router_age
from optkit.sync.problem.prices import SLACK, unit_prices
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
        What one notification on all of them costs.
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
        (n,): slots their reports are under way.
    classes
        Its links.
    age, error
        Price of one slot of age and one percent of error, of one link in one slot.
    report
        Price of a report.
    true_error
        Whether errors are against the loads rather than what the router holds.
    oldest
        The greatest whole age that a device may have, at most T − 1.
    pair_limit
        The limit on pair ages, rounding allowance included.
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
        """T."""
        return int(self.loads.shape[1])

    def oldest_copy(self, residence: float) -> int:
        """Return the greatest age that one device's values can have at a neighbour.

        The limit is on the mean over the devices. If τ slots have passed since the
        neighbour was told of ages φ, then mean φ + τ + residence keeps the limit; so
        τ + φ of one device is at most limit − residence + φ (1 − 1/n), and φ has its own
        limit. Before the first notification the age is that of the slot.
        """
        count = len(self.devices)
        told = self.pair_limit - residence + self.max_age * (1.0 - 1.0 / count)
        return max(0, min(self.slots - 1, math.floor(max(told, self.pair_limit))))


def source_routers(data: ProblemData) -> list[Router]:
    """Return the routers that have devices.

    A router with devices but no links still has to keep the limit on device ages.
    """
    price = unit_prices(data)
    max_age = math.floor(min(data.max_device_age + SLACK, data.slots - 1))
    found = []
    for router, members in enumerate(data.members):
        if len(members) == 0:
            continue
        groups: dict[tuple[float, float], list[int]] = {}
        for link in np.flatnonzero(data.source == router).tolist():
            key = (float(data.residence[link]), float(price.fee[link]))
            groups.setdefault(key, []).append(link)
        found.append(
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
                pair_limit=data.max_pair_age + SLACK,
                alone=_alone(data, members),
            )
        )
    return found


def _alone(data: ProblemData, members: Ints) -> ProblemData:
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
    """Return the cheapest notifications of a router for given reports."""
    held = held_values(router.alone, reports)
    mean_age = router_age(router.alone, held)[0]
    told = np.ascontiguousarray(held.value.T)
    real = np.ascontiguousarray(router.loads.T) if router.true_error else told
    cost = router.report * sum(map(len, reports))
    if (held.age > router.max_age).any():
        cost = math.inf
    chosen = []
    for group in router.classes:
        size = len(group.links)
        paid, slots = cheapest_notifications(
            real,
            told,
            mean_age,
            group.residence,
            group.fee,
            router.age * size,
            router.error * size,
            router.pair_limit,
        )
        cost += paid
        chosen.append(slots)
    return RouterPlan(cost, tuple(reports), tuple(chosen))


def rarest_reports(slots: int, transmit: int, max_age: int) -> Ints:
    """Return the fewest report slots that keep a device's age at most ``oldest``.

    A report replaces the one before in the last slot that the limit leaves it.
    """
    sent = []
    held = 0
    while held + max_age + 1 < slots:
        # The next must have arrived by the slot in which the held one would be too old.
        held = held + max_age + 1 - transmit
        sent.append(held)
    return np.array(sent, dtype=np.int64)
