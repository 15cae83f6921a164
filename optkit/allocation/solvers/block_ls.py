"""Block-LS: local search on the orders, from contiguous blocks and from restarts."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from optkit.allocation.bounds.relaxation import SOURCE as RELAXATION
from optkit.allocation.bounds.relaxation import relaxation_bound
from optkit.allocation.exact.enumeration import evaluate_order
from optkit.allocation.heuristics.flowshop.optimise import TrueCostSearch
from optkit.allocation.heuristics.local_search.order_search import (
    OrderSearch,
    neighbours_at_once,
    shuffled_stretch,
    tight_budgets_first,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    contiguous_plan,
    contiguous_subtree_plans,
)
from optkit.allocation.problem.plan import SubtreePlan, compose, report_plan
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solvers.base import TreeSolver, gap_closed, needs_costs
from optkit.allocation.solvers.block import prove_relaying
from optkit.core.arrays import Ints
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome

MAX_IMPROVED = 400
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
        description="times by which orders are compared: those of eq (6), as in the"
        " objective, or exact store-and-forward times; the reported"
        " objective and bound are always those of eq (6)",
    )


@register
class BlockLs(TreeSolver[BlockLsOptions]):
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
        """Refuse instances on which a server computes at no cost."""
        return needs_costs(sink_tree(instance))

    def run(self, instance: AllocationInstance, run: Run) -> Outcome:
        """Solve ``instance`` on its sink tree, for the times that count."""
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
        """Improve the subtrees' orders in turn, from one start each per round."""
        blocks = contiguous_blocks(tree)
        report_plan(run, tree, contiguous_plan(tree, blocks))
        prove_relaying(run, tree, blocks)
        plans = contiguous_subtree_plans(tree, blocks)
        searched = [
            index
            for index, subtree in enumerate(tree.subtrees)
            if 1 < subtree.size <= MAX_IMPROVED
        ]
        if gap_closed(run):
            return Outcome(Reason.PROVED, "the contiguous order reaches the bound")
        if searched:
            for restart in range(self.options.restarts + 1):
                for index in searched:
                    if run.should_stop():
                        break
                    _search(tree, run, plans, index, restart)
        detail = f"{run.evaluations} orders"
        if gap_closed(run):
            return Outcome(Reason.PROVED, detail)
        return Outcome(run.stop_reason() or Reason.CONVERGED, detail)


def _search(
    tree: SinkTree, run: Run, plans: list[SubtreePlan], index: int, restart: int
) -> None:
    """Improve the order of subtree ``index`` from its start number ``restart``."""
    subtree, plan = tree.subtrees[index], plans[index]
    search = OrderSearch(subtree, _start(tree, run, plan, index, restart))
    run.count(evaluations=1)
    step = neighbours_at_once(subtree.size)
    while not search.complete and not run.should_stop():
        left = run.limits.evaluations
        allowed = step if left is None else min(step, left - run.evaluations)
        run.count(evaluations=search.advance(allowed))
    run.count(iterations=1)
    if search.value > (1.0 + 1e-13) / plan.cost:
        exact = evaluate_order(subtree, search.order.copy())
        if exact.cost < plan.cost:
            plans[index] = exact
            report_plan(run, tree, compose(tree, plans))
    run.progress(f"{run.evaluations} orders")


def _start(
    tree: SinkTree, run: Run, plan: SubtreePlan, index: int, restart: int
) -> Ints:
    """Return the order from which start number ``restart`` of a subtree begins."""
    if restart == 0:
        return plan.order
    if restart == 1:
        return tight_budgets_first(tree.subtrees[index])
    return shuffled_stretch(plan.order, run.rng("restart", index, restart))
