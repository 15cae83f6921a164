"""Algorithm 1: groups of access points that share no edge server.

The members of a group decide in the same interval. No queue receives jobs from two of
them, so the joint problem P2 splits into one problem P3 per member (Lemma 1). Every access
point may use the cloud, so that, read literally, each would be in a group of its own
(eq 20). The cloud is therefore left out, and the decomposition is exact except for the
cloud's queues.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Ints
from optkit.dispatch.problem.problem_data import ProblemData


def groups(data: ProblemData) -> list[Ints]:
    """Return the groups: the colour classes of the conflict graph, by DSATUR colouring."""
    import networkx as nx

    edge = data.candidate[:, ~data.cloud].astype(np.float32)
    conflict = edge @ edge.T > 0.0
    np.fill_diagonal(conflict, False)
    graph = nx.from_numpy_array(conflict.astype(np.int8))
    colour = nx.greedy_color(graph, strategy="DSATUR")
    count = max(colour.values(), default=-1) + 1
    return [
        np.array(sorted(k for k in colour if colour[k] == c), dtype=np.int64)
        for c in range(count)
    ]
