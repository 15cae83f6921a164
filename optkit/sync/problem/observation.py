"""The information that a device or a router has when it decides.

The arrays cover all slots, so that a policy can work on whole arrays or in a compiled loop;
its decision in slot t may depend on entries up to t only. The tests change the future for
every registered policy that declares itself causal, and compare its past decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.sync.problem.held_values import HeldValues, notified_age
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import LIMIT_ROUNDING, longest_gap


@dataclass(frozen=True, eq=False)
class DeviceView:
    """The information of one device: its own samples.

    Parameters
    ----------
    samples
        (T,): its load a in percent, sampled in every slot.
    transmit
        Slots that its reports are under way.
    longest_gap
        Most slots from one report to the next that keep every age within its limit; the
        first report comes before this slot.
    """

    samples: Floats
    transmit: int
    longest_gap: int


@dataclass(frozen=True, eq=False)
class LinkView:
    """The information of a router with n devices about one of its links (eq 17).

    Parameters
    ----------
    value
        (T, n): the values that it holds of its devices after the arrivals of each slot.
        The error e before a decision is their distance from the row of the last
        notification; before the first notification, from the first row.
    notified_age
        (T,): age Φ of the pair right after a notification in a slot. Without one it is
        one more than in the slot before, and 0 in slot 0.
    fresh
        (T,): whether a report of any of its devices arrived in a slot.
    limit
        Limit on the pair's age, rounding included.
    allowed
        (T,): whether a notification in a slot keeps the limit, now and later; see
        :func:`may_notify`.
    age_price, error_price, fee
        Cost of a slot of age, of a percent of error, and of a notification, in units of
        the objective. Where links change, the fee is that in each slot, (T,).
    """

    value: Floats
    notified_age: Floats
    fresh: Bools
    limit: float
    allowed: Bools
    age_price: float
    error_price: float
    fee: float | Floats


def device_views(data: ProblemData) -> Iterator[DeviceView]:
    """Yield the information of each of the N devices."""
    gaps = longest_gap(data)
    for samples, transmit, gap in zip(data.loads, data.transmit, gaps, strict=True):
        yield DeviceView(samples, int(transmit), int(gap))


def link_views(data: ProblemData, held: HeldValues) -> Iterator[LinkView]:
    """Yield the information about each of the L links at its source."""
    price = unit_prices(data)
    age = notified_age(data, held)
    allowed = may_notify(data, held)
    by_router: dict[int, tuple[Floats, Bools]] = {}
    for link, router in enumerate(data.source.tolist()):
        if router not in by_router:
            by_router[router] = _values_and_arrivals(held, data.members[router])
        value, fresh = by_router[router]
        yield LinkView(
            value=value,
            notified_age=age[link],
            fresh=fresh,
            limit=data.max_pair_age + LIMIT_ROUNDING,
            allowed=allowed[link],
            age_price=price.age,
            error_price=price.error,
            fee=float(price.fee[link]) if data.course is None else price.fee[link],
        )


def may_notify(data: ProblemData, held: HeldValues) -> Bools:
    """Return, (L, T), in which slots each link can be used without risking a limit.

    A notification whose age is past the limit breaks the limit at once. One that makes the
    pair older than if it had never been notified (by the residence time, before much has
    arrived) can break it later, when the age after another notification is past the limit
    too. That cannot happen if the gaps between reports are no longer than
    :func:`longest_gap`, or if the horizon ends first.

    Parameters
    ----------
    data
        The instance.
    held
        What its routers hold.
    """
    age = notified_age(data, held)
    if data.course is not None:  # max_pair_age has room for what max_device_age allows
        within: Bools = age <= data.max_pair_age + LIMIT_ROUNDING
        return within & data.course.in_force
    last = data.slots - 1
    slots = np.arange(data.slots)
    limit = data.max_pair_age + LIMIT_ROUNDING
    oldest = np.minimum(data.transmit + longest_gap(data) - 1, last)
    regular = (held.age <= oldest[:, None]).all(axis=1)
    greatest = np.full(data.routers, np.inf)
    for router in np.unique(data.source).tolist():
        members = data.members[router]
        if regular[members].all():
            greatest[router] = oldest[members].mean()
    safe = greatest[data.source] + data.residence <= limit
    lasting = (age <= slots) | (age + (last - slots) <= limit) | safe[:, None]
    allowed: Bools = (age <= limit) & lasting
    return allowed


def _values_and_arrivals(held: HeldValues, members: Ints) -> tuple[Floats, Bools]:
    """Return (T, n) the values that a router holds, and (T,) when a report arrived."""
    value = np.ascontiguousarray(held.value[members].T)
    fresh = np.zeros(len(value), dtype=bool)
    # An age grows by one in every slot in which nothing arrives.
    fresh[1:] = (np.diff(held.age[members], axis=1) < 1.0).any(axis=0)
    return value, fresh
