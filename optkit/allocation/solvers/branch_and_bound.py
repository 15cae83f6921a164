"""Branch and bound on the orders, with what is proved about contiguous blocks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relay_bound import SOURCE, relay_bound
from optkit.allocation.bounds.relay_condition import clipped_relay
from optkit.allocation.exact.branch_and_bound import subtree_search
from optkit.allocation.exact.branch_and_bound.subtree_search import SubtreeSearch
from optkit.allocation.exact.enumeration import enumerate_orders, evaluate_order
from optkit.allocation.heuristics.local_search import order_search
from optkit.allocation.heuristics.local_search.order_search import OrderSearch
from optkit.allocation.problem.contiguous_orders import (
    block_plan,
    blocks,
    loads_of,
    supported,
)
from optkit.allocation.problem.plan import (
    SubtreePlan,
    compose,
    composed_bound,
    depth_first_order,
    report,
    unused,
)
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.allocation.solvers.base import TreeSolver
from optkit.core.arrays import Ints
from optkit.core.consistency import OPTIMALITY_GAP, relative_gap
from optkit.core.options import Options
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome

ENUMERATED = 5
"""Most servers of a subtree all of whose orders are simply tried."""

SEARCHED = 40
"""Most servers of a subtree that is branched on: a node with more cannot be stopped."""

IMPROVED = 200
"""Most servers of a subtree whose order local search improves."""

_ROUNDING = 1e-11
"""Relative slack for the rounding of closed forms, so that they bound."""

_SLICE_SECONDS = 0.01


class BranchAndBoundOptions(Options):
    """Options of the branch and bound."""

    tolerance: float = Field(
        1e-10,
        ge=0.0,
        le=1e-6,
        description="a node is given up if it can improve the subtree's incumbent by no"
        " more than this, relative to it; the bound allows for it",
    )


@register
class BranchAndBound(TreeSolver):
    """For each subtree the best order, by depth-first search over prefixes.

    Subtrees that meet the relay condition are solved by their contiguous order; the others
    start from it, improved by local search. See ``docs/allocation-bounds.md``.
    """

    name = "branch-and-bound"
    kind = Kind.EXACT
    reference = "docs/allocation-bounds.md"
    capabilities = Capabilities(bound=True)
    Options = BranchAndBoundOptions

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Start from contiguous orders, then search one subtree after the other."""
        assert isinstance(self.options, BranchAndBoundOptions)
        state = _State(tree, run, self.options.tolerance)
        state.start()
        for round_ in range(2):
            # First a tenth of the time on each, so that no subtree is left without.
            pending = state.pending()
            for index, t in enumerate(pending):
                if run.should_stop():
                    break
                share = run.remaining() / (len(pending) - index)
                state.search(t, share * (0.1 if round_ == 0 else 1.0))
        return state.conclude()


