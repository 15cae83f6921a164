"""Block: the contiguous order in linear time, with a bound that counts relaying."""

from __future__ import annotations

import numpy as np

from optkit.allocation.bounds.relay_bound import SOURCE, relay_bound
from optkit.allocation.bounds.relay_condition import SOURCE as CLIPPED_SOURCE
from optkit.allocation.bounds.relay_condition import clipped_bound
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    Blocks,
    contiguous_blocks,
    contiguous_plan,
)
from optkit.allocation.problem.plan import report_plan
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solvers.base import TreeSolver, gap_closed, needs_costs, prove
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome


class BlockBase(TreeSolver):
    """Base of the solvers that return the contiguous order."""

    capabilities = Capabilities(bound=True)

    def supports(self, instance: AllocationInstance) -> Availability:
        """Refuse instances on which a server computes at no cost."""
        return needs_costs(sink_tree(instance))

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Report the contiguous order, and the bound that follows from it."""
        blocks = contiguous_blocks(tree)
        report_plan(run, tree, contiguous_plan(tree, blocks))
        prove_relaying(run, tree, blocks)
        if gap_closed(run):
            return Outcome(Reason.PROVED, "the contiguous order reaches the bound")
        return Outcome(Reason.CONVERGED, "the contiguous order")


def prove_relaying(run: Run, tree: SinkTree, blocks: Blocks) -> None:
    """Report the bounds that count relaying, where a server below the master relays."""
    children = np.flatnonzero(tree.parent == 0)
    if len(children) and np.any(tree.relay[tree.parent > 0] > 0.0):
        bound = relay_bound(tree, blocks.capacity[children], run.should_stop)
        prove(run, tree, bound, SOURCE)
        prove(run, tree, clipped_bound(tree), CLIPPED_SOURCE)


@register
class Block(BlockBase):
    """Every block contiguous, its own server first, children by falling rate."""

    name = "block"
    kind = Kind.HEURISTIC
    reference = "docs/allocation.md, Contiguous orders"


@register
class ClosedForm(BlockBase):
    """The optimum where nobody below the master pays for relaying, in linear time."""

    name = "closed-form"
    kind = Kind.EXACT
    reference = "docs/allocation.md, A bound for every answer"

    def supports(self, instance: AllocationInstance) -> Availability:
        """Refuse instances with relaying energy below the master."""
        tree = sink_tree(instance)
        if np.any(tree.relay[tree.parent > 0] > 0.0):
            return Availability(
                False,
                "servers below the master pay for relaying (w2 e > 0), where no closed"
                " form is proven; take block",
            )
        return super().supports(instance)
