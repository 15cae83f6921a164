"""Episodes: the arrays that the environment needs of an instance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from optkit.core.errors import UnavailableError
from optkit.sync.problem.held_values import HeldValues, notified_age
from optkit.sync.problem.observation import may_notify
from optkit.sync.problem.prices import unit_prices
from optkit.sync.problem.problem_data import ProblemData
from optkit.sync.problem.report_gaps import LIMIT_ROUNDING


class EpisodeArrays(NamedTuple):
    """One episode; T slots, L links, n the most devices of a router (others padded by 0).

    Parameters
    ----------
    value
        (T, L, n): values that a link's source holds of its devices, in percent.
    reference
        (T, L, n): values that errors are measured from.
    notified_age
        (T, L): age Φ right after a notification.
    allowed
        (T, L) bool: where a notification puts no limit at risk, now or later.
    fee
        (L,): cost of a notification, in units of the objective.
    age_price, error_price
        Cost of a slot of age and of a percent of error of one link in one slot.
    age_weight, age_tolerance
        ω1 and ξ, for the reward (19).
    limit
        Limit on the age, rounding included.
    """

    value: Any
    reference: Any
    notified_age: Any
    allowed: Any
    fee: Any
    age_price: Any
    error_price: Any
    age_weight: Any
    age_tolerance: Any
    limit: Any


def episode_arrays(data: ProblemData, held: HeldValues) -> EpisodeArrays:
    """Return an instance whose reports are decided as an episode.

    Raises
    ------
    UnavailableError
        If links change.
    """
    if data.course is not None:
        raise UnavailableError(
            "links change, and agents learn for links that stay; take an instance without"
            " changes."
        )
    price = unit_prices(data)
    return EpisodeArrays(
        value=by_link(data, held.value),
        reference=by_link(data, data.loads if data.true_error else held.value),
        notified_age=np.ascontiguousarray(notified_age(data, held).T),
        allowed=np.ascontiguousarray(may_notify(data, held).T),
        fee=price.fee,
        age_price=np.float64(price.age),
        error_price=np.float64(price.error),
        age_weight=np.float64(data.weight_age),
        age_tolerance=np.float64(data.age_tolerance),
        limit=np.float64(data.max_pair_age + LIMIT_ROUNDING),
    )


def by_link(data: ProblemData, series: Any) -> Any:
    """Return series of devices, (N, T), as those of each link's source, (T, L, n)."""
    widest = max((len(members) for members in data.members), default=0)
    padded = np.zeros((data.slots, data.routers, widest))
    for router, members in enumerate(data.members):
        padded[:, router, : len(members)] = series[members].T
    return padded[:, data.source]
