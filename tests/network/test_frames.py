"""Networks from lists of edges and from tables of pandas."""

from __future__ import annotations

import pandas as pd
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError


def test_edges_with_and_without_values() -> None:
    """Edges have a rate, a rate and a latency, attributes, or nothing."""
    edges = [
        ("a", "b"),
        ("b", "c", 10),
        ("c", 4, 2.5, 0.1),
        (4, "a", {"capacity": 100}),
    ]
    network = optkit.Network.from_edges(edges, rate="capacity", rate_unit_gbps=0.01)
    assert [node.id for node in network.nodes] == ["a", "b", "c", "4"]
    assert [link.gbps for link in network.links] == [None, None, None, 1.0]
    plain = optkit.Network.from_edges(edges[:3])
    assert [link.gbps for link in plain.links] == [None, 10.0, 2.5]
    assert [link.latency_s for link in plain.links] == [None, None, 0.1]


def test_nodes_may_come_with_attributes() -> None:
    """Nodes are the ends of the edges, a list of ids, or a mapping to attributes."""
    edges = [("a", "b", 1.0)]
    with_powers = optkit.Network.from_edges(edges, {"a": {"ghz": 2.0}, "b": {}})
    assert [node.ghz for node in with_powers.nodes] == [2.0, None]
    assert len(optkit.Network.from_edges(edges, ["a", "b", "c"]).nodes) == 3
    with pytest.raises(InvalidFileError, match="unknown node 'b'"):
        optkit.Network.from_edges(edges, ["a"])


def test_what_is_no_edge_is_refused() -> None:
    """Tuples of other lengths are named together."""
    with pytest.raises(InvalidFileError, match="2 errors"):
        optkit.Network.from_edges([("a",), ("a", "b", 1, 2, 3)])


def test_tables() -> None:
    """Columns are found by their names, and empty cells are unknown."""
    links = pd.DataFrame(
        {"from": [1, 2], "to": [2, 3], "mbps": [1000.0, None], "directed": [True, True]}
    )
    nodes = pd.DataFrame({"id": [1, 2, 3], "ghz": [1.5, None, 2.0]})
    network = optkit.Network.from_pandas(
        links, nodes, source="from", target="to", rate="mbps", rate_unit_gbps=0.001
    )
    assert network.directed
    assert [node.id for node in network.nodes] == ["1", "2", "3"]
    assert [node.ghz for node in network.nodes] == [1.5, None, 2.0]
    assert [link.gbps for link in network.links] == [1.0, None]


def test_faults_of_tables() -> None:
    """A missing column lists those there are; bad cells name their row."""
    links = pd.DataFrame({"source": ["a", None], "target": ["b", "c"]})
    with pytest.raises(UsageError, match=r"no column 'src'.*Columns: source, target"):
        optkit.Network.from_pandas(links, source="src")
    with pytest.raises(InvalidFileError, match="row 1 of links, column source"):
        optkit.Network.from_pandas(links)
    mixed = pd.DataFrame(
        {"source": ["a", "b"], "target": ["b", "c"], "directed": [True, False]}
    )
    with pytest.raises(InvalidFileError, match="1 of 2 links are directed"):
        optkit.Network.from_pandas(mixed)
