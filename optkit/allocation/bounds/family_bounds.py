"""The bounds that hold for every answer to an allocation instance, for the harness."""

from __future__ import annotations

import sys

import numpy as np

from optkit.allocation.bounds import relay_bound as relaying
from optkit.allocation.bounds import relay_condition
from optkit.allocation.bounds.relaxation import SOURCE as RELAXATION
from optkit.allocation.bounds.relaxation import relaxation_bound
from optkit.allocation.bounds.routing.all_trees import (
    COARSE_BOUND_SOURCE,
    coarse_bound,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import (
    contiguous_blocks,
    supports_blocks,
)
from optkit.allocation.problem.network_arrays import reachable_network
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.family_bounds import FamilyBound

MANY = 300
"""Servers from which on loading compiled loops is expected."""


def _relaxation(instance: AllocationInstance, _: Deadline) -> float:
    return relaxation_bound(sink_tree(instance))


def _relaying_matters(tree: SinkTree) -> bool:
    """Say whether a server below the master pays for relaying, and blocks are defined."""
    return supports_blocks(tree) and bool(np.any(tree.relay[tree.parent > 0] > 0.0))


def _relaying(instance: AllocationInstance, deadline: Deadline) -> float | None:
    tree = sink_tree(instance)
    if not _relaying_matters(tree):
        return None
    takes = contiguous_blocks(tree).capacity[np.flatnonzero(tree.parent == 0)]
    return relaying.relay_bound(tree, takes, deadline)


def _clipped(instance: AllocationInstance, _: Deadline) -> float | None:
    tree = sink_tree(instance)
    return relay_condition.clipped_bound(tree) if _relaying_matters(tree) else None


def _seconds(instance: AllocationInstance) -> float:
    """Estimate the time of a bound's passes over the tree, which cannot be stopped.

    From a few hundred servers on the loops are compiled ones, which numba has to load.
    """
    servers = instance.length("servers")
    loading = 0.5 if servers >= MANY and "numba" not in sys.modules else 0.0
    return loading + 5e-6 * servers


def _every_tree(instance: AllocationInstance, _: Deadline) -> float | None:
    net = reachable_network(instance)
    if not np.all(net.own > 0.0):
        return None
    load = coarse_bound(net, sink_tree(instance).distance)
    return instance.task.size_gbit / load


BOUNDS = (
    FamilyBound(RELAXATION, _relaxation),
    FamilyBound(relay_condition.SOURCE, _clipped, seconds=_seconds),
    FamilyBound(relaying.SOURCE, _relaying, seconds=_seconds),
    FamilyBound(COARSE_BOUND_SOURCE, _every_tree, variants=("free routing",)),
)
