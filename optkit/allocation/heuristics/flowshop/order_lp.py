"""The linear program of one order with true times, by HiGHS called directly.

With the order fixed, "a part leaves a link after it came, and after the part before it
left" is a pair of linear inequalities once each arrival is a variable (max-plus, as in a
flow shop), and every cost is linear in loads and arrivals. Maximising load at cost 1 is
minimising cost per Gbit, since costs scale with load (Theorem 2 holds here as well).
"""

from __future__ import annotations

import math

import numpy as np

from optkit.allocation.heuristics.flowshop.subtree import FlowShop
from optkit.backends.direct import (
    TIGHTEST,
    new_solver,
    pass_program,
    solved_to_optimality,
)
from optkit.core.arrays import Floats, Ints

SMALLEST = 1e-13
"""Loads below this share of the subtree's are the simplex's rounding, set to 0."""


def best_loads(shop: FlowShop, order: Ints, seconds: float = math.inf) -> Floats | None:
    """Return the loads that take most at true cost 1 if parts go in ``order``.

    A server without load is still in the order here, at no more than cost 1. An order that
    sends it first takes no less, so the best over all orders is the same.

    Parameters
    ----------
    shop
        The subtree.
    order
        Numbers of all its servers, first to last sent, shape (n,).
    seconds
        Time allowed.

    Returns
    -------
    array or None
        Gbit, shape (n,), to within the simplex's tolerance of cost 1; None if time was over
        before.
    """
    # Loads in units of what each server does at cost 1 when nobody else is there.
    unit = 1.0 / shop.own
    rows = _Rows(shop, order, unit)
    width = rows.width
    highs = new_solver(
        primal_feasibility_tolerance=TIGHTEST, dual_feasibility_tolerance=TIGHTEST
    )
    if math.isfinite(seconds):
        highs.setOptionValue("time_limit", max(seconds, 0.0))
    pass_program(
        highs,
        cost=np.append(unit / unit.max(), np.zeros(width - shop.size)),
        column_upper=np.inf,
        row_lower=np.array(rows.lower),
        row_upper=np.array(rows.upper),
        start=np.array(rows.start),
        index=np.array(rows.index),
        values=np.array(rows.value),
        maximise=True,
    )
    if not solved_to_optimality(highs):
        return None
    loads = np.array(highs.getSolution().col_value[: shop.size]) * unit
    loads[loads < SMALLEST * loads.max()] = 0.0
    return np.asarray(loads)


class _Rows:
    """The rows of the program; columns are loads and then arrivals.

    Parameters
    ----------
    shop, order
        As in :func:`best_loads`.
    unit
        Gbit that one unit of each load's column stands for, shape (n,).
    """

    def __init__(self, shop: FlowShop, order: Ints, unit: Floats) -> None:
        self.start, self.index, self.value = [0], list[int](), list[float]()
        self.lower, self.upper = list[float](), list[float]()
        self.width = shop.size
        cost: list[dict[int, float]] = [
            {server: shop.computing[server] * unit[server]}
            for server in range(shop.size)
        ]
        before: dict[int, int] = {}
        for server in order.tolist():
            arrived: int | None = None
            for node in shop.path(server):
                left = self.width
                self.width += 1
                takes = {left: 1.0, server: -shop.step[node] * unit[server]}
                self._add(takes | ({} if arrived is None else {arrived: -1.0}), 0.0)
                if node in before:
                    self._add(takes | {before[node]: -1.0}, 0.0)
                before[node] = arrived = left
                above = int(shop.parent[node])
                if above >= 0:
                    cost[above][server] = (
                        cost[above].get(server, 0.0) + shop.relay[node] * unit[server]
                    )
            assert arrived is not None, "every way has a link"
            cost[server][arrived] = 1.0
        for row in cost:
            self._add(row, -math.inf, 1.0)

    def _add(
        self, row: dict[int, float], lower: float, upper: float = math.inf
    ) -> None:
        filled = {column: value for column, value in row.items() if value != 0.0}
        self.index += filled.keys()
        self.value += filled.values()
        self.start.append(len(self.index))
        self.lower.append(lower)
        self.upper.append(upper)
