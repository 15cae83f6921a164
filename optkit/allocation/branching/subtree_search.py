"""Branch and bound on the order of one subtree, in steps."""

from __future__ import annotations

import numpy as np

from optkit.allocation.branching import kernel
from optkit.allocation.branching.arrays import subtree_arrays
from optkit.allocation.tree import Floats, Ints, Subtree


class SubtreeSearch:
    """The state of the search for the most load that one subtree takes at cost 1.

    Parameters
    ----------
    subtree
        The subtree; every server works, and none for nothing.
    order
        The best order known, shape (n,).
    value
        Load in Gbit that it takes at cost 1.
    tolerance
        A node is given up if its bound is at most this much above the incumbent,
        relative to it; the bound that is reported allows for it.
    """

    def __init__(
        self, subtree: Subtree, order: Ints, value: float, tolerance: float = 1e-10
    ) -> None:
        n = subtree.size
        rows = 16 * n + 2
        self.tolerance = tolerance
        self._arrays = subtree_arrays(subtree)
        self._place = np.array([-2])
        self._child_bound = np.zeros((n + 1, n))
        self._at = np.zeros(n + 1, dtype=np.int64)
        self._count = np.zeros(n + 1, dtype=np.int64)
        self._scalars = np.array([value, 0.0, 0.0, 0.0])
        self.order = np.array(order, dtype=np.int64)
        self._state = (
            np.zeros(n, dtype=np.int64),
            np.zeros(n, dtype=np.bool_),
            self._place,
            np.zeros((n + 1, n), dtype=np.int64),
            self._child_bound,
            self._at,
            self._count,
            np.zeros((16, n)),
            np.zeros((rows, n)),
            np.zeros(rows),
            np.zeros(rows, dtype=np.int64),
            np.zeros((rows, n)),
            np.zeros(rows),
            np.zeros(rows, dtype=np.int64),
            np.zeros(1, dtype=np.int64),
            np.zeros((n, n, n, n)),
            np.zeros((n, n, n)),
            np.zeros((n, n), dtype=np.int64),
            np.zeros((rows + 1, n + 1)),
            np.zeros(n + rows, dtype=np.int64),
            np.zeros(n),
            np.zeros(rows),
            self._scalars,
            self.order,
        )

    @property
    def value(self) -> float:
        """Most load known to be taken at cost 1, in Gbit."""
        return float(self._scalars[0])

    @property
    def nodes(self) -> int:
        """Nodes whose program was solved."""
        return int(self._scalars[2])

    @property
    def complete(self) -> bool:
        """Whether no node is open."""
        return int(self._place[0]) == -1

    @property
    def bound(self) -> float:
        """Upper bound on the load that any order takes at cost 1; infinite at first."""
        depth = int(self._place[0])
        if depth == -2:
            return np.inf
        open_bounds: Floats = np.array(
            [
                self._child_bound[k, self._at[k]]
                for k in range(depth + 1)
                if self._at[k] < self._count[k]
            ]
        )
        return float(max(self.value, self._scalars[1], *open_bounds))

    def advance(self, nodes: int) -> None:
        """Solve the programs of some ``nodes`` further nodes."""
        kernel.branch()(*self._arrays, *self._state, nodes, self.tolerance)
