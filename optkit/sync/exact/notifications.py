"""The best notifications when the reports are given: one shortest path for each link.

Given the reports, what a router holds in every slot is known, and no link's decisions
touch another link's cost. What a link costs in slot t is known from t and the slot s of
its last notification: the age r(s) + residence + (t − s), r being the mean age of the
source's devices, and the error of the values told at s. So its decisions are a path over
notification slots, whose arc from s to s' costs what the slots s … s' − 1 cost, and the
fee of s'. The limit on pair ages ends every arc, the one before the first notification
too, after at most ``max_pair_age`` slots: O(T · max_pair_age · devices) time, O(T) memory.

A path is dropped before its arc must end where notifying *now* is proven no worse: it has
cost at least as much as the best path with a notification in slot t, fee included; and
it is older by at least what the difference between its values and those held now can
spare it in error, slot for slot (triangle inequality). Both stay so as long as neither is
used again. So generous limits cost little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime.compiled import compiled
from optkit.sync.problem.held_values import Held, router_age
from optkit.sync.problem.prices import SLACK, rates
from optkit.sync.problem.problem_data import World


@dataclass(frozen=True, eq=False)
class Notified:
    """Optimal notifications for given reports.

    Parameters
    ----------
    cost
        (L,): least cost of each link in units of the objective; infinite where no
        notifications keep its age within the limit.
    slots
        For each link, the slots of its notifications; none where there is no way.
    """

    cost: Floats
    slots: tuple[Ints, ...]

    @property
    def feasible(self) -> bool:
        """Whether every link can keep its limit."""
        return bool(np.isfinite(self.cost).all())

    @property
    def impossible(self) -> Ints:
        """Indices of the links that cannot keep the limit whatever they do."""
        return np.flatnonzero(~np.isfinite(self.cost))


def best_notifications(world: World, held: Held) -> Notified:
    """Return the cheapest notifications of every link for given reports.

    Parameters
    ----------
    world
        The instance.
    held
        What the routers hold when the devices report as they do.
    """
    price = rates(world)
    mean_age = router_age(world, held)
    views: dict[int, tuple[Floats, Floats]] = {}
    known: dict[tuple[int, float, float], tuple[float, Ints]] = {}
    cost = np.empty(world.links)
    slots = []
    for link, router in enumerate(world.source.tolist()):
        if router not in views:
            views[router] = _views(world, held, router)
        key = (router, float(world.residence[link]), float(price.fee[link]))
        if key not in known:
            real, told = views[router]
            known[key] = cheapest_notifications(
                real,
                told,
                mean_age[router],
                key[1],
                key[2],
                price.age,
                price.error,
                world.max_pair_age + SLACK,
            )
        cost[link], chosen = known[key]
        slots.append(chosen)
    return Notified(cost, tuple(slots))


def bound_for_reports(
    world: World, held: Held, reports: int | None = None
) -> float | None:
    """Return the least objective that any notifications reach with given reports.

    Parameters
    ----------
    world
        The instance.
    held
        What the routers hold when the devices report as they do.
    reports
        How many reports are sent; None counts those that ``held`` shows, without the
        ones that came to nothing, which is a valid bound all the same.

    Returns
    -------
    float or None
        The bound; None where no notifications keep the limits.
    """
    best = best_notifications(world, held)
    if not best.feasible or not keeps_device_limit(world, held):
        return None
    sent = reports_seen(world, held) if reports is None else reports
    return float(best.cost.sum()) + rates(world).report * sent


def keeps_device_limit(world: World, held: Held) -> bool:
    """Say whether no device's age passes its limit (eq 14a)."""
    return bool((held.age <= world.max_device_age + SLACK).all())


def reports_seen(world: World, held: Held) -> int:
    """Return how many reports changed what a router holds or how old that is."""
    taken = np.arange(world.slots) - held.age
    return int((np.diff(taken, axis=1) > 0).sum())


def _views(world: World, held: Held, router: int) -> tuple[Floats, Floats]:
    """Return (T, n) what errors are taken against, and what notifications tell."""
    members = world.members[router]
    told = np.ascontiguousarray(held.value[members].T)
    if not world.true_error:
        return told, told
    return np.ascontiguousarray(world.loads[members].T), told


def cheapest_notifications(
    real: Floats,
    told: Floats,
    mean_age: Floats,
    residence: float,
    fee: float,
    age_rate: float,
    error_rate: float,
    limit: float,
) -> tuple[float, Ints]:
    """Return the least cost of one link and its notification slots.

    Parameters
    ----------
    real, told
        (T, n): what errors are taken against, and what a notification tells.
    mean_age
        (T,): mean age of the source's devices.
    residence, fee
        The link's residence time in slots, and the cost of a notification.
    age_rate, error_rate
        Cost of a slot of age and of a percent of error, in one slot.
    limit
        Limit on the pair's age, rounding allowed for.
    """
    cost, slots = compiled(_cheapest)(
        real, told, mean_age, residence, fee, age_rate, error_rate, limit
    )
    return cost, slots


def _cheapest(
    real: Any,
    told: Any,
    mean_age: Any,
    residence: float,
    fee: float,
    age_rate: float,
    error_rate: float,
    limit: float,
) -> tuple[float, Any]:
    """Return a link's least cost and its notification slots. Compiled.

    Slot −1 stands for no notification yet: age t, and the values of slot 0.
    """
    slots, devices = told.shape
    before = np.full(slots, -1, np.int64)
    # Paths in play, by the slot of their last notification, and what each has cost.
    last = np.empty(slots + 1, np.int64)
    spent = np.empty(slots + 1)
    last[0] = -1
    spent[0] = 0.0
    playing = 1
    for t in range(slots):
        best = np.inf
        for i in range(playing):
            if spent[i] < best:
                best = spent[i]
                before[t] = last[i]
        fresh = mean_age[t] + residence
        told_now = best + fee
        kept = 0
        for i in range(playing + 1):
            if i == playing:
                s, paid = t, told_now
            else:
                s, paid = last[i], spent[i]
            age = float(t) if s < 0 else mean_age[s] + residence + (t - s)
            if not age <= limit:
                continue
            row = 0 if s < 0 else s
            if s < t and paid >= told_now and age >= fresh:
                apart = 0.0
                for n in range(devices):
                    apart += abs(told[row, n] - told[t, n])
                if age_rate * (age - fresh) >= error_rate * apart:
                    continue
            error = 0.0
            for n in range(devices):
                error += abs(real[t, n] - told[row, n])
            last[kept] = s
            spent[kept] = paid + age_rate * age + error_rate * error
            kept += 1
        playing = kept
        if playing == 0:
            return np.inf, np.empty(0, np.int64)
    best = np.inf
    end = -1
    for i in range(playing):
        if spent[i] < best:
            best = spent[i]
            end = last[i]
    count = 0
    s = end
    while s >= 0:
        count += 1
        s = before[s]
    chosen = np.empty(count, np.int64)
    s = end
    while s >= 0:
        count -= 1
        chosen[count] = s
        s = before[s]
    return best, chosen
