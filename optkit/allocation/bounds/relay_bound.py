"""A bound that counts relaying energy, from what a better solution would have to relay.

Let S be what a known plan lets one subtree take at cost 1, and suppose that another plan
takes more. Then:

1. The block at c gets more than L_c = S − (the most that the subtree takes without it).
2. So the parent v of c spends more than ρ_v = Σ_c (w2 e_v/R_vc) L_c of its budget on
   relaying, which is missing for its own load and for waiting: a_v y_v + waiting ≤ 1 − ρ_v.
3. Divided by 1 − ρ_v, with waiting counted no more than before, this is

       a_v/(1 − ρ_v) · y_v + waiting ≤ 1,

   a problem without relaying energy, whose closed form bounds the better plan.

That bound is lower than the one before, so every L_c grows, and the argument repeats until
nothing changes. The subtree takes at most the larger of S and the last bound; the master's
split turns this into a bound on the objective. The tests compare it with brute force, also
far outside the paper's range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optkit.allocation.bounds.relaxation import rounding
from optkit.allocation.bounds.relay_bound_kernels import tighten
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import split_task
from optkit.core.arrays import Floats

SOURCE = "relaying that a better solution could not avoid"

MAX_ROUNDS = 60
"""Most repetitions; in practice the gain at least halves from one to the next."""

_SETTLED = 1e-10
"""Relative change of the bound at which it counts as settled."""


def relay_bound(
    tree: SinkTree, takes: Floats, should_stop: Callable[[], bool] | None = None
) -> float:
    """Return a lower bound on the cost of every solution on ``tree``.

    Parameters
    ----------
    tree
        The sink tree, on which every server may work and has a cost.
    takes
        What each subtree is known to take at cost 1 in Gbit, in the order of the
        master's children, shape (T,).
    should_stop
        Asked between rounds; the bound holds after any of them.
    """
    count = tree.count
    roots = np.flatnonzero(tree.parent == 0)
    target = np.zeros(count)
    target[roots] = takes
    most = np.full(count, np.inf)
    loss = np.zeros(count)
    for _ in range(MAX_ROUNDS):
        change = tighten(
            tree.parent,
            tree.distance,
            tree.own,
            tree.relay,
            target,
            most,
            loss,
            rounding(count),
        )
        if change <= _SETTLED or (should_stop is not None and should_stop()):
            break
    bounds = np.maximum(most[roots], takes)
    best = split_task(tree.size, float(tree.own[0]), tree.relay[roots], 1.0 / bounds)
    return best.cost * (1.0 - 10.0 * rounding(count))
