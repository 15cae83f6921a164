"""The best notifications for given reports: one shortest path per link.

The reports fix what each router holds in every slot, and no link's decisions affect the
cost of another link. The cost of a link in slot t follows from t and from the slot s of its
last notification: its age is r(s) + residence + (t - s), r being the mean age of the
source's devices, and its error is that of the values held in s. So the decisions of a link
form a path over notification slots: the arc from s to s' costs what the slots s, ...,
s' - 1 cost, plus the fee of s'. The limit on pair ages bounds the length of every arc, also
of the one before the first notification, by ``max_pair_age`` slots. This takes
O(T · max_pair_age · devices) time and O(T) memory.

A path is dropped before its limit when notifying now is provably no worse: the path has
cost at least as much as the best one with a notification in slot t, fee included, and its
excess age costs at least what its values could ever save in error (by the triangle
inequality, at most their distance from the values held now). Both conditions hold on until
either path notifies again. So generous limits cost little time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.sync.exact.changing_link_kernels import cheapest_with_changes
from optkit.sync.exact.kernels import cheapest_notifications
from optkit.sync.problem.held_values import HeldValues, router_age
from optkit.sync.problem.prices import LIMIT_TOLERANCE, unit_prices
from optkit.sync.problem.problem_data import ProblemData


@dataclass(frozen=True, eq=False)
class OptimalNotifications:
    """Optimal notifications for given reports.

    Parameters
    ----------
    cost
        (L,): least cost of each link, in units of the objective; infinite where no
        notifications keep its age within the limit.
    slots
        Notification slots of each link; empty where the limit cannot be kept.
    """

    cost: Floats
    slots: tuple[Ints, ...]

    @property
    def feasible(self) -> bool:
        """Whether every link can keep its limit."""
        return bool(np.isfinite(self.cost).all())

    @property
    def impossible(self) -> Ints:
        """Indices of the links that cannot keep their limit."""
        return np.flatnonzero(~np.isfinite(self.cost))


def best_notifications(data: ProblemData, held: HeldValues) -> OptimalNotifications:
    """Return the cheapest notifications of every link for given reports.

    Parameters
    ----------
    data
        The instance.
    held
        What the routers hold with these reports.
    """
    price = unit_prices(data)
    mean_age = router_age(data, held)
    series: dict[int, tuple[Floats, Floats]] = {}
    if data.course is not None:
        return best_with_changes(data, held)
    solved: dict[tuple[int, float, float], tuple[float, Ints]] = {}
    cost = np.empty(data.links)
    slots = []
    for link, router in enumerate(data.source.tolist()):
        if router not in series:
            series[router] = _reference_and_held(data, held, router)
        residence, fee = float(data.residence[link]), float(price.fee[link])
        key = (router, residence, fee)
        if key not in solved:
            solved[key] = cheapest_notifications(
                *series[router],
                mean_age[router],
                residence,
                fee,
                price.age,
                price.error,
                data.max_pair_age + LIMIT_TOLERANCE,
            )
        cost[link], link_slots = solved[key]
        slots.append(link_slots)
    return OptimalNotifications(cost, tuple(slots))


def best_with_changes(data: ProblemData, held: HeldValues) -> OptimalNotifications:
    """Return the cheapest notifications of links that change."""
    assert data.course is not None
    price, course = unit_prices(data), data.course
    mean_age = router_age(data, held)
    solved = [
        cheapest_with_changes(
            *_reference_and_held(data, held, router),
            mean_age[router],
            course.in_force[link],
            course.residence[link],
            price.fee[link],
            (price.age, price.error, data.max_pair_age + LIMIT_TOLERANCE),
        )
        for link, router in enumerate(data.source.tolist())
    ]
    costs = np.array([cost for cost, _ in solved])
    return OptimalNotifications(costs, tuple(slots for _, slots in solved))


def _reference_and_held(
    data: ProblemData, held: HeldValues, router: int
) -> tuple[Floats, Floats]:
    """Return, (T, n) each, what errors are measured from and what the router holds."""
    members = data.members[router]
    values = np.ascontiguousarray(held.value[members].T)
    if not data.true_error:
        return values, values
    return np.ascontiguousarray(data.loads[members].T), values


def bound_for_reports(
    data: ProblemData, held: HeldValues, reports: int | None = None
) -> float | None:
    """Return the least objective that any notifications reach with given reports.

    Parameters
    ----------
    data
        The instance.
    held
        What the routers hold with these reports.
    reports
        Number of reports. None counts those that show in ``held``; reports without
        effect are then missing, and the bound is still valid.

    Returns
    -------
    float or None
        The bound; None where no notifications keep the limits.
    """
    best = best_notifications(data, held)
    if not best.feasible or not keeps_device_limit(data, held):
        return None
    sent = count_visible_reports(data, held) if reports is None else reports
    return float(best.cost.sum()) + unit_prices(data).report * sent


def keeps_device_limit(data: ProblemData, held: HeldValues) -> bool:
    """Return whether no device's age passes its limit (eq 14a)."""
    return bool((held.age <= data.max_device_age + LIMIT_TOLERANCE).all())


def count_visible_reports(data: ProblemData, held: HeldValues) -> int:
    """Return the number of reports that changed a held value or its age."""
    reported_in = np.arange(data.slots) - held.age
    return int((np.diff(reported_in, axis=1) > 0).sum())
