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
from optkit.sync.problem.held_values import HeldValues, router_age
from optkit.sync.problem.prices import SLACK, unit_prices
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class OptimalNotifications:
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


def best_notifications(data: ProblemData, held: HeldValues) -> OptimalNotifications:
    """Return the cheapest notifications of every link for given reports.

    Parameters
    ----------
    world
        The instance.
    held
        What the routers hold when the devices report as they do.
    """
    price = unit_prices(data)
    mean_age = router_age(data, held)
    views: dict[int, tuple[Floats, Floats]] = {}
    known: dict[tuple[int, float, float], tuple[float, Ints]] = {}
    cost = np.empty(data.links)
    slots = []
    for link, router in enumerate(data.source.tolist()):
        if router not in views:
            views[router] = _views(data, held, router)
        key = (router, float(data.residence[link]), float(price.fee[link]))
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
                data.max_pair_age + SLACK,
            )
        cost[link], chosen = known[key]
        slots.append(chosen)
    return OptimalNotifications(cost, tuple(slots))


def bound_for_reports(
    data: ProblemData, held: HeldValues, reports: int | None = None
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
    best = best_notifications(data, held)
    if not best.feasible or not keeps_device_limit(data, held):
        return None
    sent = reports_seen(data, held) if reports is None else reports
    return float(best.cost.sum()) + unit_prices(data).report * sent


def keeps_device_limit(data: ProblemData, held: HeldValues) -> bool:
    """Say whether no device's age passes its limit (eq 14a)."""
    return bool((held.age <= data.max_device_age + SLACK).all())


def reports_seen(data: ProblemData, held: HeldValues) -> int:
    """Return how many reports changed what a router holds or how old that is."""
    taken = np.arange(data.slots) - held.age
    return int((np.diff(taken, axis=1) > 0).sum())


def _views(data: ProblemData, held: HeldValues, router: int) -> tuple[Floats, Floats]:
    """Return (T, n) what errors are taken against, and what notifications tell."""
    members = data.members[router]
    told = np.ascontiguousarray(held.value[members].T)
    if not data.true_error:
        return told, told
    return np.ascontiguousarray(data.loads[members].T), told


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


