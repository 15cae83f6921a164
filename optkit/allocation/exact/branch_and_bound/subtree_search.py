"""Branch and bound on the order of one subtree, in steps."""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem.sink_tree import Subtree, pair_of_servers
from optkit.allocation.problem.subtree_arrays import subtree_arrays
from optkit.core.arrays import Floats, Ints


class SubtreeSearch:
    """The state of the search for the most load that one subtree takes at cost 1.

    Parameters
    ----------
    subtree
        The subtree; every server may work and has a cost.
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
        # Imported here, so that numba is loaded only when a search begins.
        from optkit.allocation.exact.branch_and_bound.kernels import branch
        from optkit.allocation.exact.branch_and_bound.state import new_state

        self.tolerance = tolerance
        self._branch = branch
        self._arrays = subtree_arrays(subtree)
        self._state = new_state(order, value)

    @property
    def order(self) -> Ints:
        """The order that takes the most load known, shape (n,)."""
        return self._state.best_order

    @property
    def value(self) -> float:
        """Most load known to be taken at cost 1, in Gbit."""
        return float(self._state.scalars[0])

    @property
    def nodes(self) -> int:
        """Nodes whose program was solved."""
        return int(self._state.scalars[2])

    @property
    def complete(self) -> bool:
        """Whether no node is open."""
        return int(self._state.path.length[0]) == -1

    @property
    def bound(self) -> float:
        """Upper bound on the load that any order takes at cost 1; infinite at first."""
        path = self._state.path
        depth = int(path.length[0])
        if depth == -2:
            return np.inf
        open_bounds: Floats = np.array(
            [
                path.bound[k, path.at[k]]
                for k in range(depth + 1)
                if path.at[k] < path.children[k]
            ]
        )
        return float(max(self.value, self._state.scalars[1], *open_bounds))

    def advance(self, nodes: int) -> None:
        """Solve the programs of some ``nodes`` further nodes."""
        self._branch(self._arrays, self._state, nodes, self.tolerance)


def warm_up() -> None:
    """Run the compiled search once, on two servers."""
    SubtreeSearch(pair_of_servers(), np.arange(2), 0.0).advance(1)
