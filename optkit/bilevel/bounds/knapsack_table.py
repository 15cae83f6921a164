"""The lower bound of knapsack interdiction: a game in which the follower commits early.

Let leader and follower decide item after item, the leader first. The follower then packs
an item without knowing what will be forbidden later, so it gets no more than in the true
problem, where it sees all of the leader's decision: the game's value is a lower bound.
With f_i(u, l) the value of the game from item i on, u being left of the budget and l of
the capacity,

    f_i(u, l) = min( max( f_{i+1}(u, l), p_i + f_{i+1}(u, l - w_i) ), f_{i+1}(u - c_i, l) )

where the first part is for leaving the item, the second for forbidding it.

Source: the bound of Weninger and Fukasawa, IPCO 2023. The tables are coarsened here where
they would be too large: budgets are counted in whole units of ``unit_cost``, costs rounded
down, and capacities in units of ``unit_weight``, weights rounded up. The leader can then
do more and the follower less, so it stays a lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.bilevel.problem.structure.knapsack import Knapsack
from optkit.core.arrays import Ints

MOST_ENTRIES = 40_000_000
"""Entries of the tables, 4 bytes each."""


@dataclass(frozen=True, eq=False)
class Table:
    """The tables f_0 … f_n, each in the window of budgets and capacities it is asked for.

    Parameters
    ----------
    values
        All tables, one after the other.
    start
        Where each begins, shape (n + 1,).
    u_low, u_high, l_low, l_high
        The windows, shape (n + 1,): below a window nobody asks, above it the value is
        that at its end, or zero where the budget pays for every item that is left.
    u_rest
        Budget that pays for every item from i on, shape (n + 1,).
    unit_cost, unit_weight
        Units of the axes.
    """

    values: Any
    start: Ints
    u_low: Ints
    u_high: Ints
    l_low: Ints
    l_high: Ints
    u_rest: Ints
    unit_cost: int
    unit_weight: int

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the compiled loops take."""
        return (
            self.values,
            self.start,
            self.u_low,
            self.u_high,
            self.l_low,
            self.l_high,
            self.u_rest,
        )


def windows(
    knapsack: Knapsack, unit_cost: int, unit_weight: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return ``u_low, u_high, l_low, l_high, u_rest`` for given units."""
    n = len(knapsack.profit)
    cost = knapsack.cost // unit_cost
    weight = -(-knapsack.weight // unit_weight)
    budget, capacity = knapsack.budget // unit_cost, knapsack.capacity // unit_weight
    spent = np.concatenate([[0], np.cumsum(knapsack.cost)])
    # Forbidden or not at all: an item dearer than the budget spends nothing.
    u_low = np.maximum(0, (knapsack.budget - spent) // unit_cost)
    u_rest = _suffixes(cost)
    packed = np.concatenate([[0], np.cumsum(weight)])
    l_low = np.maximum(0, capacity - packed)
    l_high = np.minimum(capacity, _suffixes(weight))
    u_high = np.minimum(budget, u_rest)
    every = (u_low, np.maximum(u_low, u_high), l_low, np.maximum(l_low, l_high), u_rest)
    assert all(len(part) == n + 1 for part in every)
    return every


def _suffixes(values: Ints) -> Ints:
    return np.concatenate([np.cumsum(values[::-1])[::-1], [0]])


def table(
    knapsack: Knapsack,
    should_stop: Callable[[], bool],
    most: int = MOST_ENTRIES,
) -> Table | None:
    """Return the tables, as fine as ``most`` entries allow; None if told to stop."""
    unit = 1
    while True:
        # Coarsen the longer axis first: the units need not be equal.
        longest = max(knapsack.budget, knapsack.capacity, 1)
        unit_cost = max(1, math.ceil(unit * knapsack.budget / longest))
        unit_weight = max(1, math.ceil(unit * knapsack.capacity / longest))
        u_low, u_high, l_low, l_high, u_rest = windows(knapsack, unit_cost, unit_weight)
        sizes = (u_high - u_low + 1) * (l_high - l_low + 1)
        if sizes.sum() <= most:
            break
        unit += max(1, unit // 4)
    start = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    values = np.zeros(int(sizes.sum()), dtype=np.int32)
    made = Table(
        values, start, u_low, u_high, l_low, l_high, u_rest, unit_cost, unit_weight
    )
    from optkit.bilevel.bounds.knapsack_kernels import fill

    for i in range(len(knapsack.profit) - 1, -1, -1):
        if should_stop():
            return None
        fill(
            *made.arrays,
            i,
            int(knapsack.cost[i] // unit_cost),
            int(-(-knapsack.weight[i] // unit_weight)),
            int(knapsack.profit[i]),
        )
    return made
