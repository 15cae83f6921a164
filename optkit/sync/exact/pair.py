"""One device and one class of links: reports and notifications optimised together.

In slot t the state is the slot r of the report that the router holds, and the slot r' ≤ r
of the report that the neighbours have been told of; 0 stands for none of either kind, and
is the value of slot 0 as well. A report in slot t − transmit arrives or does not, a
notification makes r' = r or none is sent; then the slot costs what its ages and its error
are. Reports under way need no state, since a report may be sent in every slot. The device's
age t − r and the pair's age t − r' + residence are limited, so r and r' are kept modulo the
limits: O(T · max_device_age · max_pair_age).

Prices of reports and notifications may change from slot to slot and be negative: with them
this is the subproblem of the relaxation in :mod:`optkit.sync.exact.lagrangian`. Only with
constant prices, none negative, and one device is it the router's problem itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Bools, Floats
from optkit.core.runtime.compiled import compiled
from optkit.sync.exact.router import LinkClass, Router


@dataclass(frozen=True, eq=False)
class PairPath:
    """An optimal way of one device and one class of links.

    Parameters
    ----------
    cost
        Its cost; infinite where there is none.
    arrives, notifies
        (T,): whether a report arrives, and whether the links are used, in a slot.
    """

    cost: float
    arrives: Bools
    notifies: Bools


def pair_path(
    router: Router, device: int, links: LinkClass, report: Floats, fee: Floats
) -> PairPath:
    """Return the cheapest reports and notifications of one device for one class.

    Parameters
    ----------
    router
        The router.
    device
        Which of its devices, from 0. With several, the ages count divided by their
        number, and the limit on pair ages is relaxed to what it implies for one device.
    links
        The class.
    report
        (T,): price of a report that arrives in a slot.
    fee
        (T,): price of a notification on all links of the class in a slot.
    """
    count = len(router.devices)
    size = len(links.links)
    limit = router.pair_limit + router.oldest * (1.0 - 1.0 / count)
    cost, arrives, notifies = compiled(_cheapest)(
        router.loads[device],
        router.true_error,
        int(router.transmit[device]),
        router.oldest + 2,
        router.oldest_told(links.residence) + 2,
        links.residence,
        # Of several devices, one may be unreported and the link used for the others.
        max(router.pair_limit, limit - links.residence)
        if count > 1
        else router.pair_limit,
        limit,
        router.age * size / count,
        router.error * size,
        report,
        fee,
    )
    return PairPath(cost, arrives, notifies)


def _cheapest(
    load: Any,
    true_error: bool,
    transmit: int,
    held_ages: int,
    told_ages: int,
    residence: float,
    limit_before: float,
    limit_told: float,
    age_rate: float,
    error_rate: float,
    report: Any,
    fee: Any,
) -> tuple[float, Any, Any]:
    """Return the least cost and the decisions. Compiled."""
    slots = len(load)
    cost = np.full((held_ages, told_ages), np.inf)
    cost[0, 0] = 0.0
    held_of = np.empty(held_ages, np.int64)
    told_of = np.empty(told_ages, np.int64)
    from_held = np.full((slots, told_ages), -1, np.int32)
    from_told = np.full((slots, held_ages), -1, np.int32)
    for t in range(slots):
        for i in range(held_ages):
            held_of[i] = t - (t - i) % held_ages
        for j in range(told_ages):
            told_of[j] = t - (t - j) % told_ages
        if t >= held_ages:
            cost[t % held_ages, :] = np.inf
        if t >= told_ages:
            cost[:, t % told_ages] = np.inf
        if t - transmit >= 1:
            place = (t - transmit) % held_ages
            for j in range(told_ages):
                best = np.inf
                for i in range(held_ages):
                    if cost[i, j] < best:
                        best = cost[i, j]
                        from_held[t, j] = i
                cost[place, j] = best + report[t]
        for i in range(held_ages):
            if held_of[i] < 0 or t - held_of[i] >= told_ages:
                continue
            best = np.inf
            origin = -1
            for j in range(told_ages):
                if cost[i, j] < best:
                    best = cost[i, j]
                    origin = j
            place = held_of[i] % told_ages
            if best + fee[t] < cost[i, place]:
                cost[i, place] = best + fee[t]
                from_told[t, i] = origin
        # Too old a report may be replaced in this slot, and not be kept through it.
        if t >= held_ages - 1:
            cost[(t + 1) % held_ages, :] = np.inf
        for j in range(told_ages):
            r = told_of[j]
            if r < 0:
                continue
            age = float(t - r)
            allowed = age <= limit_before
            if r > 0:
                age += residence
                allowed = age <= limit_told
            if not allowed:
                cost[:, j] = np.inf
                continue
            base = age_rate * age
            if true_error:
                base += error_rate * abs(load[t] - load[r])
                for i in range(held_ages):
                    cost[i, j] += base
            else:
                for i in range(held_ages):
                    if cost[i, j] < np.inf:
                        gap = abs(load[held_of[i]] - load[r])
                        cost[i, j] += base + error_rate * gap
    best = np.inf
    i = j = 0
    for a in range(held_ages):
        for b in range(told_ages):
            if cost[a, b] < best:
                best = cost[a, b]
                i, j = a, b
    arrives = np.zeros(slots, np.bool_)
    notifies = np.zeros(slots, np.bool_)
    if best < np.inf:
        for t in range(slots - 1, -1, -1):
            held = t - (t - i) % held_ages
            if t - held < told_ages and j == held % told_ages and from_told[t, i] >= 0:
                notifies[t] = True
                j = from_told[t, i]
            if held == t - transmit and held >= 1:
                arrives[t] = True
                i = from_held[t, j]
    return best, arrives, notifies
