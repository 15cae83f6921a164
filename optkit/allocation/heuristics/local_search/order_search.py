"""Evaluation of single orders and local search on them, fast enough for thousands.

``OrderEvaluator`` answers for one order what
:func:`optkit.allocation.problem.order_lp.solve_orders` answers for many, by elimination in
compiled code. ``OrderSearch`` improves an order by moving one server or exchanging two.
"""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem.sink_tree import Subtree, pair_of_servers
from optkit.allocation.problem.subtree_arrays import SubtreeArrays, subtree_arrays
from optkit.core.arrays import Ints


class OrderEvaluator:
    """Evaluates orders of one subtree on which every server may work and has a cost.

    Parameters
    ----------
    subtree
        The subtree.
    """

    def __init__(self, subtree: Subtree) -> None:
        self.arrays: SubtreeArrays = subtree_arrays(subtree)
        n = subtree.size
        self.scratch = (
            np.zeros((n, n)),
            np.zeros((n + 1, n + 1)),
            np.zeros(n),
            np.zeros(n),
            np.zeros(2 * n, dtype=np.int64),
            np.zeros(n),
            np.zeros(n),
        )

    def __call__(self, order: Ints) -> tuple[float, float]:
        """Return the load that ``order`` takes at cost 1 and a bound on it, in Gbit."""
        # Imported here, so that numba is loaded only when an order is evaluated.
        from optkit.allocation.problem.order_kernels import order_value

        arrays = self.arrays
        value, bound = order_value(
            arrays.own, arrays.wait, arrays.burden, order, *self.scratch
        )
        return float(value), float(bound)


class OrderSearch:
    """First-improvement local search on the order of one subtree.

    Parameters
    ----------
    subtree
        The subtree; every server may work and has a cost.
    order
        Where to start, shape (n,).
    """

    def __init__(self, subtree: Subtree, order: Ints) -> None:
        self._evaluate = OrderEvaluator(subtree)
        self._best = np.zeros(1)
        self.start(order)

    def start(self, order: Ints) -> None:
        """Begin again from ``order``."""
        self.order = np.array(order, dtype=np.int64)
        self._trial = self.order.copy()
        self._cursor = np.zeros(3, dtype=np.int64)
        self._best[0] = self._evaluate(self.order)[0]

    @property
    def value(self) -> float:
        """Load that the order takes at cost 1, in Gbit."""
        return float(self._best[0])

    @property
    def complete(self) -> bool:
        """Whether no single move improves the order."""
        return int(self._cursor[1]) >= 2 * len(self.order) ** 2

    def advance(self, neighbours: int) -> int:
        """Evaluate up to ``neighbours`` neighbours; return how many it evaluated."""
        # Imported here, so that numba is loaded only when a search begins.
        from optkit.allocation.heuristics.local_search.kernels import descend

        arrays = self._evaluate.arrays
        return int(
            descend(
                arrays.own,
                arrays.wait,
                arrays.burden,
                self.order,
                self._trial,
                self._cursor,
                self._best,
                *self._evaluate.scratch,
                neighbours,
            )
        )


def warm_up() -> None:
    """Run the compiled local search once, on two servers."""
    OrderSearch(pair_of_servers(), np.arange(2)).advance(1)


def neighbours_at_once(servers: int) -> int:
    """Return how many neighbours to evaluate between two looks at the limits.

    One takes some n³ operations; as many as returned here take a few ms together.
    """
    return max(1, min(500, 2_000_000 // servers**3))


def tight_budgets_first(subtree: Subtree) -> Ints:
    """Return the servers by falling estimate of what they pay for relaying.

    A server pays for relaying out of the budget that it also waits with, and a unit of
    budget is worth least to those who are sent first.
    """
    load = 1.0 / subtree.own
    spent = np.zeros(subtree.size)
    for server in range(subtree.size - 1, 0, -1):
        parent = subtree.parent[server]
        spent[parent] += subtree.relay[server] * load[server]
        load[parent] += load[server]
    return np.argsort(-spent, kind="stable").astype(np.int64)


def shuffled_stretch(order: Ints, rng: np.random.Generator) -> Ints:
    """Return ``order`` with the servers between two random places shuffled."""
    order = order.copy()
    first, last = np.sort(rng.choice(len(order) + 1, size=2, replace=False))
    order[first:last] = rng.permutation(order[first:last])
    return order
