"""What a device and a router may know when they decide.

The arrays run over all slots, so that a policy can work on whole arrays or in a compiled
loop; its decision in slot t may depend on entries up to t only. The tests change the
future of every registered policy that calls itself causal, and compare its past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.sync.problem.held_values import HeldValues, notified_age
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import ROUNDING as ROUNDING
from optkit.sync.problem.report_gaps import longest_gap


@dataclass(frozen=True, eq=False)
class DeviceView:
    """What one device knows: its own samples.

    Parameters
    ----------
    samples
        (T,): its load a in percent, sampled in every slot.
    transmit
        Slots its reports are under way.
    longest_gap
        Most slots from one report to the next that keep every age within its limit;
        the first report comes before this slot.
    """

    samples: Floats
    transmit: int
    longest_gap: int


@dataclass(frozen=True, eq=False)
class LinkView:
    """What a router knows when it decides about one link (eq 17), with n devices.

    Parameters
    ----------
    value
        (T, n): what it holds of its devices after the arrivals of each slot. The error e
        before a decision is their distance from what was told last; before the first
        notification that is the first row.
    told_age
        (T,): age Φ of the pair right after a notification in a slot. Without one it is a
        slot more than in the slot before, and 0 in slot 0.
    fresh
        (T,): whether a report of any of its devices arrived in a slot.
    limit
        Limit on the pair's age, rounding allowed for.
    allowed
        (T,): whether telling in a slot keeps the limit, and will not force a notification
        later that breaks it; see :func:`may_tell`.
    age_rate, error_rate, fee
        What a slot of age, a percent of error, and a notification cost, in units of the
        objective.
    """

    value: Floats
    notified_age: Floats
    fresh: Bools
    limit: float
    allowed: Bools
    age_rate: float
    error_rate: float
    fee: float


def device_views(data: ProblemData) -> Iterator[DeviceView]:
    """Yield what each of the N devices knows."""
    gaps = longest_gap(data)
    for samples, transmit, gap in zip(data.loads, data.transmit, gaps, strict=True):
        yield DeviceView(samples, int(transmit), int(gap))


def link_views(data: ProblemData, held: HeldValues) -> Iterator[LinkView]:
    """Yield what is known about each of the L links by its source."""
    price = unit_prices(data)
    told = notified_age(data, held)
    allowed = may_notify(data, held, told)
    known: dict[int, tuple[Floats, Bools]] = {}
    for link, router in enumerate(data.source.tolist()):
        if router not in known:
            known[router] = _router(held, data.members[router])
        value, fresh = known[router]
        yield LinkView(
            value=value,
            notified_age=told[link],
            fresh=fresh,
            limit=data.max_pair_age + ROUNDING,
            allowed=allowed[link],
            age_rate=price.age,
            error_rate=price.error,
            fee=float(price.fee[link]),
        )


def may_notify(
    data: ProblemData, held: HeldValues, told: Floats | None = None
) -> Bools:
    """Return, (L, T), in which slots a link can be used without a limit at risk.

    A notification whose age is past the limit breaks it at once. One that makes the pair
    older than if it had never been told (by the residence time, before much has arrived)
    can break it later, when the age at telling has passed the limit too. That cannot
    happen if the gaps between reports are those that :func:`longest_gap` allows, nor if
    the horizon ends first.

    Parameters
    ----------
    world
        The instance.
    held
        What its routers hold.
    told
        (L, T): age after telling; worked out where it is not given.
    """
    told = notified_age(data, held) if told is None else told
    last = data.slots - 1
    slots = np.arange(data.slots)
    limit = data.max_pair_age + ROUNDING
    oldest = np.minimum(data.transmit + longest_gap(data) - 1, last)
    regular = (held.age <= oldest[:, None]).all(axis=1)
    safe = np.zeros(data.links, dtype=bool)
    for link, router in enumerate(data.source.tolist()):
        members = data.members[router]
        age = oldest[members].mean() + data.residence[link]
        safe[link] = regular[members].all() and age <= limit
    lasting = (told <= slots) | (told + (last - slots) <= limit) | safe[:, None]
    allowed: Bools = (told <= limit) & lasting
    return allowed


def _router(held: HeldValues, members: Ints) -> tuple[Floats, Bools]:
    """Return (T, n) what a router holds, and (T,) when that was renewed."""
    value = np.ascontiguousarray(held.value[members].T)
    fresh = np.zeros(len(value), dtype=bool)
    # An age grows by one in every slot in which nothing arrives.
    fresh[1:] = (np.diff(held.age[members], axis=1) < 1.0).any(axis=0)
    return value, fresh