class _State:
    """Plans and bounds of the subtrees of one run."""

    def __init__(self, tree: SinkTree, run: Run, tolerance: float) -> None:
        self.tree, self.run, self.tolerance = tree, run, tolerance
        self.plans = [unused(subtree) for subtree in tree.subtrees]
        self.searches: dict[int, SubtreeSearch] = {}
        self.nodes = 0

    def start(self) -> None:
        """Give every subtree a plan and a bound, in linear time."""
        tree, run = self.tree, self.run
        if not supported(tree):
            for t, subtree in enumerate(tree.subtrees):
                if run.should_stop():
                    return
                self.plans[t] = _unbounded(
                    evaluate_order(subtree, depth_first_order(subtree))
                )
            self.report()
            return
        found = blocks(tree)
        whole = block_plan(tree, found)
        report(run, tree, whole)
        roots = np.flatnonzero(tree.parent == 0)
        if not tree.pruned and len(roots):
            run.prove(relay_bound(tree, found.capacity[roots]), SOURCE)
        shares = loads_of(tree, found, np.ones(len(roots)))
        # Equal to `found` where the relay condition holds, and nothing is left to search.
        most = blocks(replace(tree, relay=clipped_relay(tree))).capacity
        for t, subtree in enumerate(tree.subtrees):
            cost = 1.0 / float(found.capacity[subtree.members[0]])
            bound = min(cost, 1.0 / float(most[subtree.members[0]])) * (1.0 - _ROUNDING)
            self.plans[t] = SubtreePlan(
                whole.orders[t], shares[subtree.members], cost, bound
            )
        self.prove()

    def settled(self, t: int) -> bool:
        """Say whether nothing is left to do for subtree ``t``."""
        plan = self.plans[t]
        return plan.bound >= plan.cost * (1.0 - max(self.tolerance, 1e-10))

    def pending(self) -> list[int]:
        """Return the subtrees whose search can still change the answer.

        The split is a knapsack filled by what sending costs the master: a subtree that it
        does not reach, or fills in part only, changes nothing however good its order.
        """
        costs = [plan.cost for plan in self.plans]
        now = composed_bound(self.tree, costs)
        found = []
        for t, plan in enumerate(self.plans):
            if self.settled(t):
                continue
            if composed_bound(self.tree, [*costs[:t], plan.bound, *costs[t + 1 :]]) < (
                now * (1.0 - 1e-12)
            ):
                found.append(t)
        return found

    def search(self, t: int, seconds: float) -> None:
        """Search subtree ``t`` for at most ``seconds``."""
        subtree = self.tree.subtrees[t]
        if len(subtree.workers) <= ENUMERATED or not supported(self.tree):
            stretch = enumerate_orders(
                subtree, (), seconds, should_stop=self.run.should_stop
            )
            self.nodes += stretch.evaluated
            if stretch.plan is not None:
                bound = stretch.plan.bound if stretch.complete else 0.0
                self.take(t, stretch.plan, bound)
            return
        if subtree.size > IMPROVED:
            return
        deadline = time.perf_counter() + seconds

        def stop() -> bool:
            return time.perf_counter() >= deadline or self.run.should_stop()

        if t not in self.searches:
            if not self._improve(t, subtree, stop):
                return
            if subtree.size > SEARCHED:
                return
            if not wait_until_warm(subtree_search.warm_up, self.run.should_stop):
                return
            plan = self.plans[t]
            self.searches[t] = SubtreeSearch(
                subtree, plan.order, 1.0 / plan.cost, self.tolerance
            )
        self._branch(t, subtree, stop)

    def _improve(self, t: int, subtree: Subtree, stop: Callable[[], bool]) -> bool:
        """Improve the order by local search; say whether time is left."""
        if not wait_until_warm(order_search.warm_up, self.run.should_stop):
            return False
        local = OrderSearch(subtree, self.plans[t].order)
        pace = _Pace(20)
        while not local.complete and not stop():
            local.advance(pace.length)
            pace.step()
        self.improved(t, local.order, local.value)
        return not stop()

    def _branch(self, t: int, subtree: Subtree, stop: Callable[[], bool]) -> None:
        search = self.searches[t]
        pace = _Pace(4)
        value = search.value
        while not search.complete and not stop():
            before = search.nodes
            search.advance(pace.length)
            self.nodes += search.nodes - before
            pace.step()
            if search.value > value:
                value = search.value
                self.improved(t, search.order, value)
            if pace.told():
                self.take(t, self.plans[t], (1.0 - _ROUNDING) / search.bound)
                self.run.progress(f"{self.nodes} nodes")
        self.take(t, self.plans[t], (1.0 - _ROUNDING) / search.bound)

    def improved(self, t: int, order: Ints, value: float) -> None:
        """Take an order that is said to take ``value`` at cost 1, if it is so."""
        if value > (1.0 + 1e-13) / self.plans[t].cost:
            exact = evaluate_order(self.tree.subtrees[t], order.copy())
            self.take(t, exact, self.plans[t].bound)

    def take(self, t: int, plan: SubtreePlan, bound: float) -> None:
        """Keep ``plan`` if it is better, and the bound if it is."""
        old = self.plans[t]
        kept = plan if plan.cost < old.cost else old
        bound = min(max(bound, old.bound), kept.cost)
        self.plans[t] = SubtreePlan(kept.order, kept.shares, kept.cost, bound)
        if kept is not old:
            self.report()
        if bound > old.bound:
            self.prove()

    def report(self) -> None:
        """Report what the subtrees' plans make together."""
        report(self.run, self.tree, compose(self.tree, self.plans))

    def prove(self) -> None:
        """Report what the subtrees' bounds make together."""
        if not self.tree.pruned:
            bounds = [plan.bound for plan in self.plans]
            if all(bound > 0.0 for bound in bounds) or not bounds:
                self.run.prove(composed_bound(self.tree, bounds), "branch and bound")

    def conclude(self) -> Outcome:
        """Say how it ended, and prove what can be proven."""
        detail = f"{self.nodes} nodes"
        open_ = self.pending()
        if not open_:
            if self.tree.pruned:
                return Outcome(Reason.CONVERGED, f"{detail}, of the pruned tree")
            self.prove()
            return Outcome(Reason.PROVED, detail)
        gap = relative_gap(self.run.objective, self.run.bound)
        if gap is not None and gap <= OPTIMALITY_GAP:
            return Outcome(Reason.PROVED, detail)
        stopped = self.run.stop_reason()
        if stopped is None:
            return Outcome(Reason.CONVERGED, f"{detail}; a subtree too large to search")
        return Outcome(stopped, detail)


class _Pace:
    """Length of the next slice, so that one takes some 10 ms."""

    def __init__(self, length: int) -> None:
        self.length = length
        self._began = self._told = time.perf_counter()

    def step(self) -> None:
        """Book one slice, and set the length of the next."""
        now = time.perf_counter()
        took, self._began = now - self._began, now
        if took < _SLICE_SECONDS / 2:
            self.length = min(2 * self.length, 1_000_000)
        elif took > 2 * _SLICE_SECONDS:
            self.length = max(1, self.length // 2)

    def told(self) -> bool:
        """Say, some four times a second, that it is time to report."""
        if self._began - self._told < 0.25:
            return False
        self._told = self._began
        return True


def _unbounded(plan: SubtreePlan) -> SubtreePlan:
    """Return a single order's plan without its bound, which is for that order only."""
    bound = plan.bound if len(plan.order) == 1 else 0.0
    return SubtreePlan(plan.order, plan.shares, plan.cost, bound)
