"""Every order of one subtree, each with its linear program (Alg. 1 on one subtree).

Orders are taken in lexicographic order and in chunks, each chunk's programs solved at
once. A stretch of orders is named by its prefix, so that stretches can be worked on by
different workers and put together again with the same result.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import SubtreePlan
from optkit.allocation.problem.sink_tree import Subtree
from optkit.allocation.problem.subtree_costs import SubtreeCosts, subtree_costs
from optkit.core.arrays import Ints

CHUNK_ENTRIES = 400_000
"""Most matrix entries of one chunk, which bounds its memory."""


class Pace:
    """Length of the next chunk, so that a chunk takes some 20 ms and limits are held.

    How long an order takes cannot be told beforehand: it differs a hundredfold between
    orders whose program is two square systems and orders that need a simplex.

    Parameters
    ----------
    entries
        Matrix entries of one order.
    """

    def __init__(self, entries: int) -> None:
        self._most = max(1, CHUNK_ENTRIES // entries)
        self._began = time.perf_counter()
        self.length = max(1, min(16, self._most, 100_000 // entries))

    def step(self) -> None:
        """Book one chunk, and set the length of the next."""
        now = time.perf_counter()
        took, self._began = now - self._began, now
        if took < 0.01:
            self.length = min(2 * self.length, self._most)
        elif took > 0.04:
            self.length = max(1, self.length // 2)


@dataclass(frozen=True, eq=False)
class Stretch:
    """What came of a stretch of orders.

    Parameters
    ----------
    plan
        The best order's; None if the time was over before the first.
    evaluated
        Orders looked at.
    complete
        Whether all of the stretch's were.
    """

    plan: SubtreePlan | None
    evaluated: int
    complete: bool


def evaluate_order(subtree: Subtree, order: Ints) -> SubtreePlan:
    """Return the plan for one order, with its own bound."""
    if subtree.size == 1:  # a star has as many of these as servers
        cost = float(subtree.own[0])
        return SubtreePlan(order, np.ones(1), cost, cost)
    return best_of(subtree_costs(subtree), order[None, :])


def best_of(costs: SubtreeCosts, orders: Ints, cutoff: float = np.inf) -> SubtreePlan:
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


def better(one: SubtreePlan | None, other: SubtreePlan | None) -> SubtreePlan | None:
    """Return the better of two plans, the first of equals, with the weaker bound."""
    if one is None or other is None:
        return one or other
    kept = one if one.cost <= other.cost else other
    return SubtreePlan(kept.order, kept.shares, kept.cost, min(one.bound, other.bound))


def prefixes(subtree: Subtree) -> list[tuple[int, ...]]:
    """Return the first servers by which a subtree's orders are dealt to workers.

    Only where that is worth the trouble: a small subtree is soon done, and the orders of
    a large one will not come to an end anyway.
    """
    workers = [int(worker) for worker in subtree.workers]
    return [(worker,) for worker in workers] if 5 < len(workers) <= 15 else [()]


def enumerate_orders(
    subtree: Subtree,
    prefix: tuple[int, ...] = (),
    seconds: float = math.inf,
    most: int | None = None,
    should_stop: Callable[[], bool] | None = None,
    until: float = math.inf,
) -> Stretch:
    """Solve every order of ``subtree`` that begins with ``prefix``.

    Parameters
    ----------
    subtree
        The subtree.
    prefix
        Numbers of the servers that are sent first.
    seconds
        Time allowed.
    most
        Orders allowed; None for all.
    should_stop
        Asked between chunks.
    until
        Time of day (:func:`time.time`) at which to stop; a worker may begin late.
    """
    seconds = min(seconds, until - time.time())
    if most == 0 or seconds < evaluation_seconds(len(subtree.workers)):
        return Stretch(None, 0, False)
    deadline = time.perf_counter() + seconds
    costs = subtree_costs(subtree)
    best: SubtreePlan | None = None
    evaluated = 0
    for orders in _chunks(subtree, prefix):
        if time.perf_counter() >= deadline or (should_stop and should_stop()):
            return Stretch(best, evaluated, False)
        if most is not None and evaluated + len(orders) > most:
            orders = orders[: most - evaluated]
            if len(orders):
                cutoff = best.cost if best else np.inf
                best = better(best, best_of(costs, orders, cutoff))
            return Stretch(best, most, False)
        best = better(best, best_of(costs, orders, best.cost if best else np.inf))
        evaluated += len(orders)
    return Stretch(best, evaluated, True)


def _chunks(subtree: Subtree, prefix: tuple[int, ...]) -> Iterator[Ints]:
    rest = [int(worker) for worker in subtree.workers if worker not in prefix]
    width = len(prefix) + len(rest)
    pace = Pace(width * subtree.size)
    orders = itertools.permutations(rest)
    while chunk := list(itertools.islice(orders, pace.length)):
        tails = np.array(chunk, dtype=np.int64).reshape(len(chunk), len(rest))
        heads = np.broadcast_to(
            np.array(prefix, dtype=np.int64), (len(chunk), len(prefix))
        )
        yield np.hstack([heads, tails])
        pace.step()


def evaluation_seconds(workers: int) -> float:
    """Return roughly how long one order of ``workers`` servers takes, at the most."""
    return 4e-4 + 6e-7 * workers**2 + 1e-9 * workers**3


def workers_of(executor: Executor) -> int:
    """Return how many workers an executor has, as far as it tells; at least one."""
    return max(1, int(getattr(executor, "_max_workers", 1) or 1))
