"""The compiled loops, ready when they are: compiling must not break a time limit.

numba caches on disk, so only the first run on a machine waits. It does so in a thread of
its own, while the caller looks at its limits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

_STARTED: list[threading.Thread] = []
_LOCK = threading.Lock()


def ready(should_stop: Callable[[], bool]) -> bool:
    """Wait until the loops are compiled; false if ``should_stop`` said so first."""
    with _LOCK:
        if not _STARTED:
            thread = threading.Thread(target=_warm, daemon=True)
            _STARTED.append(thread)
            thread.start()
    while _STARTED[0].is_alive():
        if should_stop():
            return False
        _STARTED[0].join(0.005)
    return True


def _warm() -> None:
    """Run everything once on a triangle."""
    import numpy as np

    from optkit.allocation.routing.bound import ForestBound
    from optkit.allocation.routing.forest import Unroller
    from optkit.allocation.routing.network import Network
    from optkit.allocation.routing.search import TreeSearch

    net = Network(
        ids=("0", "1", "2"),
        source=np.array([0, 0, 1, 2]),
        target=np.array([1, 2, 2, 1]),
        delay=np.ones(4),
        relay=np.ones(4),
        reverse=np.array([-1, -1, 3, 2]),
        start=np.array([0, 2, 3, 4]),
        own=np.ones(3),
        sink_link=np.array([-1, 0, 1]),
    )
    search = TreeSearch(net, net.sink_link)
    search.advance(1)
    search.kick(np.array([2]), np.zeros(1))
    search.grow(np.array([1, 2]), lambda: False)
    forest = Unroller(net).forest(1, 100, lambda: False)
    assert forest is not None
    ForestBound(net, forest, net.sink_link, lambda: False).improve()
