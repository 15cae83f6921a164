"""The allocation family: its solvers, tools and files, for the registry."""

from __future__ import annotations

from optkit.allocation.check.checker import FEWEST_SERVERS, check
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.family import Choice, Family, Tool

MAX_ENUMERATED = 1_000_000
"""Most orders that ``auto`` enumerates; about 10 s of work on one core."""

MAX_BRANCHED = 12
"""Most servers of a subtree whose order ``auto`` branches on: a few seconds."""


def choose(instance: AllocationInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, the one that proves most first."""
    import numpy as np

    from optkit.allocation.bounds.relay_condition import proven_subtrees
    from optkit.allocation.problem.contiguous_orders import supports_blocks
    from optkit.allocation.problem.order_lp import order_count
    from optkit.allocation.problem.sink_tree import sink_tree

    tree = sink_tree(instance)
    sizes = [subtree.size for subtree in tree.subtrees]
    total = sum(order_count(size) for size in sizes)
    enumeration = Choice(
        "pmo", f"{total:.0f} orders in all, few enough to solve every one"
    )
    if not supports_blocks(tree):
        reason = "a server computes at no cost, and there are too many orders to try"
        others = [Choice("ga", reason), Choice("milp", reason)]
        return [enumeration, *others] if total <= MAX_ENUMERATED else others
    choices = []
    proven = proven_subtrees(tree)
    hardest = max(
        (size for size, settled in zip(sizes, proven, strict=True) if not settled),
        default=0,
    )
    if not np.any(tree.relay[tree.parent > 0] > 0.0):
        reason = "nobody below the master pays for relaying: solved directly"
        choices.append(Choice("closed-form", reason))
    elif hardest == 0:
        reason = "relaying is cheap beside receiving: contiguous orders are optimal"
        choices.append(Choice("block", reason))
    if hardest <= MAX_BRANCHED:
        reason = (
            f"at most {hardest} servers in a subtree whose contiguous order is not"
            " proven optimal, few enough to search"
        )
        choices.append(Choice("branch-and-bound", reason))
    if total <= MAX_ENUMERATED:
        choices.append(enumeration)
    reason = (
        f"{hardest} servers in a subtree whose contiguous order is not proven optimal,"
        " too many to search every order"
    )
    choices += [Choice(name, reason) for name in ("block-ls", "block", "ga", "milp")]
    return choices


def check_seconds(instance: AllocationInstance) -> float:
    """Return roughly how long the check of a solution takes."""
    servers, links = instance.length("servers"), instance.length("links")
    each = 8e-5 if servers < FEWEST_SERVERS else 2e-5  # large solutions by columns
    return max(each * servers, 8e-5 * min(servers, FEWEST_SERVERS)) + 5e-6 * links


_OPTIONS = "optkit.allocation.data.importers.options:Options"

FAMILY = Family(
    name="allocation",
    summary="split one task over servers several hops away, and order the sending",
    instance_type=AllocationInstance,
    solution_type=AllocationSolution,
    check=check,
    choose=choose,
    solvers="optkit.allocation.solvers",
    objective="the largest cost of a server, its weighted time and energy",
    solution_cost="optkit.allocation.problem.solution_cost:solution_cost",
    bounds="optkit.allocation.bounds.family_bounds:BOUNDS",
    check_seconds=check_seconds,
    generator=Tool(
        name="allocation",
        summary="Erdős–Rényi networks and trees with the paper's parameters",
        options="optkit.allocation.data.generate:GeneratorOptions",
        function="optkit.allocation.data.generate:generate",
    ),
    importers=(
        Tool(
            name="topology-zoo",
            summary="Internet Topology Zoo, GML or GraphML",
            options=_OPTIONS,
            function="optkit.allocation.data.importers.topology_zoo:read",
        ),
        Tool(
            name="sndlib",
            summary="SNDlib network, native or XML",
            options=_OPTIONS,
            function="optkit.allocation.data.importers.sndlib:read",
        ),
    ),
    carry_over="optkit.allocation.rescaling:carry_over",
    model="optkit.allocation.problem.pyomo_adapter:instance_model",
    solution_from_model="optkit.allocation.problem.model_solution:solution_from_model",
    draw="optkit.allocation.display.drawing.figure:draw",
    tables="optkit.allocation.display.tables:tables",
    frames="optkit.allocation.display.frames:frames",
    warm_up=(
        "optkit.allocation.heuristics.flowshop.evaluation:warm_up",
        "optkit.allocation.heuristics.routing.search:warm_up",
        "optkit.allocation.heuristics.local_search.order_search:warm_up",
        "optkit.allocation.exact.branch_and_bound.subtree_search:warm_up",
        "optkit.allocation.bounds.routing.all_trees:warm_up",
    ),
    contract_cases="optkit.allocation.testing:CONTRACT_CASES",
)
