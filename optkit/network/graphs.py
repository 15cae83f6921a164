"""Networks from graphs of networkx, and graphs from networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from optkit.core.errors import UsageError
from optkit.network.identity import id_text
from optkit.network.importers.build import network_document as document_of
from optkit.network.importers.build import read_attributes
from optkit.network.importers.cells import cell
from optkit.network.importers.graph import FileEdge, FileGraph, FileNode
from optkit.network.importers.options import NetworkOptions

if TYPE_CHECKING:
    import networkx


def network_document(
    graph: networkx.Graph[Any], options: NetworkOptions, name: str | None
) -> dict[str, Any]:
    """Return the ``optkit/network`` document of a graph.

    Parameters
    ----------
    graph
        The graph.
    options
        Which attributes hold what.
    name
        Name of the network; None for the graph's own.

    Raises
    ------
    UsageError
        If it is no graph, or an attribute that is named is nowhere in it.
    InvalidFileError
        With every value that is not allowed.
    """
    import networkx

    if not isinstance(graph, networkx.Graph):
        raise UsageError(
            f"a graph of networkx is expected, this is {type(graph).__name__}; see"
            " Network.from_edges and Network.from_pandas."
        )
    nodes = tuple(
        FileNode(node_key(node), number, _texts(attributes))
        for number, (node, attributes) in enumerate(graph.nodes(data=True))
    )
    edges = tuple(
        FileEdge(node_key(source), node_key(target), number, _texts(attributes))
        for number, (source, target, attributes) in enumerate(graph.edges(data=True))
    )
    about = {str(key): cell(value) for key, value in graph.graph.items()}
    read = FileGraph(about, nodes, edges, graph.is_directed(), "node", "edge")
    title = name or about.get("name") or "network"
    origin = (about.get("provenance") or "From a graph of networkx.",)
    return document_of(read_attributes(read, options, "graph", title, origin))


def graph_of(
    document: Mapping[str, Any], directed: bool, parallel: bool
) -> networkx.Graph[str]:
    """Return the graph of the document of a network.

    Parameters
    ----------
    document
        The network.
    directed, parallel
        Whether links lead one way, and whether several join the same nodes.
    """
    import networkx

    kinds = {
        (False, False): networkx.Graph,
        (True, False): networkx.DiGraph,
        (False, True): networkx.MultiGraph,
        (True, True): networkx.MultiDiGraph,
    }
    about = {key: document[key] for key in ("name", "coordinates") if key in document}
    graph: networkx.Graph[str] = kinds[directed, parallel](**about)
    for node in document["nodes"]:
        graph.add_node(node["id"], **_plain(node, document.get("coordinates")))
    ends = ("source", "target", "directed")
    for link in document["links"]:
        known = {key: value for key, value in link.items() if key not in ends}
        graph.add_edge(link["source"], link["target"], **known)
    return graph


def _plain(node: Mapping[str, Any], coordinates: str | None) -> dict[str, Any]:
    """Return what is known of a node in numbers and text, which every format can hold."""
    known = {k: v for k, v in node.items() if k not in ("id", "roles", "position")}
    if "roles" in node:
        known["roles"] = " ".join(node["roles"])
    if "position" in node:
        geographic = coordinates == "geographic"
        names = ("longitude", "latitude") if geographic else ("x", "y")
        known |= dict(zip(names, node["position"], strict=True))
    return known


def node_key(node: Any) -> str:
    """Return the id of a node of Python: text as it is, anything else as text."""
    plain = node.item() if hasattr(node, "item") else node
    return str(id_text(plain))


def _texts(attributes: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): cell(value) for key, value in attributes.items()}
