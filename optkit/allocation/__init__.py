"""Split one task over servers several hops away, and order the sending.

Source: K. Ma and J. Xie, "A Multi-Layered Distributed Computing Framework for Enhanced
Edge Computing". Equation and section numbers in this package are that paper's;
``docs/allocation.md`` says how places that are lost or contradict each other are read.

The names below are the public face of the family; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optkit.core.lazy import lazy_names

if TYPE_CHECKING:
    from optkit.allocation.check.simulation import (
        store_and_forward as store_and_forward,
    )
    from optkit.allocation.instance import AllocationInstance as AllocationInstance
    from optkit.allocation.problem.sink_tree import SinkTree as SinkTree
    from optkit.allocation.problem.sink_tree import sink_tree as sink_tree
    from optkit.allocation.rescaling import carry_over as carry_over
    from optkit.allocation.rescaling import rescale as rescale
    from optkit.allocation.solution import AllocationSolution as AllocationSolution
    from optkit.allocation.solvers.base import TreeSolver as TreeSolver

_HOMES = {
    "AllocationInstance": "instance",
    "AllocationSolution": "solution",
    "SinkTree": "problem.sink_tree",
    "TreeSolver": "solvers.base",
    "carry_over": "rescaling",
    "rescale": "rescaling",
    "sink_tree": "problem.sink_tree",
    "store_and_forward": "check.simulation",
}

__all__ = [*_HOMES]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
