"""Evaluation of single orders and local search on them, fast enough for thousands.

``order_value`` answers what :func:`optkit.allocation.problem.order_lp.solve_orders`
answers for
one order, by elimination in compiled code; ``OrderSearch`` improves an order by moving one
server or exchanging two.
"""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem.compiled import THRESHOLD, fast
from optkit.allocation.problem.sink_tree import Subtree, pair_of_servers
from optkit.allocation.problem.subtree_arrays import SubtreeArrays, subtree_arrays
from optkit.core.arrays import Ints


class OrderEvaluator:
    """Evaluates orders of one subtree whose servers all work, and none for nothing.

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
        from optkit.allocation.problem import order_kernels

        arrays = self.arrays
        value, bound = fast(order_kernels.order_value, THRESHOLD)(
            arrays.own, arrays.wait, arrays.burden, order, *self.scratch
        )
        return float(value), float(bound)


class OrderSearch:
    """First-improvement local search on the order of one subtree.

    Parameters
    ----------
    subtree
        The subtree; every server works, and none for nothing.
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

    def advance(self, most: int) -> int:
        """Evaluate up to ``most`` neighbours; return how many were."""
        from optkit.allocation.heuristics.local_search import kernels

        arrays = self._evaluate.arrays
        return int(
            fast(kernels.descend, THRESHOLD)(
                arrays.own,
                arrays.wait,
                arrays.burden,
                self.order,
                self._trial,
                self._cursor,
                self._best,
                *self._evaluate.scratch,
                most,
            )
        )


def warm_up() -> None:
    """Run the compiled local search once on two servers."""
    OrderSearch(pair_of_servers(), np.arange(2)).advance(1)


def budget_order(subtree: Subtree) -> Ints:
    """Return the servers by falling weight of what they relay, tight budgets first.

    A server pays for relaying out of the budget that it also waits with, and the price of
    budget is least for those who are sent first.
    """
    load = 1.0 / subtree.own
    spent = np.zeros(subtree.size)
    for server in range(subtree.size - 1, 0, -1):
        parent = subtree.parent[server]
        spent[parent] += subtree.relay[server] * load[server]
        load[parent] += load[server]
    return np.argsort(-spent, kind="stable").astype(np.int64)
