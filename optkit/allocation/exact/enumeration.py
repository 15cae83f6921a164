"""Every order of one subtree, each with its linear program (Alg. 1 on one subtree).

Orders are taken in lexicographic order and in chunks, each chunk's programs solved at
once. The orders that begin with a given prefix can be enumerated on their own, so different
workers can share a subtree, and their results put together are those of one worker.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from optkit.allocation.exact.pace import Pace
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import SubtreePlan
from optkit.allocation.problem.sink_tree import Subtree
from optkit.allocation.problem.subtree_costs import SubtreeCosts, subtree_costs
from optkit.core.arrays import Ints
from optkit.core.solving.deadline import Deadline

CHUNK_ENTRIES = 400_000
"""Most matrix entries of one chunk, which bounds its memory."""

CHUNK_SECONDS = 0.02
"""Time that a chunk should take, so that limits are held."""


@dataclass(frozen=True, eq=False)
class EnumerationResult:
    """The best of the orders that begin with one prefix.

    Parameters
    ----------
    plan
        The best order's; None if time was over before the first order.
    evaluated
        Number of orders evaluated.
    complete
        Whether these are all orders with that prefix.
    """

    plan: SubtreePlan | None
    evaluated: int
    complete: bool


def chunk_pace(entries: int) -> Pace:
    """Return the pace of chunks of orders whose matrices have ``entries`` entries."""
    longest = max(1, CHUNK_ENTRIES // entries)
    return Pace(max(1, min(16, longest, 100_000 // entries)), longest, CHUNK_SECONDS)


def evaluate_order(subtree: Subtree, order: Ints) -> SubtreePlan:
    """Return the plan for one order, with its own bound."""
    if subtree.size == 1:  # quick, because a star has as many of these as servers
        cost = float(subtree.own[0])
        return SubtreePlan(order, np.ones(1), cost, cost)
    return best_order(subtree_costs(subtree), order[None, :])


def best_order(
    costs: SubtreeCosts, orders: Ints, cutoff: float = np.inf
) -> SubtreePlan:
    """Return the plan of the best of K orders, shape (K, m); the first of equals.

    Its bound is the least of the K programs' lower bounds. Orders that are proven no
    cheaper than ``cutoff`` are not solved to the end.
    """
    solved = solve_orders(costs.matrices(orders), costs.subtree.workers, cutoff)
    best = solved.best()
    return SubtreePlan(
        orders[best],
        solved.shares[best],
        float(solved.cost[best]),
        float(solved.bound.min()),
    )


def better_plan(
    first: SubtreePlan | None, second: SubtreePlan | None
) -> SubtreePlan | None:
    """Return the better of two plans, the first of equals, with the weaker bound."""
    if first is None or second is None:
        return first or second
    kept = first if first.cost <= second.cost else second
    bound = min(first.bound, second.bound)
    return SubtreePlan(kept.order, kept.shares, kept.cost, bound)


def prefixes(subtree: Subtree) -> list[tuple[int, ...]]:
    """Return the prefixes by which the orders of a subtree are shared among workers.

    There is more than one only where sharing pays: a small subtree is soon done, and the
    orders of a large one will not come to an end anyway.
    """
    workers = [int(worker) for worker in subtree.workers]
    return [(worker,) for worker in workers] if 5 < len(workers) <= 15 else [()]


def enumerate_orders(
    subtree: Subtree,
    prefix: tuple[int, ...] = (),
    seconds: float = math.inf,
    max_orders: int | None = None,
    should_stop: Callable[[], bool] | None = None,
    until: float = math.inf,
) -> EnumerationResult:
    """Solve every order of ``subtree`` that begins with ``prefix``.

    Parameters
    ----------
    subtree
        The subtree.
    prefix
        Numbers of the servers that are sent first.
    seconds
        Time allowed.
    max_orders
        Orders allowed; None for all.
    should_stop
        Asked between chunks.
    until
        Time of day (:func:`time.time`) at which to stop; a worker may begin late.
    """
    seconds = min(seconds, until - time.time())
    if max_orders == 0 or seconds < evaluation_seconds(len(subtree.workers)):
        return EnumerationResult(None, 0, False)
    deadline = Deadline(seconds, should_stop)
    costs = subtree_costs(subtree)
    best: SubtreePlan | None = None
    evaluated = 0
    for orders in _chunks(subtree, prefix):
        if deadline():
            return EnumerationResult(best, evaluated, False)
        cutoff = best.cost if best else np.inf
        if max_orders is not None and evaluated + len(orders) > max_orders:
            orders = orders[: max_orders - evaluated]
            if len(orders):
                best = better_plan(best, best_order(costs, orders, cutoff))
            return EnumerationResult(best, max_orders, False)
        best = better_plan(best, best_order(costs, orders, cutoff))
        evaluated += len(orders)
    return EnumerationResult(best, evaluated, True)


def _chunks(subtree: Subtree, prefix: tuple[int, ...]) -> Iterator[Ints]:
    rest = [int(worker) for worker in subtree.workers if worker not in prefix]
    width = len(prefix) + len(rest)
    pace = chunk_pace(width * subtree.size)
    orders = itertools.permutations(rest)
    while chunk := list(itertools.islice(orders, pace.length)):
        tails = np.array(chunk, dtype=np.int64).reshape(len(chunk), len(rest))
        heads = np.broadcast_to(
            np.array(prefix, dtype=np.int64), (len(chunk), len(prefix))
        )
        yield np.hstack([heads, tails])
        pace.step()


def evaluation_seconds(workers: int) -> float:
    """Return roughly the longest that one order of ``workers`` servers takes."""
    return 4e-4 + 6e-7 * workers**2 + 1e-9 * workers**3
