"""Depth-first search over changes of a threshold rule, each with a price.

Changes are binary. A set of changes is legal if its prices add up to no more than a budget
and a few rows hold. The changes with the highest prices are decided first, so that the
budget prunes early; rows prune where the changes that are left cannot repair them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.runtime.loops import is_always_compiled
from optkit.discovery.problem.follower.core_search_kernels import depth_first

INTERPRETED_NODES = 3_000
"""Nodes after which the compiled search takes over."""

COMPILED_NODES = 3_000_000
"""Nodes after which the search gives up."""

FIRST_CHANGES = 14
"""Number of cheapest changes that are searched first, where there are more."""


@dataclass(frozen=True, eq=False)
class CoreSearchResult:
    """The result of a core search.

    Parameters
    ----------
    flips
        The best legal set of changes found, shape (n,); None if none was found.
    complete
        Whether the search came to its end.
    exhausted
        Whether nothing better exists; otherwise the result may only be within ``enough``
        of the best.
    """

    flips: Bools | None
    complete: bool
    exhausted: bool


def search(
    *,
    prices: Floats,
    changes: Floats,
    slack: Floats,
    values: Floats,
    budget: float,
    value_floor: float | None,
    enough: float,
) -> CoreSearchResult:
    """Return the legal set of changes with the least value.

    Parameters
    ----------
    prices
        Price of each change, not negative, shape (n,).
    changes
        What each change adds to the slack of each row, shape (rows, n).
    slack
        Slack of each row before any change; it has to end at or above 0, within
        ``ROW_TOLERANCE``, shape (rows,).
    values
        What each change adds to the objective, shape (n,).
    budget
        Limit on the sum of prices.
    value_floor
        Where the objective is at least ``value_floor`` plus the prices paid, this number,
        so that every better set found shrinks the budget; None where it is not.
    enough
        With ``value_floor``: a set within this much of the bound ends the search.
    """
    order = np.lexsort((*changes, values, -prices))
    order = order[prices[order] <= budget]
    floor = 0.0 if value_floor is None else float(value_floor)
    best: Bools = np.zeros(len(prices), dtype=bool)
    best_value = np.inf

    def attempt(chosen: Ints, budget: float) -> bool:
        """Search over some of the changes; return whether that was exhaustive."""
        nonlocal best_value
        columns = np.column_stack([prices, values, changes.T])[chosen]
        repeats = np.zeros(len(chosen), dtype=np.bool_)
        repeats[1:] = np.all(columns[1:] == columns[:-1], axis=1)
        chosen_changes = np.ascontiguousarray(changes[:, chosen])
        arguments = (
            prices[chosen],
            chosen_changes,
            np.asarray(slack, dtype=float),
            values[chosen],
            _sums_from_each(np.maximum(chosen_changes, 0.0)),
            _sums_from_each(np.minimum(values[chosen], 0.0)),
            repeats,
            budget,
            value_floor is not None,
            floor,
            float(enough),
            float(best_value),
        )
        flips, least, complete = depth_first.py_func(*arguments, INTERPRETED_NODES)
        if not complete or is_always_compiled():
            flips, least, complete = depth_first(*arguments, COMPILED_NODES)
        if least < best_value:
            best_value = float(least)
            best[:] = False
            best[chosen] = flips
        return bool(complete)

    if value_floor is not None and len(order) > FIRST_CHANGES:
        # A good set of the cheapest changes first: it rules most other changes out.
        attempt(order[-FIRST_CHANGES:], budget)
        budget = min(budget, best_value - floor)
        order = order[prices[order] <= budget]
    complete = budget <= enough or attempt(order, float(budget))
    exhausted = complete and (value_floor is None or best_value - floor > enough)
    return CoreSearchResult(best if best_value < np.inf else None, complete, exhausted)


def _sums_from_each(numbers: Floats) -> Floats:
    """Return the sum of each element and all after it, and 0 at the end."""
    sums = np.zeros((*numbers.shape[:-1], numbers.shape[-1] + 1))
    sums[..., :-1] = np.cumsum(numbers[..., ::-1], axis=-1)[..., ::-1]
    return sums
