"""``rollout`` with costs of joining that follow from prices, and change with time."""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.dispatch.policies.lagrangian.expected_prices import LengthCosts
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.problem.problem_data import ProblemData

KEPT = 50
"""Intervals before the newest one whose costs are kept."""


class LagrangianPolicy(RolloutPolicy):
    """Routes every job by a mean of two costs of joining a queue.

    One is that of ``rollout``: later jobs go on joining as the best fixed split has it.
    The other follows from prices: later jobs join only where that is worth their price.
    The first overstates what a long queue costs, the second understates it.

    Parameters
    ----------
    data
        The model.
    discount, horizon
        As of :class:`RolloutPolicy`, for the first cost.
    weight
        Of the second cost, between 0 and 1.

    """

    def __init__(
        self, data: ProblemData, discount: float, horizon: float, weight: float
    ) -> None:
        super().__init__(data, discount, horizon)
        self.discount = 1.0  # the end of the path is known; nothing beyond it counts
        self._weight = weight
        self._costs = [LengthCosts(data, kind) for kind in range(data.shape[2])]
        self._known: dict[tuple[int, int], Floats] = {}

    def marginal_from(self, kind: int, servers: Ints, boundary: int) -> Floats:
        """Return (servers, slots, L + 1): costs of joining from ``boundary`` on."""
        first = boundary // self.data.slots_per_interval
        last = (boundary + self.slots_ahead - 1) // self.data.slots_per_interval
        intervals = range(first, last + 1)
        return np.concatenate(
            [self._marginal_within(kind, interval)[servers] for interval in intervals],
            axis=1,
        )

    def _marginal_within(self, kind: int, interval: int) -> Floats:
        """Return (M, t_B, L + 1): costs of joining in the slots of an interval."""
        marginal = self._known.get((kind, interval))
        if marginal is None:
            priced = np.zeros_like(self.marginal[kind])
            if interval < self.data.intervals:
                costs = self._costs[kind].within(interval)
                priced[..., :-1] = np.diff(costs, axis=-1)
                priced[..., -1] = self.data.drop_penalty
            marginal = self._weight * priced
            marginal += (1.0 - self._weight) * self.marginal[kind]
            for old in [key for key in self._known if key[1] < interval - KEPT]:
                del self._known[old]
            self._known[kind, interval] = marginal
        return marginal
