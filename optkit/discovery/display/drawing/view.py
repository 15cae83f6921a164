"""The content of one window for the pictures, and the positions of its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from optkit.discovery.instance import DiscoveryInstance
from optkit.discovery.solution import DiscoverySolution

Point = tuple[float, float]

ROW = 14
"""Number of nodes without links in one row."""

FIRST_ROW = -1.3
"""Height of the first row of nodes without links; all others are above it."""

MAX_ARRANGED = 150
"""Number of nodes up to which distances decide positions; that takes cubic time."""

_HUB = "\0"


@dataclass(frozen=True)
class WindowView:
    """One window; nodes and candidates by name.

    Parameters
    ----------
    window
        Number of the window.
    nodes
        Present nodes.
    idle
        Present nodes that demand nothing.
    candidates
        Candidates that are open, or that a present node with a demand can use.
    links
        Seconds of the usable links of nodes with a demand, by (node, candidate).
    opened
        Resources of the open candidates.
    connected
        The candidate of each connected node.
    agent
        Nodes in agent mode.
    """

    window: int
    nodes: tuple[str, ...]
    idle: frozenset[str]
    candidates: tuple[str, ...]
    links: dict[tuple[str, str], float]
    opened: dict[str, list[str]] = field(default_factory=dict)
    connected: dict[str, str] = field(default_factory=dict)
    agent: frozenset[str] = frozenset()

    def layout(self) -> tuple[dict[str, Point], dict[str, Point]]:
        """Return positions of nodes and of candidates, linked ones near each other.

        A candidate that is a present node has the position of that node.
        """
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph()
        graph.add_nodes_from(self.nodes)
        key = {j: j if j in set(self.nodes) else f"\0{j}" for j in self.candidates}
        graph.add_nodes_from(key.values())
        graph.add_edges_from((i, key[j]) for i, j in self.links)
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        alone = [name for name in graph if graph.degree(name) == 0]
        graph.remove_nodes_from(alone)
        # An invisible hub keeps components from drifting apart.
        graph.add_edges_from((_HUB, name) for name in key.values() if name in graph)
        if len(graph) <= MAX_ARRANGED:
            layout = nx.kamada_kawai_layout(graph)
        else:
            layout = nx.spring_layout(graph, seed=1, iterations=60)
        points = {name: (float(x), float(y)) for name, (x, y) in layout.items()}
        # Nodes without links are in rows below; those that are named take more room.
        named = {key[j] for j in self.candidates}
        place = 0
        for name in sorted(alone, key=lambda name: name not in named):
            row, column = divmod(place, ROW)
            points[name] = (-1.0 + 2.0 * column / (ROW - 1), FIRST_ROW - 0.16 * row)
            place += 2 if name in named else 1
        nodes = {i: points[i] for i in self.nodes}
        return nodes, {j: points[key[j]] for j in self.candidates}


def window_view(
    instance: DiscoveryInstance, solution: DiscoverySolution | None, k: int
) -> WindowView:
    """Return the content of window ``k``."""
    names = instance.nodes
    present = [i for i in range(len(names)) if instance.present[k][i]]
    asking = [i for i in present if instance.demand[k][i] is not None]
    links = {
        (names[i], j): seconds
        for i in asking
        for j, seconds in zip(
            instance.candidates, instance.connect_time[k][i], strict=True
        )
        if seconds is not None
    }
    opened: dict[str, list[str]] = {}
    connected: dict[str, str] = {}
    agent: Sequence[str] = ()
    if solution is not None:
        for resource, chosen in zip(instance.resources, solution.qans[k], strict=True):
            for j in chosen:
                opened.setdefault(j, []).append(resource)
        targets = {i: solution.connect[k][i] for i in asking}
        connected = {names[i]: j for i, j in targets.items() if j is not None}
        agent = [names[i] for i in asking if solution.agent[k][i]]
    shown = {j for _, j in links} | set(opened)
    return WindowView(
        window=k,
        nodes=tuple(names[i] for i in present),
        idle=frozenset(names[i] for i in present if i not in set(asking)),
        candidates=tuple(j for j in instance.candidates if j in shown),
        links=links,
        opened=opened,
        connected=connected,
        agent=frozenset(agent),
    )
