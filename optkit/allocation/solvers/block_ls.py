"""Block-LS: local search on the orders, from contiguous blocks and from restarts."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relaxation import SOURCE as RELAXATION
from optkit.allocation.bounds.relaxation import relaxation_bound
from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.flowshop.optimise import TrueCostSearch
from optkit.allocation.heuristics.local_search import order_search
from optkit.allocation.heuristics.local_search.order_search import (
    OrderSearch,
    budget_order,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    block_plan,
    blocks,
    loads_of,
    supported,
)
from optkit.allocation.problem.plan import SubtreePlan, compose, report
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solvers.base import TreeSolver
from optkit.allocation.solvers.block import prove_relaying
from optkit.core.arrays import Ints
from optkit.core.consistency import OPTIMALITY_GAP, relative_gap
from optkit.core.options import Options
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome

IMPROVED = 400
"""Most servers of a subtree whose order is improved: a neighbour costs their cube."""


class BlockLsOptions(Options):
    """Options of the local search."""

    restarts: int = Field(
        8,
        ge=0,
        description="times that each subtree's search begins again: once from servers"
        " with tight budgets first, then from shuffles of the best order",
    )
    timing: Literal["waiting", "store-and-forward"] = Field(
        "waiting",
        description="times that count: eq (6)'s waiting, as in the objective, or those of"
        " exact store and forward; objective and bound stay eq (6)'s, and what is"
        " returned is the best with the times that count",
    )


@register
class BlockLs(TreeSolver):
    """Insertions and exchanges, first improvement, each order evaluated exactly.

    It starts from the contiguous order and is therefore never worse than ``block``.
    """

    name = "block-ls"
    kind = Kind.HEURISTIC
    reference = "docs/allocation-bounds.md"
    capabilities = Capabilities(
        bound=True, seed=True, iterations=True, evaluations=True
    )
    Options = BlockLsOptions

    def supports(self, instance: AllocationInstance) -> Availability:
        """Refuse instances on which a server works for nothing."""
        if supported(sink_tree(instance)):
            return Availability()
        return Availability(
            False, "a server computes at no cost, so no load fills its budget; take pmo"
        )

    def run(self, instance: AllocationInstance, run: Run) -> Outcome:
        """Solve ``instance`` on its sink tree, for the times that count."""
        assert isinstance(self.options, BlockLsOptions)
        if self.options.timing == "waiting":
            return super().run(instance, run)
        tree = sink_tree(instance)
        run.prove(relaxation_bound(tree), RELAXATION)
        run.model_built()
        search = TrueCostSearch(instance, tree, run, self.options.restarts)
        try:
            search.search()
        finally:  # whatever ends it, Ctrl-C too
            outcome = search.report()
        return outcome

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Improve one subtree's order after the other, a start of each at a time."""
        assert isinstance(self.options, BlockLsOptions)
        found = blocks(tree)
        whole = block_plan(tree, found)
        report(run, tree, whole)
        prove_relaying(run, tree, found)
        roots = np.flatnonzero(tree.parent == 0)
        shares = loads_of(tree, found, np.ones(len(roots)))
        plans = [
            SubtreePlan(
                order,
                shares[subtree.members],
                1.0 / float(found.capacity[subtree.members[0]]),
                0.0,
            )
            for subtree, order in zip(tree.subtrees, whole.orders, strict=True)
        ]
        searched = [
            t for t, subtree in enumerate(tree.subtrees) if 1 < subtree.size <= IMPROVED
        ]
        if _proven(run):
            return Outcome(Reason.PROVED, "the contiguous order reaches the bound")
        if searched and wait_until_warm(order_search.warm_up, run.should_stop):
            for restart in range(self.options.restarts + 1):
                for t in searched:
                    if run.should_stop():
                        break
                    _search(tree, run, plans, t, restart)
        detail = f"{run.evaluations} orders"
        if _proven(run):
            return Outcome(Reason.PROVED, detail)
        return Outcome(run.stop_reason() or Reason.CONVERGED, detail)


def _proven(run: Run) -> bool:
    gap = relative_gap(run.objective, run.bound)
    return gap is not None and gap <= OPTIMALITY_GAP


def _search(
    tree: SinkTree, run: Run, plans: list[SubtreePlan], t: int, restart: int
) -> None:
    """Improve subtree ``t`` from its start number ``restart``."""
    subtree, plan = tree.subtrees[t], plans[t]
    local = OrderSearch(subtree, _start(tree, run, plan, t, restart))
    run.count(evaluations=1)
    # A neighbour takes some n³ operations; slices of a few ms hold every limit.
    most = max(1, min(500, 2_000_000 // subtree.size**3))
    while not local.complete and not run.should_stop():
        left = run.limits.evaluations
        allowed = most if left is None else min(most, left - run.evaluations)
        run.count(evaluations=local.advance(allowed))
    run.count(iterations=1)
    if local.value > (1.0 + 1e-13) / plan.cost:
        exact = evaluate_order(subtree, local.order.copy())
        if exact.cost < plan.cost:
            plans[t] = exact
            report(run, tree, compose(tree, plans))
    run.progress(f"{run.evaluations} orders")


def _start(tree: SinkTree, run: Run, plan: SubtreePlan, t: int, restart: int) -> Ints:
    """Return the order from which start number ``restart`` begins."""
    subtree = tree.subtrees[t]
    if restart == 0:
        return plan.order
    if restart == 1:
        return budget_order(subtree)
    draw = run.rng("restart", t, restart)
    order = plan.order.copy()
    first, last = np.sort(draw.choice(len(order) + 1, size=2, replace=False))
    order[first:last] = draw.permutation(order[first:last])
    return order
