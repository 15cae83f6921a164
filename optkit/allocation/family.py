"""The allocation family, as the registry sees it."""

from __future__ import annotations

from optkit.allocation.check import check
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.family import Choice, Family, Tool

ENUMERABLE = 1_000_000
"""Orders that ``auto`` has enumerated; about 10 s of work on one core."""


def choose(instance: AllocationInstance) -> list[Choice]:
    """Return the solvers that suit ``instance``, the one that proves most first."""
    import numpy as np

    from optkit.allocation.block import supported
    from optkit.allocation.order_count import orders
    from optkit.allocation.relay_condition import holds
    from optkit.allocation.tree import sink_tree

    tree = sink_tree(instance)
    sizes = [subtree.size for subtree in tree.subtrees]
    largest = max(sizes, default=0)
    regular = supported(tree)
    choices = []
    if regular and not np.any(tree.relay[tree.parent > 0] > 0.0):
        choices.append(
            Choice(
                "closed-form",
                "nobody below the master pays for relaying: solved directly",
            )
        )
    elif regular and holds(tree):
        choices.append(
            Choice(
                "block",
                "relaying costs no more than receiving: contiguous orders are optimal",
            )
        )
    total = sum(orders(size) for size in sizes)
    if total <= ENUMERABLE:
        reason = f"{total:.0f} orders in all, few enough to solve every one"
        choices.append(Choice("pmo", reason))
    reason = f"the largest subtree has {largest} servers, too many orders to enumerate"
    if regular:
        choices.append(Choice("block", reason))
    choices += [Choice("ga", reason), Choice("milp", reason)]
    return choices


def check_seconds(instance: AllocationInstance) -> float:
    """Return roughly how long the check of a solution takes."""
    return 8e-5 * len(instance.servers)


_OPTIONS = "optkit.allocation.importers.options:Options"

FAMILY = Family(
    name="allocation",
    summary="split one task over servers several hops away, and order the sending",
    instance_type=AllocationInstance,
    solution_type=AllocationSolution,
    check=check,
    choose=choose,
    solvers="optkit.allocation.solvers",
    check_seconds=check_seconds,
    generator=Tool(
        name="allocation",
        summary="Erdős–Rényi networks and trees with the paper's parameters",
        options="optkit.allocation.generate:GeneratorOptions",
        function="optkit.allocation.generate:generate",
    ),
    importers=(
        Tool(
            name="topology-zoo",
            summary="Internet Topology Zoo, GML or GraphML",
            options=_OPTIONS,
            function="optkit.allocation.importers.topology_zoo:read",
        ),
        Tool(
            name="sndlib",
            summary="SNDlib network, native or XML",
            options=_OPTIONS,
            function="optkit.allocation.importers.sndlib:read",
        ),
    ),
    model="optkit.allocation.modelling:instance_model",
    draw="optkit.allocation.drawing.figure:draw",
    tables="optkit.allocation.tables:tables",
    trials="optkit.allocation.trials:TRIALS",
)
