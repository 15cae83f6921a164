"""CMO: every combination of the subtrees' orders, a linear program each (Alg. 1)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from optkit.allocation.exact.enumeration import chunk_pace, evaluation_seconds
from optkit.allocation.problem.order_lp import (
    count_in_words,
    log10_order_count,
    solve_orders,
)
from optkit.allocation.problem.plan import Plan, report_plan
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.allocation.solvers.base import PAPER, TreeSolver, prove
from optkit.core.arrays import Floats, Ints
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


@register
class Cmo(TreeSolver):
    """Centralised MILP-based optimisation, as printed: Π |A_t|! linear programs.

    It is here to be compared with: ``pmo`` gives the same in Σ |A_t|! programs.
    """

    name = "cmo"
    kind = Kind.EXACT
    reference = f"{PAPER}, Algorithm 1"
    searches_pruned = True
    capabilities = Capabilities(bound=True, evaluations=True)

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Enumerate the orders of the whole tree."""
        log_total = sum(log10_order_count(len(s.workers)) for s in tree.subtrees)
        total, words = 10.0 ** min(log_total, 300.0), count_in_words(log_total)
        own_rows = np.flatnonzero(tree.works)
        if not run.affords(evaluation_seconds(len(own_rows))):
            return Outcome(Reason.TIME_LIMIT, "not one order's program fits in")
        lower = math.inf
        done = 0
        allowed = run.limits.evaluations
        for orders in _chunks(tree):
            reason = run.stop_reason()
            if reason is not None:
                return Outcome(reason, f"{done} of {words} orders")
            if allowed is not None:
                orders = [part[: allowed - done] for part in orders]
            solved = solve_orders(_matrices(tree, orders), own_rows)
            best = solved.best()
            loads = np.zeros(tree.count)
            loads[own_rows] = tree.size * solved.shares[best]
            report_plan(
                run,
                tree,
                Plan(
                    tree.size * float(solved.cost[best]),
                    loads,
                    tuple(part[best] for part in orders),
                ),
            )
            lower = min(lower, tree.size * float(solved.bound.min()))
            done += len(solved.cost)
            run.count(evaluations=len(solved.cost))
            run.progress(f"{done} of {words} orders", done / total)
        if allowed is not None and done >= allowed and done < total * (1 - 1e-9):
            return Outcome(Reason.EVALUATION_LIMIT, f"{done} of {words} orders")
        if tree.pruned:
            return Outcome(Reason.CONVERGED, f"all {words} orders of the pruned tree")
        prove(run, tree, lower, f"all {words} orders")
        return Outcome(Reason.PROVED, f"all {words} orders")


def _chunks(tree: SinkTree) -> Iterator[list[Ints]]:
    """Yield chunks of combined orders: for each subtree an array of shape (K, m_t)."""
    subtrees = tree.subtrees
    pace = chunk_pace(tree.count**2)
    combined = _combine([subtree.workers.tolist() for subtree in subtrees])
    while chunk := list(itertools.islice(combined, pace.length)):
        yield [
            np.array([orders[t] for orders in chunk], dtype=np.int64)
            for t in range(len(subtrees))
        ]
        pace.step()


def _combine(parts: list[list[int]]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Yield every combination of orders, the last part's changing fastest.

    ``itertools.product`` would first hold every order of every part in memory.
    """
    if not parts:
        yield ()
        return
    for order in itertools.permutations(parts[0]):
        for others in _combine(parts[1:]):
            yield (order, *others)


def _matrices(tree: SinkTree, orders: list[Ints]) -> Floats:
    """Return A of the whole tree for each of K combined orders, shape (K, N+1, m)."""
    count = len(orders[0]) if orders else 1
    workers = np.flatnonzero(tree.works)
    column = np.full(tree.count, -1, dtype=np.int64)
    column[workers] = np.arange(len(workers))
    matrices = np.zeros((count, tree.count, len(workers)))
    matrices[:, 0, 0] = tree.own[0]
    for subtree, part in zip(tree.subtrees, orders, strict=True):
        columns = column[subtree.members[subtree.workers]]
        matrices[:, 0, columns] = subtree.relay[0]
        block = np.ix_(np.arange(count), subtree.members, columns)
        matrices[block] = subtree_costs(subtree).matrices(part)
    return matrices
