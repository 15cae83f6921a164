"""Graphs of networkx, both ways."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import networkx as nx
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.files.left_out import SourceWarning


def example() -> nx.Graph:
    """Return a graph with attributes of its own."""
    graph = nx.Graph(name="campus")
    graph.add_node("hub", cpu=3.2, roles=["server", "router"])
    graph.add_node(7, longitude=8.5, latitude=47.4)
    graph.add_edge("hub", 7, capacity=1500, latency_s=0.002)
    return graph


def test_attributes_are_read_as_they_are_named() -> None:
    """Rates come in the unit that is named; what is not there stays unknown."""
    network = optkit.Network.from_networkx(
        example(), rate="capacity", ghz="cpu", rate_unit_gbps=0.001
    )
    assert network.name == "campus"
    assert [node.id for node in network.nodes] == ["hub", "7"]
    assert [node.ghz for node in network.nodes] == [3.2, None]
    assert network.nodes[0].roles == ("server", "router")
    assert network.nodes[1].position == (8.5, 47.4)
    assert network.coordinates == "geographic"
    (link,) = network.links
    assert (link.source, link.target, link.gbps, link.latency_s) == (
        "hub", "7", 1.5, 0.002,
    )  # fmt: skip


def test_attributes_that_nobody_reads_are_named() -> None:
    """A warning names them and how to read them; so does the provenance."""
    said = "Edge attribute 'capacity' on 1 of 1 edges is not used: --rate-attribute"
    with pytest.warns(SourceWarning, match=said):
        network = optkit.Network.from_networkx(example())
    assert network.links[0].gbps is None
    assert said in network.provenance


def test_unknown_attributes_list_those_there_are() -> None:
    """A misspelt name is an error with the right names."""
    with pytest.raises(
        UsageError, match=r"Did you mean 'capacity'.*There are: capacity"
    ):
        optkit.Network.from_networkx(example(), rate="capasity")
    with pytest.raises(UsageError, match="cpu"):
        optkit.Network.from_networkx(example(), ghz="GHz")


def test_wrong_values_are_refused_together() -> None:
    """Zero and negative values, and words, are one error."""
    graph = nx.Graph()
    graph.add_node("a", ghz=0)
    graph.add_node("b", roles="sever")
    graph.add_edge("a", "b", gbps=-1)
    graph.add_edge("b", "c", gbps="fast")
    with pytest.raises(InvalidFileError) as caught:
        optkit.Network.from_networkx(graph)
    assert len(caught.value.issues) == 4


def test_loops_are_left_out_and_parallel_edges_kept() -> None:
    """A multigraph keeps its parallel edges; a loop is left out, and this is said."""
    graph = nx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "b")])
    with pytest.warns(SourceWarning, match=r"self-loops \(1\)"):
        network = optkit.Network.from_networkx(graph)
    assert network.directed
    assert network.parallel == 1


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_there_and_back(kind: type[nx.Graph], tmp_path: Path) -> None:
    """A network that becomes a graph, or GraphML, and comes back is the same."""
    graph = kind()
    graph.add_node("a", ghz=3.0, longitude=8.5, latitude=47.4, roles="server cloud")
    graph.add_edges_from([("a", "b", {"gbps": 2.5}), ("b", "c", {"latency_s": 0.1})])
    if graph.is_multigraph():
        graph.add_edge("a", "b", gbps=1.0)
    network = optkit.Network.from_networkx(graph, name="there")
    again = network.to_networkx()
    assert type(again) is kind
    assert optkit.Network.from_networkx(again).sha256 == network.sha256
    written = BytesIO()
    nx.write_graphml(again, written)
    path = tmp_path / "net.graphml"
    path.write_bytes(written.getvalue())
    assert optkit.import_file("graphml", path, names="id").sha256 == network.sha256


def test_positions_of_unknown_kind_come_back() -> None:
    """Positions that are neither geographic nor plane stay so."""
    document = {
        "schema": "optkit/network",
        "schema_version": 1,
        "name": "drawn",
        "nodes": [{"id": "a", "position": [300.0, 200.0]}],
    }
    network = optkit.Network.parse(document)
    assert optkit.Network.from_networkx(network.to_networkx()).sha256 == network.sha256


def test_no_graph_is_refused() -> None:
    """Something else than a graph is an error that names the other ways in."""
    with pytest.raises(UsageError, match="from_edges"):
        optkit.Network.from_networkx([("a", "b")])  # type: ignore[arg-type]


def test_from_a_graph_to_a_result() -> None:
    """Five lines of Python lead from a graph to a checked result."""
    network = optkit.Network.from_networkx(nx.path_graph(4))
    instance = optkit.generate("allocation", network=network, master="0", seed=1)
    result = optkit.solve(instance)
    assert result.verification.feasible
