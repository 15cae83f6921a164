"""Episodes: what the compiled environment needs of an instance, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.sync.problem.held_values import HeldValues, notified_age
from optkit.sync.problem.observation import ROUNDING, may_notify
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData


class Scenario(NamedTuple):
    """One episode; T slots, L links, n the most devices of a router (others padded by 0).

    Parameters
    ----------
    value
        (T, L, n): what a link's source holds of its devices, in percent.
    real
        (T, L, n): what errors are taken against.
    told
        (T, L): age Φ right after a notification.
    allowed
        (T, L) bool: where a notification puts no limit at risk, then or later.
    fee
        (L,): cost of a notification, in units of the objective.
    age_price, error_price
        Cost of a slot of age and of a percent of error of one link in one slot.
    age_weight, tolerance
        ω1 and ξ, for the reward (19).
    limit
        Limit on the age, rounding allowed for.
    """

    value: Any
    real: Any
    told: Any
    allowed: Any
    fee: Any
    age_price: Any
    error_price: Any
    age_weight: Any
    tolerance: Any
    limit: Any


def scenario(data: ProblemData, held: HeldValues) -> Scenario:
    """Return an instance, with its reports decided, as an episode."""
    price = unit_prices(data)
    told = notified_age(data, held)
    return Scenario(
        value=by_link(data, held.value),
        real=by_link(data, data.loads if data.true_error else held.value),
        told=np.ascontiguousarray(told.T),
        allowed=np.ascontiguousarray(may_notify(data, held, told).T),
        fee=price.fee,
        age_price=np.float64(price.age),
        error_price=np.float64(price.error),
        age_weight=np.float64(data.weight_age),
        tolerance=np.float64(data.age_tolerance),
        limit=np.float64(data.max_pair_age + ROUNDING),
    )


def by_link(data: ProblemData, series: Any) -> Any:
    """Return series of devices, (N, T), as those of each link's source, (T, L, n)."""
    widest = max((len(members) for members in data.members), default=0)
    padded = np.zeros((data.slots, data.routers, widest))
    for router, members in enumerate(data.members):
        padded[:, router, : len(members)] = series[members].T
    return padded[:, data.source]
