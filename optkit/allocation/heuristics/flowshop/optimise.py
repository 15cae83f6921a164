"""Orders and loads for the least true cost, one subtree after the other.

With true times, costs still scale with load and the subtrees still meet only at the
master. So each subtree counts with its least true cost per Gbit, and the split between them
is the usual one (P1(c'), :mod:`optkit.allocation.problem.task_split`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.allocation.bounds.relay_bound import SOURCE, relay_bound
from optkit.allocation.heuristics.flowshop.bound import true_cost_bound, unit_bound
from optkit.allocation.heuristics.flowshop.evaluation import (
    SWEEPS,
    FlowShopEvaluator,
)
from optkit.allocation.heuristics.flowshop.order_lp import best_loads
from optkit.allocation.heuristics.flowshop.order_search import FlowShopSearch
from optkit.allocation.heuristics.flowshop.subtree import FlowShop, flow_shops
from optkit.allocation.heuristics.local_search.order_search import (
    shuffled_stretch,
    tight_budgets_first,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_subtree_plans,
)
from optkit.allocation.problem.plan import (
    Plan,
    SubtreePlan,
    compose,
    local_plan,
    to_solution,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.core.arrays import Floats, Ints
from optkit.core.consistency import proves_optimality
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Outcome

MAX_SEARCHED = 400
"""Most servers of a subtree whose order is searched."""

MAX_PASSAGES = 5_000_000
"""Most passages of a part over a link in a subtree whose loads are evaluated at all."""

MAX_SWEPT = 20_000_000
"""Most passages in one evaluation, which nothing can stop."""

MAX_LP_PASSAGES = 500
"""Most passages in a subtree whose order's linear program is solved, in some 0.1 s."""

MAX_LP_SERVERS = 7
"""Most servers of a subtree whose neighbours are evaluated by linear programs."""


@dataclass(frozen=True, eq=False)
class TimedPlan:
    """A subtree's plan with both costs per Gbit.

    Parameters
    ----------
    plan
        Order and shares; its cost is the true one.
    estimated
        Largest cost per Gbit by eqs (5) and (6).
    """

    plan: SubtreePlan
    estimated: float


class TrueCostSearch:
    """Searches all subtrees, and has the best plans so far at any moment.

    Parameters
    ----------
    instance
        The instance.
    tree
        Its sink tree; every server may work and has a cost.
    run
        Clock, limits and random numbers. Nothing is reported to it before the end: it
        compares by eq (6), and would drop a solution that is better in truth.
    restarts
        How often each subtree's search begins again.
    """

    def __init__(
        self, instance: AllocationInstance, tree: SinkTree, run: Run, restarts: int
    ) -> None:
        self.instance, self.tree, self.run = instance, tree, run
        self.restarts = restarts
        self.plans: list[TimedPlan] = []
        self.bound: float | None = None

    def search(self) -> None:
        """Search until nothing is left to try or a limit is reached."""
        tree, run = self.tree, self.run
        blocks = contiguous_blocks(tree)
        # Until an order is timed, eq (6)'s cost stands for the true cost, which is lower.
        self.plans = [
            TimedPlan(plan, plan.cost)
            for plan in contiguous_subtree_plans(tree, blocks)
        ]
        roots = np.flatnonzero(tree.parent == 0)
        if not len(roots):
            return
        run.prove(relay_bound(tree, blocks.capacity[roots]), SOURCE)
        shops = flow_shops(self.instance, tree)
        self.bound = true_cost_bound(tree, shops)
        passages = np.bincount(
            np.repeat(np.arange(len(roots)), [shop.size for shop in shops]),
            weights=tree.depth[np.concatenate([s.members for s in tree.subtrees])],
        )
        # A single server waits for nobody, by eq (6) or in truth.
        timed = [
            index
            for index, shop in enumerate(shops)
            if shop.size > 1 and passages[index] <= MAX_PASSAGES
        ]
        if not timed:
            return
        searches = {}
        for index in timed:
            if run.should_stop():
                return
            searches[index] = _SubtreeSearch(
                self, index, shops[index], int(passages[index])
            )
            searches[index].start()
        for restart in range(self.restarts + 1):
            for index in timed:
                if run.should_stop():
                    return
                small = shops[index].size <= MAX_SEARCHED
                if small and not searches[index].proven():
                    searches[index].descend(restart)

    def report(self) -> Outcome:
        """Report the best solution so far, once; say how the search ended."""
        run, tree = self.run, self.tree
        stopped = run.stop_reason()
        if self.plans:
            plan = compose(tree, [timed.plan for timed in self.plans])
            objective = self._estimated(plan)
        else:
            plan = local_plan(tree)
            objective = plan.cost
        run.incumbent(objective, lambda: to_solution(tree, plan))
        detail = f"store-and-forward cost {plan.cost:.6g}"
        if self.bound is not None:
            proven = proves_optimality(plan.cost, self.bound)
            detail += ", proven least" if proven else f", at least {self.bound:.6g}"
        return Outcome(
            stopped or Reason.CONVERGED, f"{detail}; {run.evaluations} orders"
        )

    def _estimated(self, plan: Plan) -> float:
        """Return a plan's cost by eqs (5) and (6)."""
        tree = self.tree
        largest = float(tree.own[0] * plan.loads[0])
        costs = []
        for subtree, timed in zip(tree.subtrees, self.plans, strict=True):
            sent = float(plan.loads[subtree.members].sum())
            largest += float(subtree.relay[0]) * sent
            costs.append(timed.estimated * sent)
        return max(largest, *costs)


