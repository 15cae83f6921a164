"""Episodes: what the compiled environment needs of an instance, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.sync.problem.held_values import Held, told_age
from optkit.sync.problem.observation import ROUNDING, may_tell
from optkit.sync.problem.prices import rates
from optkit.sync.problem.problem_data import World


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


def scenario(world: World, held: Held) -> Scenario:
    """Return an instance, with its reports decided, as an episode."""
    price = rates(world)
    told = told_age(world, held)
    return Scenario(
        value=by_link(world, held.value),
        real=by_link(world, world.loads if world.true_error else held.value),
        told=np.ascontiguousarray(told.T),
        allowed=np.ascontiguousarray(may_tell(world, held, told).T),
        fee=price.fee,
        age_price=np.float64(price.age),
        error_price=np.float64(price.error),
        age_weight=np.float64(world.weight_age),
        tolerance=np.float64(world.age_tolerance),
        limit=np.float64(world.max_pair_age + ROUNDING),
    )


def by_link(world: World, series: Any) -> Any:
    """Return series of devices, (N, T), as those of each link's source, (T, L, n)."""
    widest = max((len(members) for members in world.members), default=0)
    padded = np.zeros((world.slots, world.routers, widest))
    for router, members in enumerate(world.members):
        padded[:, router, : len(members)] = series[members].T
    return padded[:, world.source]
