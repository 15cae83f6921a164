"""Pictures and tables of networks."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pytest

import optkit
from optkit.network.display.drawing import LETTERS, draw, is_map, sketched
from optkit.network.display.tables import tables
from optkit.plotting.labels import text_size


def grid(side: int, positions: bool) -> optkit.Network:
    """Return a square network, with or without positions."""
    graph = nx.grid_2d_graph(side, side)
    for x, y in graph:
        if positions:
            graph.nodes[x, y].update(longitude=8.0 + x, latitude=47.0 + y)
    return optkit.Network.from_networkx(graph)


@pytest.mark.parametrize("positions", [True, False])
@pytest.mark.parametrize("side", [1, 2, 6, 20])
def test_names_never_overlap(side: int, positions: bool) -> None:
    """Names stay apart and inside; what has no room is left out and counted."""
    network = grid(side, positions)
    sketch = sketched(network)
    assert is_map(network) == positions
    assert set(sketch.at) == {node.id for node in network.nodes}
    boxes = []
    for text, (x, y) in sketch.names.values():
        width, height = text_size(text, LETTERS)
        assert x - width / 2 >= 0 and x + width / 2 <= sketch.width  # noqa: PT018
        assert y - height / 2 >= 0 and y + height / 2 <= sketch.height  # noqa: PT018
        boxes.append((x, y, width, height))
    for (x, y, w, h), (u, v, k, m) in combinations(boxes, 2):
        assert abs(x - u) >= (w + k) / 2 or abs(y - v) >= (h + m) / 2
    notes = " ".join(text.get_text() for text in draw(network).texts)
    nameless = len(network.nodes) - len(sketch.names)
    assert (f"{nameless} names left out" in notes) == (nameless > 0)
    assert ("positions unknown" in notes) == (not positions)


def test_geography_is_kept() -> None:
    """North is up, east is right, and a degree of longitude is shorter than one north."""
    network = grid(2, True)
    at = sketched(network).at
    (x0, y0), (x1, y1) = at["(0, 0)"], at["(1, 1)"]
    assert 0 < x1 - x0 < y1 - y0


def test_nodes_without_position_stand_on_the_map() -> None:
    """On a map, the few nodes of unknown position are drawn among their neighbours."""
    graph = nx.path_graph(4)
    for node in (0, 1, 2):
        graph.nodes[node].update(longitude=float(node), latitude=0.0)
    network = optkit.Network.from_networkx(graph)
    assert set(sketched(network).at) == {"0", "1", "2", "3"}
    draw(network)


def test_tables_count_what_is_known() -> None:
    """The tables say what is known, and list the nodes with most links first."""
    edges = [("a", "b", 10.0), ("b", "a", 1.0), ("b", "c")]
    network = optkit.Network.from_edges(
        edges, {"a": {"ghz": 2.0}, "b": {}, "c": {}, "d": {}}
    )
    whole, by_links, links = tables(network)
    values = {row[0]: row[1] for row in whole.rows}
    assert values["nodes of known computing power"] == 1
    assert values["links of known rate"] == 2
    assert values["nodes without a link"] == 1
    assert values["parallel links"] == 1
    assert by_links.rows[0][0] == "b"
    assert links.rows[2] == ("b", "c", None, None)
