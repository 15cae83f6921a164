"""Random single subtrees far outside the paper's range, for tests and benchmarks."""

from __future__ import annotations

import numpy as np

from optkit.allocation.problem.sink_tree import SinkTree


def random_tree(rng: np.random.Generator, count: int, hostile: float) -> SinkTree:
    """Return one subtree of ``count`` servers, its costs spread over decades.

    Up to ``hostile`` times what the relay condition allows is paid for relaying.
    """
    parent = [-1, 0]
    while len(parent) <= count:
        # Level by level, as in a sink tree: no parent before the last one's.
        parent.append(int(rng.integers(max(1, parent[-1]), len(parent))))
    above = np.array(parent)
    span = rng.uniform(0.0, 4.0)
    step = 10 ** rng.uniform(-span, 0.0, size=count + 1)
    distance = np.zeros(count + 1)
    relay = np.zeros(count + 1)
    for server in range(1, count + 1):
        distance[server] = distance[above[server]] + step[server]
    for server in range(1, count + 1):
        kids = np.flatnonzero(above == server)
        if len(kids):
            limit = step[server] if server > 1 else 10 ** rng.uniform(-2, 1)
            share = rng.choice([1.0, 0.999, rng.uniform()])
            share *= 10 ** rng.uniform(0.0, np.log10(hostile))
            relay[kids] = step[kids] * limit / step[kids].max() * share
    own = distance + 10 ** rng.uniform(-span, 0.5, size=count + 1)
    own[0] = 1.0
    return SinkTree(
        ids=tuple(str(server) for server in range(count + 1)),
        parent=above,
        distance=distance,
        own=own,
        relay=relay,
        time=np.zeros(count + 1),
        ghz=np.ones(count + 1),
        works=np.ones(count + 1, dtype=bool),
        size=1.0,
    )
