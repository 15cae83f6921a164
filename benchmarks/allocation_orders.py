"""Orders of small hostile subtrees, all of them, against what is proved about them.

    python benchmarks/allocation_orders.py [--seconds 60] [--seed 0]

Every line is a claim of docs/allocation-bounds.md: how often it was tried, and by how much
it was ever missed (rounding, if the claim is right). The last line is no claim: relay costs
a little beyond the condition, where blocks do lose.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from optkit.allocation.bounds.relay_condition import clipped_relay
from optkit.allocation.exact.branch_and_bound.subtree_search import SubtreeSearch
from optkit.allocation.heuristics.local_search.order_search import OrderEvaluator
from optkit.allocation.problem.contiguous_orders import contiguous_blocks
from optkit.allocation.problem.sink_tree import SinkTree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.allocation.hostile_subtrees import random_tree


def best_of_all(tree: SinkTree) -> float:
    """Return the most that the one subtree takes at cost 1, over all orders."""
    subtree = tree.subtrees[0]
    evaluate = OrderEvaluator(subtree)
    orders = np.array(list(itertools.permutations(range(subtree.size))))
    return max(evaluate(order)[0] for order in orders)


def searched(tree: SinkTree, best: float) -> float:
    """Return by how much a bound on the way, or the answer, missed ``best``."""
    subtree = tree.subtrees[0]
    search = SubtreeSearch(subtree, subtree.workers, 0.5 * best)
    missed = 0.0
    while not search.complete:
        search.advance(3)
        missed = max(missed, 1.0 - search.bound / best)
    return max(missed, abs(search.value / best - 1.0))


def main() -> None:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    tried = 0
    worst = np.zeros(4)
    lost = 0
    began = time.perf_counter()
    while time.perf_counter() - began < arguments.seconds:
        hostile = 10.0 ** rng.uniform(0.05, 2.5)
        count = 6 if tried % 10 == 0 else int(rng.integers(3, 6))
        tree = random_tree(rng, count, hostile)
        edge = replace(tree, relay=clipped_relay(tree))
        beyond = replace(edge, relay=np.where(tree.relay > edge.relay, 1.1, 1.0))
        beyond = replace(beyond, relay=beyond.relay * edge.relay)
        takes = contiguous_blocks(edge).capacity[1]
        best = best_of_all(tree)
        misses = (
            best_of_all(edge) / takes - 1.0,
            best / takes - 1.0,
            searched(tree, best),
            best_of_all(beyond) / contiguous_blocks(beyond).capacity[1] - 1.0,
        )
        worst = np.maximum(worst, misses)
        lost += misses[3] > 1e-9
        tried += 1
    print(f"{tried} subtrees of 3 to 6 servers")
    print(f"blocks at the edge of the relay condition: missed by {worst[0]:.1e}")
    print(f"clipped blocks as a bound: missed by {worst[1]:.1e}")
    print(f"branch and bound, all its bounds and its answer: missed by {worst[2]:.1e}")
    print(f"10 % beyond the condition: blocks lose in {lost}, by up to {worst[3]:.1e}")


if __name__ == "__main__":
    main()
