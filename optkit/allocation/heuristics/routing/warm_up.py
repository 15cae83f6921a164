"""The first run of the compiled loops of routing, on a triangle."""

from __future__ import annotations


def warm_up() -> None:
    """Run every loop once."""
    import numpy as np

    from optkit.allocation.bounds.routing.all_trees import ForestBound
    from optkit.allocation.bounds.routing.path_forest import Unroller
    from optkit.allocation.heuristics.routing.search import TreeSearch
    from optkit.allocation.problem.network_arrays import Network

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
