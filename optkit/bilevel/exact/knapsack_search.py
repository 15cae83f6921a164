"""Branch and bound over the leader's decisions, item by item, with the game's bound."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.bilevel.bounds.knapsack_table import Table
from optkit.bilevel.problem.structure.knapsack import Knapsack
from optkit.core.arrays import Bools

_DEPTH, _BEST, _NODES, _DONE = range(4)


class Search:
    """A depth-first search that can be left and taken up again.

    At depth i the first i items are decided. With g(c) the most that the follower can
    pack of those that are left among them into capacity c, the subtree's bound is the
    largest g(c) + f_i(u, capacity - c). It is the value of the game in which the follower
    knows the first i decisions before it packs anything of them, so it is never above the
    true value, and equal to it at the leaves.

    Parameters
    ----------
    knapsack
        The problem.
    table
        The game's values.
    best
        A value that is to be improved upon, such as an incumbent's.
    """

    def __init__(self, knapsack: Knapsack, table: Table, best: int) -> None:
        self._knapsack, self._table = knapsack, table
        n = len(knapsack.profit)
        self._packed = np.zeros((n + 1, knapsack.capacity + 1), dtype=np.int64)
        self._choice = np.full(n + 1, -1, dtype=np.int64)
        self._second = np.zeros(n + 1, dtype=np.int64)
        self._bounds = np.zeros((n + 1, 2), dtype=np.int64)
        self._budget = np.zeros(n + 1, dtype=np.int64)
        self._budget[0] = knapsack.budget
        self._answer = np.zeros(n, dtype=np.int64)
        self._state = np.array([0, best, 0, 0], dtype=np.int64)
        self.root = int(self._bound_of(0))

    @property
    def complete(self) -> bool:
        """Whether nothing better than :attr:`best` is left."""
        return bool(self._state[_DONE])

    @property
    def best(self) -> int:
        """The least value found so far, or the one it began with."""
        return int(self._state[_BEST])

    @property
    def nodes(self) -> int:
        """Decisions tried so far."""
        return int(self._state[_NODES])

    @property
    def forbidden(self) -> Bools:
        """Which items the best decision found forbids, shape (items,)."""
        return self._answer.astype(np.bool_)

    @property
    def bound(self) -> int:
        """No decision is better than this."""
        if self.complete:
            return self.best
        depth = int(self._state[_DEPTH])
        waiting = [self.best]
        for i in range(depth + 1):
            if self._second[i] == 1:  # the other branch has not been tried
                waiting.append(int(self._bounds[i, 1 - self._choice[i]]))
        if self._second[depth] == 0 and depth > 0:
            waiting.append(int(self._bounds[depth - 1, self._choice[depth - 1]]))
        elif self._second[depth] == 0:
            waiting.append(self.root)
        return max(self.root, min(waiting))

    def advance(self, nodes: int) -> None:
        """Try at most so many more decisions."""
        from optkit.bilevel.bounds.knapsack_kernels import advance

        knapsack = self._knapsack
        advance(
            *self._table.arrays,
            self._table.unit_cost,
            self._table.unit_weight,
            knapsack.cost,
            knapsack.weight,
            knapsack.profit,
            self._packed,
            self._choice,
            self._second,
            self._bounds,
            self._budget,
            self._answer,
            self._state,
            nodes,
        )

    def _bound_of(self, depth: int) -> Any:
        from optkit.bilevel.bounds.knapsack_kernels import bound

        return bound(
            *self._table.arrays,
            self._table.unit_cost,
            self._table.unit_weight,
            depth,
            self._budget[depth],
            self._packed[depth],
        )
