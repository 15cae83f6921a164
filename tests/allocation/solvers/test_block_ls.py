"""Local search on orders as a solver."""

from __future__ import annotations

import optkit
from optkit.allocation.problem.sink_tree import sink_tree
from optkit.allocation.testing import random_instances


def test_never_worse_than_block() -> None:
    """``block-ls`` is never worse than ``block``."""
    for label, instance in random_instances(9, 40):
        if not sink_tree(instance).subtrees:
            continue
        block = optkit.solve(instance, "block").objective
        found = optkit.solve(instance, "block-ls").objective
        assert block is not None
        assert found is not None, label
        assert found <= block * (1.0 + 1e-12), label
