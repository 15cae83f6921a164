"""Shortest paths in plain Python are those of SciPy, to the last bit."""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem import sink_tree


def test_plain_paths_are_those_of_scipy() -> None:
    """Distances and hops agree exactly, also of servers that cannot be reached."""
    rng = np.random.default_rng(2)
    for _ in range(60):
        count = int(rng.integers(1, 30))
        pairs = np.argwhere(rng.random((count, count)) < rng.random() * 0.4)
        source, target = pairs[pairs[:, 0] != pairs[:, 1]].T
        choices = np.array([0.1, 0.2, 0.3, 1e-17, rng.random()])
        weight = rng.choice(choices, len(source))
        ends = (count, source, target)
        plain = sink_tree._plain_distances(*ends, weight, 0)
        assert np.array_equal(plain, sink_tree._distances(*ends, weight, 0))
        assert np.array_equal(
            sink_tree._plain_hops(*ends, 0), sink_tree._hops(*ends, 0)
        )
