"""Policies that are asked slot by slot, and are handed nothing of the slots to come.

The built-in policies work on whole arrays, and tests make sure that they do not look ahead.
A policy of one's own is easier to write, and to trust, slot by slot: it sees arrays that
end at the present slot, in memory that holds nothing else yet.
"""

from __future__ import annotations

import abc
import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.sync.policies.base import NotificationPolicy, ReportingPolicy, ShouldStop
from optkit.sync.problem.held_values import HeldValues
from optkit.sync.problem.observation import (
    DeviceView,
    LinkView,
    device_views,
    link_views,
)
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class DeviceSoFar:
    """The information of one device in one slot: its own samples up to now.

    Parameters
    ----------
    slot
        The present slot t.
    samples
        (t + 1,): its load in percent in every slot up to now; read-only.
    last_report
        Slot of its last report; None before the first.
    transmit
        Slots that its reports are under way.
    longest_gap
        Most slots from one report to the next. A report that is due is sent in any case.
    """

    slot: int
    samples: Floats
    last_report: int | None
    transmit: int
    longest_gap: int


@dataclass(frozen=True, eq=False)
class LinkSoFar:
    """The information of a router about one of its links in one slot.

    Parameters
    ----------
    slot
        The present slot t.
    values
        (t + 1, n): the values that it holds of its n devices, after the arrivals of each
        slot; read-only.
    fresh
        (t + 1,): whether a report of any of its devices arrived in a slot; read-only.
    age
        Age of the pair in this slot if it is not notified now.
    notified_age
        Its age if it is.
    error
        Sum of the distances between what it holds now and what it last notified, %.
    last_notification
        Slot of the last notification; None before the first.
    limit
        Limit on the age. A notification without which it is passed is sent in any case.
    age_price, error_price, fee
        Cost of a slot of age, of a percent of error, and of a notification, in units of
        the objective.
    """

    slot: int
    values: Floats
    fresh: Bools
    age: float
    notified_age: float
    error: float
    last_notification: int | None
    limit: float
    age_price: float
    error_price: float
    fee: float


class SlotBySlotReporting(ReportingPolicy):
    """A reporting policy that each device asks in every slot.

    Every device has a copy of the policy, so what is kept in ``self`` is that device's.
    """

    @abc.abstractmethod
    def report(self, seen: DeviceSoFar, rng: np.random.Generator) -> bool:
        """Return whether the device reports in this slot."""

    def plan(
        self, data: ProblemData, rng: np.random.Generator, should_stop: ShouldStop
    ) -> list[Ints]:
        """Return the report slots of the N devices, strictly increasing."""
        generators = rng.spawn(data.devices)
        return [
            np.arange(0, data.slots, view.longest_gap, dtype=np.int64)
            if should_stop()
            else copy.deepcopy(self)._reports_of(view, generator)
            for view, generator in zip(device_views(data), generators, strict=True)
        ]

    def _reports_of(self, view: DeviceView, rng: np.random.Generator) -> Ints:
        seen = np.full(len(view.samples), np.nan)
        slots: list[int] = []
        for slot, sample in enumerate(view.samples):
            seen[slot] = sample
            last = slots[-1] if slots else None
            wanted = self.report(
                DeviceSoFar(
                    slot, _ended(seen, slot), last, view.transmit, view.longest_gap
                ),
                rng,
            )
            # The first report comes before slot longest_gap, as if there were one at -1.
            since = slot - (-1 if last is None else last)
            if wanted or since >= view.longest_gap < len(seen):
                slots.append(slot)
        return np.array(slots, dtype=np.int64)


class SlotBySlotNotification(NotificationPolicy):
    """A notification policy that each router asks in every slot, for each of its links.

    Every link has a copy of the policy, so what is kept in ``self`` is that link's.
    """

    @abc.abstractmethod
    def notify(self, seen: LinkSoFar, rng: np.random.Generator) -> bool:
        """Return whether the link is used in this slot."""

    def plan(
        self,
        data: ProblemData,
        held: HeldValues,
        rng: np.random.Generator,
        should_stop: ShouldStop,
    ) -> list[Ints]:
        """Return the notification slots of the L links, strictly increasing."""
        generators = rng.spawn(data.links)
        return [
            np.flatnonzero(view.allowed)
            if should_stop()
            else copy.deepcopy(self)._notifications_on(view, generator)
            for view, generator in zip(link_views(data, held), generators, strict=True)
        ]

    def _notifications_on(self, view: LinkView, rng: np.random.Generator) -> Ints:
        values = np.full(view.value.shape, np.nan)
        fresh = np.zeros(len(values), dtype=bool)
        fees = np.broadcast_to(view.fee, len(values))
        slots: list[int] = []
        age, copied = -1.0, 0
        for slot, value in enumerate(view.value):
            values[slot], fresh[slot] = value, view.fresh[slot]
            age += 1.0
            wanted = self.notify(
                LinkSoFar(
                    slot=slot,
                    values=_ended(values, slot),
                    fresh=_ended(fresh, slot),
                    age=age,
                    notified_age=float(view.notified_age[slot]),
                    error=float(np.abs(value - view.value[copied]).sum()),
                    last_notification=slots[-1] if slots else None,
                    limit=view.limit,
                    age_price=view.age_price,
                    error_price=view.error_price,
                    fee=float(fees[slot]),
                ),
                rng,
            )
            if (wanted or age > view.limit) and view.allowed[slot]:
                slots.append(slot)
                age, copied = float(view.notified_age[slot]), slot
        return np.array(slots, dtype=np.int64)


def _ended(array: Any, slot: int) -> Any:
    """Return an array up to and with a slot, which cannot be written to."""
    seen = array[: slot + 1]
    seen.flags.writeable = False
    return seen
