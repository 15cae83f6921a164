"""Runs of single methods."""

from __future__ import annotations

import pytest

from optkit.allocation.problem.sink_tree import sink_tree
from optkit.reproduction.allocation import (
    runs,
)
from optkit.reproduction.allocation.networks import (
    topology,
)
from tests.reproduction.allocation.cases import quick_context


@pytest.mark.parametrize("pruned", [0, 1, 3, 7])
def test_pruning_threshold(pruned: int) -> None:
    """Pruning at the threshold leaves out the requested number of servers."""
    tree = sink_tree(topology(quick_context(), "Topology 4", 1))
    threshold = runs.pruning_threshold(tree, pruned)
    assert runs.left_out(tree, threshold) == pruned
