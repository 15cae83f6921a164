"""A lower bound on the true cost of every order and all loads, in closed form.

The first link of a subtree is the flow shop's first machine. It never idles, so part i
leaves it when all parts up to i have gone over it, and then needs at least its own time on
the rest of its way. Leaving out all other waiting, and relaying below the master, gives a
problem in which everybody waits on one common link only. Its optimum is
1 − D κ = Π (1 − D/a_i), D = w1/R of that link, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optkit.allocation.bounds.relaxation import rounding
from optkit.allocation.heuristics.flowshop.subtree import FlowShop
from optkit.allocation.problem.plan import composed_bound
from optkit.allocation.problem.sink_tree import SinkTree


def unit_bound(shop: FlowShop) -> float:
    """Return a lower bound on the true cost of one Gbit in a subtree."""
    first = float(shop.step[0])
    share = 1.0 / shop.own
    if first == 0.0:
        return 1.0 / float(share.sum())
    return first / -float(np.expm1(np.log1p(-first * share).sum()))


def true_cost_bound(tree: SinkTree, shops: Sequence[FlowShop]) -> float:
    """Return a lower bound on the largest true cost of any solution on ``tree``."""
    bounds = [unit_bound(shop) for shop in shops]
    return composed_bound(tree, bounds) * (1.0 - rounding(tree.count))
