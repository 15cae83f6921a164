"""The lower bound of knapsack interdiction: a game in which the follower commits early.

Let leader and follower decide on one item after the other, the leader first. The follower
then packs an item without knowing what will be forbidden later. In the true problem it
knows the whole decision, so it gets at least as much: the game's value is a lower bound.
Let f_i(u, l) be the value of the game from item i on, when u is left of the budget and l of
the capacity:

    f_i(u, l) = min( max( f_{i+1}(u, l), p_i + f_{i+1}(u, l - w_i) ), f_{i+1}(u - c_i, l) )

The first part is for leaving the item to the follower, the second for forbidding it.

Source: the bound of Weninger and Fukasawa, IPCO 2023. Tables that would be too large are
coarsened here: budgets are counted in units of ``unit_cost``, with costs rounded down, and
capacities in units of ``unit_weight``, with weights rounded up. The leader can then do more
and the follower less, so the value is still a lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.bilevel.bounds.knapsack_kernels import fill_table
from optkit.bilevel.problem.structure.knapsack import Knapsack
from optkit.core.arrays import Ints

MOST_ENTRIES = 40_000_000
"""Largest number of entries of all tables, 4 bytes each."""


@dataclass(frozen=True, eq=False)
class GameTable:
    """The tables f_0 … f_n, each over the range of budgets and capacities that is needed.

    Parameters
    ----------
    values
        All tables, one after the other.
    start
        Index at which each table begins, shape (n + 1,).
    u_low, u_high, l_low, l_high
        The ranges, shape (n + 1,). Values below a range are not needed. Above it the value
        is that at its end, or zero where the budget pays for every item that is left.
    u_rest
        Budget that pays for every item from i on, shape (n + 1,).
    unit_cost, unit_weight
        Units of the budget and of the capacity.
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
        """The arrays, in the order in which the compiled loops take them."""
        return (
            self.values,
            self.start,
            self.u_low,
            self.u_high,
            self.l_low,
            self.l_high,
            self.u_rest,
        )


def _ranges(
    knapsack: Knapsack, unit_cost: int, unit_weight: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return ``u_low, u_high, l_low, l_high, u_rest`` for given units."""
    cost = knapsack.cost // unit_cost
    weight = -(-knapsack.weight // unit_weight)
    budget, capacity = knapsack.budget // unit_cost, knapsack.capacity // unit_weight
    spent = np.concatenate([[0], np.cumsum(knapsack.cost)])
    u_low = np.maximum(0, (knapsack.budget - spent) // unit_cost)
    u_rest = _suffixes(cost)
    packed = np.concatenate([[0], np.cumsum(weight)])
    l_low = np.maximum(0, capacity - packed)
    l_high = np.minimum(capacity, _suffixes(weight))
    u_high = np.minimum(budget, u_rest)
    return u_low, np.maximum(u_low, u_high), l_low, np.maximum(l_low, l_high), u_rest


def _suffixes(values: Ints) -> Ints:
    """Return the sums of all suffixes, the empty one last."""
    return np.concatenate([np.cumsum(values[::-1])[::-1], [0]])


def game_table(
    knapsack: Knapsack,
    should_stop: Callable[[], bool],
    most_entries: int = MOST_ENTRIES,
) -> GameTable | None:
    """Return the tables, as fine as ``most_entries`` allows; None if told to stop."""
    unit = 1
    while True:
        # The units need not be equal: the longer axis is coarsened first.
        longest = max(knapsack.budget, knapsack.capacity, 1)
        unit_cost = max(1, math.ceil(unit * knapsack.budget / longest))
        unit_weight = max(1, math.ceil(unit * knapsack.capacity / longest))
        u_low, u_high, l_low, l_high, u_rest = _ranges(knapsack, unit_cost, unit_weight)
        sizes = (u_high - u_low + 1) * (l_high - l_low + 1)
        if sizes.sum() <= most_entries:
            break
        unit += max(1, unit // 4)
    start = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    values = np.zeros(int(sizes.sum()), dtype=np.int32)
    table = GameTable(
        values, start, u_low, u_high, l_low, l_high, u_rest, unit_cost, unit_weight
    )
    for i in range(len(knapsack.profit) - 1, -1, -1):
        if should_stop():
            return None
        fill_table(
            *table.arrays,
            i,
            int(knapsack.cost[i] // unit_cost),
            int(-(-knapsack.weight[i] // unit_weight)),
            int(knapsack.profit[i]),
        )
    return table
