"""Evaluation of one order of one subtree with true times."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.allocation.heuristics.flowshop.subtree import FlowShop
from optkit.core.arrays import Floats, Ints

SWEEPS = 40
"""Most sweeps of equalising; where relaying is cheap, a handful is enough."""


class FlowShopEvaluator:
    """Evaluates orders and loads of one subtree.

    Parameters
    ----------
    shop
        The subtree.
    sweeps
        Most sweeps of equalising.
    """

    def __init__(self, shop: FlowShop, sweeps: int = SWEEPS) -> None:
        # Imported here, so that numba is loaded only when an order is evaluated.
        from optkit.allocation.heuristics.flowshop import timing_kernels

        self._kernels = timing_kernels
        self._sweeps = sweeps
        n = shop.size
        self._data = (
            shop.parent.astype(np.int64),
            np.ascontiguousarray(shop.step),
            np.ascontiguousarray(shop.computing),
            np.ascontiguousarray(shop.relay),
        )
        self._scratch = (*(np.zeros(n) for _ in range(3)), np.zeros(n, dtype=np.int64))
        self._loads, self._trial = np.zeros(n), np.zeros(n)

    def costs(self, order: Ints, loads: Floats) -> tuple[float, float]:
        """Return the largest cost with true times, and by eqs (5) and (6)."""
        true, estimated = self._kernels.costs(*self._data, order, loads, *self._scratch)
        return float(true), float(estimated)

    def value(self, order: Ints) -> float:
        """Return the load that ``order`` takes at true cost 1 with equalised costs."""
        value = self._kernels.order_value(
            *self._data,
            order,
            self._loads,
            self._trial,
            *self._scratch,
            self._sweeps,
        )
        return float(value)

    def loads(self, order: Ints) -> Floats:
        """Return the loads that :meth:`value` adds up, in Gbit, shape (n,)."""
        self.value(order)
        return self._loads.copy()


def warm_up() -> None:
    """Run the compiled loops once, on two servers."""
    pair: Any = (np.array([-1, 0]), np.ones(2), np.ones(2), np.zeros(2))
    evaluator = FlowShopEvaluator(FlowShop(*pair))
    evaluator.costs(np.arange(2), evaluator.loads(np.arange(2)))
