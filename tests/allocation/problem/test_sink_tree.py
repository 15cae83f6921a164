"""Trees that a solver chooses, as arrays."""

from __future__ import annotations

import numpy as np
import pytest

import optkit
from optkit.allocation.problem.sink_tree import chosen_tree, sink_tree
from tests.allocation.hostile_networks import directed


def test_given_tree_of_the_sink_trees_parents_is_the_sink_tree() -> None:
    """A tree chosen with the sink tree's parents has the sink tree's arrays and numbers."""
    for seed in range(10):
        instance = optkit.generate("allocation", servers=30, seed=seed)
        sink = sink_tree(instance)
        parent = {
            sink.ids[server]: sink.ids[sink.parent[server]]
            for server in range(1, sink.count)
        }
        given = chosen_tree(instance, dict(sorted(parent.items())))
        assert given.ids == sink.ids
        assert given.routing == "free"
        for name in ("parent", "distance", "own", "relay", "time", "ghz"):
            np.testing.assert_allclose(
                getattr(given, name), getattr(sink, name), rtol=1e-14
            )


def test_given_tree_refuses_what_is_none() -> None:
    """A missing link and a cycle are refused with the reason."""
    instance = directed(3, 5, "time only", density=1.0)
    with pytest.raises(ValueError, match="no link"):
        chosen_tree(instance, {"1": "1"})
    with pytest.raises(ValueError, match="master"):
        chosen_tree(instance, {"1": "2", "2": "1"})