class _SubtreeSearch:
    """The search of one subtree.

    Parameters
    ----------
    whole
        The search that it is part of.
    index
        Number of the subtree.
    shop
        The subtree as a flow shop.
    passages
        Hops of all its servers, summed.
    """

    def __init__(
        self, whole: TrueCostSearch, index: int, shop: FlowShop, passages: int
    ) -> None:
        self._whole, self._index, self._shop = whole, index, shop
        self._run = whole.run
        self._solves_programs = passages <= MAX_LP_PASSAGES
        self._evaluator = FlowShopEvaluator(shop, min(SWEEPS, MAX_SWEPT // passages))
        self._bound = unit_bound(shop)

    def proven(self) -> bool:
        """Say whether nothing is left to gain in this subtree."""
        return self._whole.plans[self._index].plan.cost <= self._bound * (1.0 + 1e-9)

    def start(self) -> None:
        """Time the contiguous order: with the loads it has, and with better ones."""
        plan = self._whole.plans[self._index].plan
        true, estimated = self._evaluator.costs(plan.order, plan.shares)
        self._whole.plans[self._index] = TimedPlan(
            SubtreePlan(plan.order, plan.shares, true, 0.0), estimated
        )
        for order in (plan.order, self._farthest_first()):
            self._offer(order, self._evaluator.loads(order))
            self._run.count(evaluations=1)

    def descend(self, restart: int) -> None:
        """Improve the order from start number ``restart``."""
        search = FlowShopSearch(self._evaluator.value, self._start(restart))
        self._climb(search, 20)
        loads = self._evaluator.loads(search.order)
        self._offer(search.order, loads)
        if self._solves_programs and not self._run.should_stop():
            # The program wants every server served in time, also one without load: those
            # go first, where that costs nothing.
            order = _idle_first(search.order, loads)
            value = self._program_value(order)
            equalised = value <= search.value * (1.0 + 1e-9)
            if not equalised and self._shop.size <= MAX_LP_SERVERS:
                # Costs are not equal at the optimum: only the program knows what an
                # order is worth.
                self._climb(FlowShopSearch(self._program_value, order), 1)
        self._run.count(iterations=1)
        self._run.progress(f"{self._run.evaluations} orders")

    def _climb(self, search: FlowShopSearch, step: int) -> None:
        run = self._run
        while not search.complete and not run.should_stop():
            left = run.limits.evaluations
            allowed = step if left is None else min(step, left - run.evaluations)
            run.count(evaluations=search.advance(allowed))

    def _program_value(self, order: Ints) -> float:
        """Return what ``order`` takes at true cost 1; keep its loads if they are best."""
        loads = best_loads(self._shop, order, self._run.remaining())
        if loads is None:
            return 0.0
        return self._offer(order, loads)

    def _offer(self, order: Ints, loads: Floats) -> float:
        """Keep an order and its loads if they are best; return load at true cost 1.

        Servers without load are moved to the front: in truth that changes nothing, and by
        eq (6) they then wait for nobody.
        """
        total = float(loads.sum())
        if not total > 0.0:
            return 0.0
        shares = loads / total
        order = _idle_first(order, loads)
        true, estimated = self._evaluator.costs(order, shares)
        if true < self._whole.plans[self._index].plan.cost:
            self._whole.plans[self._index] = TimedPlan(
                SubtreePlan(order, shares, true, 0.0), estimated
            )
        return 1.0 / true

    def _start(self, restart: int) -> Ints:
        """Return the order from which start number ``restart`` begins."""
        best = self._whole.plans[self._index].plan.order
        if restart == 0:
            return best
        if restart == 1:
            return self._farthest_first()
        if restart == 2:
            return tight_budgets_first(self._whole.tree.subtrees[self._index])
        rng = self._run.rng("true order", self._index, restart)
        return shuffled_stretch(best, rng)

    def _farthest_first(self) -> Ints:
        """Return the servers by falling length of their way, so that tails overlap."""
        distance = self._whole.tree.subtrees[self._index].distance
        return np.argsort(-distance, kind="stable").astype(np.int64)


def _idle_first(order: Ints, loads: Floats) -> Ints:
    """Return ``order`` with the servers that have no load before the others."""
    idle = loads[order] == 0.0
    return np.concatenate([order[idle], order[~idle]])
