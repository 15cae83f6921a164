"""An imported network as an ``optkit/network`` document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from optkit.core.errors import Issue, UsageError
from optkit.core.files.left_out import LeftOut
from optkit.network.importers.graph import FileGraph, graph_issues
from optkit.network.importers.identifiers import clean_text, node_ids
from optkit.network.importers.imported import (
    ImportedEdge,
    ImportedNetwork,
)
from optkit.network.importers.options import AttributeOptions
from optkit.network.importers.own_attributes import OwnAttributes


def read_attributes(
    graph: FileGraph,
    options: AttributeOptions,
    source: str,
    name: str,
    origin: tuple[str, ...],
    issues: Sequence[Issue] = (),
) -> ImportedNetwork:
    """Return the network of a graph whose attributes have the names of a network file.

    Parameters
    ----------
    graph
        The graph.
    options
        Which attributes hold what.
    source
        The file, for messages.
    name
        Name of the network.
    origin
        Sentences on where it comes from.
    issues
        What is wrong with it already, to be reported with everything else.

    Raises
    ------
    InvalidFileError
        With everything that is wrong.
    """
    wrong = [*graph_issues(graph), *issues]
    own = OwnAttributes(graph, options, source, own_names=True, issues=wrong)
    speeds, latencies, nodes, coordinates = own.network()
    rates = [speed.gbps for speed in speeds] or [None] * len(graph.edges)
    return ImportedNetwork(
        source=source,
        name=name,
        nodes=tuple(nodes),
        edges=tuple(
            ImportedEdge(edge.source, edge.target, rate, latency)
            for edge, rate, latency in zip(graph.edges, rates, latencies, strict=True)
        ),
        directed=graph.directed,
        origin=origin,
        notes=own.unused(),
        coordinates=coordinates,
    )


def network_document(
    network: ImportedNetwork,
    names: Literal["label", "id"] | None = None,
    strict: bool = False,
) -> dict[str, Any]:
    """Return the ``optkit/network`` document of a network, and warn of what is left out.

    Parameters
    ----------
    network
        The network.
    names
        How nodes are called, as in the option of that name; None for their keys as they
        are.
    strict
        Whether leaving something out is an error instead of a warning.

    Raises
    ------
    UsageError
        If it is, and something would be left out.
    """
    keys = [node.key for node in network.nodes]
    ids = keys
    if names is not None:
        ids = node_ids([(n.key, n.label) for n in network.nodes], names)
    id_of = dict(zip(keys, ids, strict=True))
    edges = [edge for edge in network.edges if edge.source != edge.target]
    said = LeftOut()
    said.add("self-loops", len(network.edges) - len(edges))
    said.add("speeds that cannot be one", network.unusable_speeds)
    for note in network.notes:
        said.note(note)
    if strict and said.text():
        raise UsageError(
            f"{network.source}: strict refuses to leave anything out. {said.text()}"
        )
    said.warn(Path(network.source))
    rates = sum(edge.gbps is not None for edge in edges)
    powers = sum(node.ghz is not None for node in network.nodes)
    facts = (
        f"The rate of {rates} of {len(edges)} links and the computing power of {powers}"
        f" of {len(keys)} nodes are known."
    )
    return {
        "schema": "optkit/network",
        "schema_version": 1,
        "name": clean_text(network.name) or "network",
        "provenance": " ".join(filter(None, (*network.origin, facts, said.text()))),
        **_known({"coordinates": network.coordinates}),
        "nodes": [
            {
                "id": id_of[node.key],
                **_known(
                    {
                        "ghz": node.ghz,
                        "roles": node.roles and list(node.roles),
                        "position": node.position and list(node.position),
                        "capacitance": node.capacitance,
                        "tx_watt": node.tx_watt,
                        "traffic": node.traffic,
                    }
                ),
            }
            for node in network.nodes
        ],
        "links": [
            {
                "source": id_of[edge.source],
                "target": id_of[edge.target],
                **_known({"gbps": edge.gbps, "latency_s": edge.latency_s}),
                "directed": network.directed,
            }
            for edge in edges
        ],
    }


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
