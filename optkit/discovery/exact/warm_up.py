"""Calls the loops that no solver reaches on a tiny instance; see ``optkit warm``."""

from __future__ import annotations

import numpy as np

from optkit.discovery.bounds import facility_location
from optkit.discovery.bounds.triangle_bound import (
    ROWS,
    FollowerTerms,
    Fractional,
    Links,
    raise_prices,
)
from optkit.discovery.exact.choice_kernels import raise_bounds, surviving_choices
from optkit.discovery.exact.unique_response_kernels import best_exchange


def warm_up() -> None:
    """Run the loops of the bounds and of unique responses on one link."""
    facility_location.warm_up()
    one, ends = np.ones(1), np.array([0, 1])
    links = Links(one, one, one, one, ends, one, ends, 0.5, 2.0, False)
    zero = np.zeros(1, dtype=np.int64)
    terms = FollowerTerms(
        zero, one, 1.0, 1.0, Fractional(zero, zero, zero, zero - 1, one, one)
    )
    raise_prices(links, terms, np.zeros(ROWS), 1.0, 1)
    surviving_choices(
        np.ones((1, 1, 2)), np.ones((1, 1), dtype=bool), np.zeros(2), np.zeros((2, 1)),
        one, 0, 0.0, 0.0, 0.0, 1e-6, 1e-9, zero, 2.0,
        np.zeros((1, 1), dtype=np.int32), np.zeros(1),
    )  # fmt: skip
    raise_bounds(
        np.ones((1, 1, 4)), np.zeros(4), one, 1, 0.0, 2.0, 0.0, 1e-6, 1e-9,
        np.zeros(1), np.zeros((1, 1), dtype=np.int32),
    )  # fmt: skip
    window = np.array([0.5, 2.0, 1.0, 1.0, 1.0])
    best_exchange(np.zeros(1, dtype=np.int64), one, one, one, 0.0, 0.0, window, False)
