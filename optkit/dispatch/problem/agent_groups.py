"""Algorithm 1: access points in groups whose members share no edge server.

Members of a group decide in the same interval; as no queue hears of two of them, the
joint problem P2 falls apart into one problem P3 for each (Lemma 1). Every access point may
use the cloud, so that read literally no two could ever be in one group (eq 20); the cloud
is left out, and the decomposition is exact up to its queues.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.problem_data import World


def groups(world: World) -> list[Ints]:
    """Return the groups: colour classes of the conflict graph, coloured by DSATUR."""
    import networkx as nx

    edge = world.candidate[:, ~world.cloud].astype(np.float32)
    conflict = edge @ edge.T > 0.0
    np.fill_diagonal(conflict, False)
    graph = nx.from_numpy_array(conflict.astype(np.int8))
    colour = nx.greedy_color(graph, strategy="DSATUR")
    count = max(colour.values(), default=-1) + 1
    return [
        np.array(sorted(k for k in colour if colour[k] == c), dtype=np.int64)
        for c in range(count)
    ]
