"""The compiled loop of the best fixed split: what queues cost that begin empty."""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.runtime.loops import loop


@loop(lambda arrival, rate, cost, penalty, weight: arrival.size * len(cost))
def empty_queue_costs(
    arrival: Any, rate: Any, cost: Any, penalty: float, weight: float
) -> Any:
    """Solve (I − a P) x = g for every queue; return (1 − a) x of the empty one.

    Parameters
    ----------
    arrival, rate
        (M, J): arrival probability, at most 1, and μ.
    cost
        (L + 1,): stage cost by length.
    penalty
        Of a drop.
    weight
        a, the weight of a slot relative to the one before it.

    Returns
    -------
    ndarray
        (M, J).
    """
    limit = len(cost) - 1
    costs = np.empty(arrival.shape)
    for m in range(arrival.shape[0]):
        for j in range(arrival.shape[1]):
            come, serve = arrival[m, j], rate[m, j]
            down = weight * serve * (1.0 - come)
            up = weight * (1.0 - serve) * come
            stay = 1.0 - weight + down + up
            # x[l] = alpha + beta x[l − 1], from the full queue down. An arrival leaves a
            # full queue as long as it was.
            beta = weight * serve / (1.0 - weight * (1.0 - serve))
            alpha = (cost[limit] + penalty * come) / (1.0 - weight * (1.0 - serve))
            for length in range(limit - 1, 0, -1):
                pivot = stay - up * beta
                alpha = (cost[length] + up * alpha) / pivot
                beta = down / pivot
            empty = (cost[0] + up * alpha) / (1.0 - weight + up - up * beta)
            costs[m, j] = (1.0 - weight) * empty
    return costs
