"""Branch and bound over the leader's decisions, item by item, with the game's bound."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.bounds.knapsack_kernels import advance, subtree_bound
from optkit.bilevel.bounds.knapsack_table import GameTable, game_table
from optkit.bilevel.problem.structure.knapsack import Knapsack
from optkit.core.arrays import Bools

_DEPTH, _BEST, _NODES, _DONE = range(4)


class KnapsackSearch:
    """A depth-first search that can be paused and continued.

    At depth i the first i items are decided. Let g(c) be the most profit that the follower
    can pack into capacity c from those of them that are not forbidden. The bound of the
    subtree is the largest g(c) + f_i(u, capacity - c). It is the value of the game in which
    the follower knows the first i decisions before it packs any of these items, so it is
    never above the true value, and equal to it at the leaves.

    Parameters
    ----------
    knapsack
        The problem.
    table
        The game's values.
    best
        A value to improve upon, such as an incumbent's.
    """

    def __init__(self, knapsack: Knapsack, table: GameTable, best: int) -> None:
        self._knapsack, self._table = knapsack, table
        n = len(knapsack.profit)
        self._packed = np.zeros((n + 1, knapsack.capacity + 1), dtype=np.int64)
        self._choice = np.full(n + 1, -1, dtype=np.int64)
        self._branches_tried = np.zeros(n + 1, dtype=np.int64)
        self._bounds = np.zeros((n + 1, 2), dtype=np.int64)
        self._budget = np.zeros(n + 1, dtype=np.int64)
        self._budget[0] = knapsack.budget
        self._incumbent = np.zeros(n, dtype=np.int64)
        self._state = np.array([0, best, 0, 0], dtype=np.int64)
        self.root_bound = self._subtree_bound(0)

    @property
    def complete(self) -> bool:
        """Whether no better value than :attr:`best` is left."""
        return bool(self._state[_DONE])

    @property
    def best(self) -> int:
        """The least value found so far, or the initial one."""
        return int(self._state[_BEST])

    @property
    def nodes(self) -> int:
        """Decisions tried so far."""
        return int(self._state[_NODES])

    @property
    def forbidden(self) -> Bools:
        """Which items are forbidden by the best decision found, shape (items,)."""
        return self._incumbent.astype(np.bool_)

    @property
    def bound(self) -> int:
        """A lower bound on the value of every decision."""
        if self.complete:
            return self.best
        depth = int(self._state[_DEPTH])
        bounds = [self.best]
        for i in range(depth + 1):
            if self._branches_tried[i] == 1:  # the other branch has not been tried
                bounds.append(int(self._bounds[i, 1 - self._choice[i]]))
        if self._branches_tried[depth] == 0 and depth > 0:
            bounds.append(int(self._bounds[depth - 1, self._choice[depth - 1]]))
        elif self._branches_tried[depth] == 0:
            bounds.append(self.root_bound)
        return max(self.root_bound, min(bounds))

    def advance(self, nodes: int) -> None:
        """Try at most ``nodes`` more decisions."""
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
            self._branches_tried,
            self._bounds,
            self._budget,
            self._incumbent,
            self._state,
            nodes,
        )

    def _subtree_bound(self, depth: int) -> int:
        bound = subtree_bound(
            *self._table.arrays,
            self._table.unit_cost,
            self._table.unit_weight,
            depth,
            self._budget[depth],
            self._packed[depth],
        )
        return int(bound)


def warm_up() -> None:
    """Run the loops of table and search on two items; see ``optkit warm``."""
    two = np.array([1, 1])
    knapsack = Knapsack(np.arange(2), two, two, two, budget=1, capacity=2, scale=1.0)
    table = game_table(knapsack, lambda: False)
    assert table is not None, "it is not told to stop"
    KnapsackSearch(knapsack, table, 3).advance(10)
