"""Branch and bound on the orders, with what is proved about contiguous blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relay_bound import SOURCE, relay_bound
from optkit.allocation.bounds.relay_condition import clipped_relay
from optkit.allocation.exact.branch_and_bound.subtree_search import SubtreeSearch
from optkit.allocation.exact.enumeration import enumerate_orders, evaluate_order
from optkit.allocation.exact.pace import Pace
from optkit.allocation.heuristics.local_search.order_search import OrderSearch
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
    contiguous_subtree_plans,
    supports_blocks,
)
from optkit.allocation.problem.plan import (
    SubtreePlan,
    compose,
    composed_bound,
    depth_first_order,
    idle_plan,
    report_plan,
)
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.allocation.solvers.base import TreeSolver, gap_closed
from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome

MAX_ENUMERATED = 5
"""Most servers of a subtree all of whose orders are simply tried."""

MAX_BRANCHED = 40
"""Most servers of a subtree that is branched on: a larger node cannot be stopped."""

MAX_IMPROVED = 200
"""Most servers of a subtree whose order local search improves."""

_ROUNDING = 1e-11
"""Relative slack for the rounding of closed forms, so that they bound."""

_SLICE_SECONDS = 0.01
_LONGEST_SLICE = 1_000_000


class BranchAndBoundOptions(Options):
    """Options of the branch and bound."""

    tolerance: float = Field(
        1e-10,
        ge=0.0,
        le=1e-6,
        description="relative improvement of the subtree's best solution below which a"
        " node is not searched further; the reported bound takes this into"
        " account",
    )


@register
class BranchAndBound(TreeSolver[BranchAndBoundOptions]):
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
        search = _TreeSearch(tree, run, self.options.tolerance)
        search.start()
        for round_ in range(2):
            # First a tenth of the time on each, so that every subtree gets some.
            pending = search.pending()
            for number, index in enumerate(pending):
                if run.should_stop():
                    break
                share = run.remaining() / (len(pending) - number)
                search.search(index, share * (0.1 if round_ == 0 else 1.0))
        return search.conclude()


class _TreeSearch:
    """Plans and bounds of the subtrees of one run."""

    def __init__(self, tree: SinkTree, run: Run, tolerance: float) -> None:
        self.tree, self.run, self.tolerance = tree, run, tolerance
        self.plans = [idle_plan(subtree) for subtree in tree.subtrees]
        self.searches: dict[int, SubtreeSearch] = {}
        self.nodes = 0

    def start(self) -> None:
        """Give every subtree a plan and a bound, in linear time."""
        tree, run = self.tree, self.run
        if not supports_blocks(tree):
            for index, subtree in enumerate(tree.subtrees):
                if run.should_stop():
                    return
                self.plans[index] = _without_bound(
                    evaluate_order(subtree, depth_first_order(subtree))
                )
            self.report()
            return
        blocks = contiguous_blocks(tree)
        report_plan(run, tree, contiguous_plan(tree, blocks))
        roots = np.flatnonzero(tree.parent == 0)
        if not tree.pruned and len(roots):
            run.prove(relay_bound(tree, blocks.capacity[roots]), SOURCE)
        # Equal to `blocks` where the relay condition holds: nothing is left to search.
        clipped = contiguous_blocks(replace(tree, relay=clipped_relay(tree)))
        self.plans = [
            replace(
                plan,
                bound=min(plan.cost, 1.0 / float(clipped.capacity[root]))
                * (1.0 - _ROUNDING),
            )
            for root, plan in zip(
                roots, contiguous_subtree_plans(tree, blocks), strict=True
            )
        ]
        self.prove()

    def settled(self, index: int) -> bool:
        """Say whether nothing is left to do for a subtree."""
        plan = self.plans[index]
        return plan.bound >= plan.cost * (1.0 - max(self.tolerance, 1e-10))

    def pending(self) -> list[int]:
        """Return the subtrees whose search can still change the answer.

        The split is a knapsack filled by what sending costs the master. A subtree that it
        does not reach, or fills only in part, changes nothing, however good its order.
        """
        costs = [plan.cost for plan in self.plans]
        now = composed_bound(self.tree, costs)
        pending = []
        for index, plan in enumerate(self.plans):
            if self.settled(index):
                continue
            best_case = [*costs[:index], plan.bound, *costs[index + 1 :]]
            if composed_bound(self.tree, best_case) < now * (1.0 - 1e-12):
                pending.append(index)
        return pending

    def search(self, index: int, seconds: float) -> None:
        """Search a subtree for at most ``seconds``."""
        subtree = self.tree.subtrees[index]
        if len(subtree.workers) <= MAX_ENUMERATED or not supports_blocks(self.tree):
            result = enumerate_orders(
                subtree, (), seconds, should_stop=self.run.should_stop
            )
            self.nodes += result.evaluated
            if result.plan is not None:
                bound = result.plan.bound if result.complete else 0.0
                self.update(index, result.plan, bound)
            return
        if subtree.size > MAX_IMPROVED:
            return
        deadline = self.run.deadline(seconds)
        if index not in self.searches:
            if not self._improve(index, subtree, deadline):
                return
            if subtree.size > MAX_BRANCHED:
                return
            plan = self.plans[index]
            self.searches[index] = SubtreeSearch(
                subtree, plan.order, 1.0 / plan.cost, self.tolerance
            )
        self._branch(index, deadline)

    def _improve(self, index: int, subtree: Subtree, deadline: Deadline) -> bool:
        """Improve the order by local search; say whether time is left."""
        search = OrderSearch(subtree, self.plans[index].order)
        pace = Pace(20, _LONGEST_SLICE, _SLICE_SECONDS)
        while not search.complete and not deadline():
            search.advance(pace.length)
            pace.step()
        self.offer(index, search.order, search.value)
        return not deadline()

    def _branch(self, index: int, deadline: Deadline) -> None:
        search = self.searches[index]
        pace = Pace(4, _LONGEST_SLICE, _SLICE_SECONDS)
        value = search.value
        while not search.complete and not deadline():
            before = search.nodes
            search.advance(pace.length)
            self.nodes += search.nodes - before
            pace.step()
            if search.value > value:
                value = search.value
                self.offer(index, search.order, value)
            if pace.report_due():
                self.raise_bound(index, search)
                self.run.progress(f"{self.nodes} nodes")
        self.raise_bound(index, search)

    def raise_bound(self, index: int, search: SubtreeSearch) -> None:
        """Take over the bound that a search has reached."""
        self.update(index, self.plans[index], (1.0 - _ROUNDING) / search.bound)

    def offer(self, index: int, order: Ints, value: float) -> None:
        """Evaluate an order exactly if its ``value`` at cost 1 promises a better plan."""
        if value > (1.0 + 1e-13) / self.plans[index].cost:
            exact = evaluate_order(self.tree.subtrees[index], order.copy())
            self.update(index, exact, self.plans[index].bound)

    def update(self, index: int, plan: SubtreePlan, bound: float) -> None:
        """Keep a subtree's plan and bound where they are better."""
        old = self.plans[index]
        kept = plan if plan.cost < old.cost else old
        bound = min(max(bound, old.bound), kept.cost)
        self.plans[index] = SubtreePlan(kept.order, kept.shares, kept.cost, bound)
        if kept is not old:
            self.report()
        if bound > old.bound:
            self.prove()

    def report(self) -> None:
        """Report the plan that the subtrees' plans make together."""
        report_plan(self.run, self.tree, compose(self.tree, self.plans))

    def prove(self) -> None:
        """Report the bound that the subtrees' bounds make together."""
        if not self.tree.pruned:
            bounds = [plan.bound for plan in self.plans]
            if all(bound > 0.0 for bound in bounds) or not bounds:
                self.run.prove(composed_bound(self.tree, bounds), "branch and bound")

    def conclude(self) -> Outcome:
        """Say how it ended, and prove what can be proven."""
        detail = f"{self.nodes} nodes"
        if not self.pending():
            if self.tree.pruned:
                return Outcome(Reason.CONVERGED, f"{detail}, of the pruned tree")
            self.prove()
            return Outcome(Reason.PROVED, detail)
        if gap_closed(self.run):
            return Outcome(Reason.PROVED, detail)
        stopped = self.run.stop_reason()
        if stopped is None:
            return Outcome(Reason.CONVERGED, f"{detail}; a subtree too large to search")
        return Outcome(stopped, detail)


def _without_bound(plan: SubtreePlan) -> SubtreePlan:
    """Return a single order's plan without its bound, which is for that order only."""
    bound = plan.bound if len(plan.order) == 1 else 0.0
    return SubtreePlan(plan.order, plan.shares, plan.cost, bound)
