"""Networks in GML and GraphML, those of the Internet Topology Zoo among them.

Source: S. Knight, H. X. Nguyen, N. Falkner, R. Bowden, M. Roughan, "The Internet
Topology Zoo", IEEE Journal on Selected Areas in Communications 29(9), 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError
from optkit.network.importers.build import network_document
from optkit.network.importers.gml import is_gml, parse_gml
from optkit.network.importers.graph import FileGraph, graph_issues
from optkit.network.importers.graphml import parse_graphml
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.imported import ImportedEdge, ImportedNetwork
from optkit.network.importers.options import GraphOptions, MarkupOptions
from optkit.network.importers.own_attributes import OwnAttributes
from optkit.network.importers.source import (
    decode_text,
    is_xml,
    read_source,
    refuse_other_formats,
)
from optkit.network.importers.speeds import (
    NOT_STATED,
    UNUSABLE,
    Speed,
    parse_speed,
    power_of,
)

CREATOR = "Topology Zoo Toolset"
"""The creator that the Zoo's own files name."""

ATTRIBUTION = (
    "Licence of the Internet Topology Zoo: CC BY 4.0; cite Knight et al., The Internet"
    " Topology Zoo, IEEE JSAC 29(9), 2011."
)


def read(source: Path, options: GraphOptions, seed: int) -> dict[str, Any]:
    """Return the network document of a GML or GraphML file.

    Parameters
    ----------
    source
        The file.
    options
        Which attributes hold what.
    seed
        Has no effect: nothing is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    network = read_network(source, options, own_names=True)
    return network_document(network, options.names, options.strict)


def read_graphml(source: Path, options: GraphOptions, seed: int) -> dict[str, Any]:
    """Return the network document of a GraphML file; see :func:`read`."""
    network = read_network(source, options, own_names=True, expected="GraphML")
    return network_document(network, options.names, options.strict)


def read_gml(source: Path, options: GraphOptions, seed: int) -> dict[str, Any]:
    """Return the network document of a GML file; see :func:`read`."""
    network = read_network(source, options, own_names=True, expected="GML")
    return network_document(network, options.names, options.strict)


def read_network(
    source: Path,
    options: MarkupOptions,
    *,
    own_names: bool = False,
    expected: str | None = None,
) -> ImportedNetwork:
    """Read a network from GML or GraphML.

    The two are told apart by content, gzip is decompressed, and the option ``member``
    chooses the file of a tar archive.

    Parameters
    ----------
    source
        The network file.
    options
        Which file of an archive is read, and which attributes hold what.
    own_names
        Whether attributes with the names of a network file are read without being named.
    expected
        ``GML`` or ``GraphML`` if nothing else is wanted.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    opened = read_source(source, options.member)
    name = str(source)
    refuse_other_formats(opened.data, name, expected or "GML or GraphML")
    kind, graph = _parse(opened.data, name)
    if expected not in (None, kind):
        right = kind.lower()
        raise InvalidFileError(name, [f"this is {kind}; use the importer {right}"])
    own = OwnAttributes(graph, options, name, own_names, graph_issues(graph))
    speeds, latencies, nodes, coordinates = own.network()
    speeds = speeds or [edge_speed(edge.attributes) for edge in graph.edges]
    is_zoo = graph.attributes.get("Creator", "") == CREATOR
    attributes = graph.attributes
    title = attributes.get("label") or attributes.get("Network") or opened.stem
    edges = zip(graph.edges, speeds, latencies, strict=True)
    return ImportedNetwork(
        source=name,
        name=title,
        nodes=tuple(nodes),
        edges=tuple(
            ImportedEdge(edge.source, edge.target, speed.gbps, latency)
            for edge, speed, latency in edges
        ),
        directed=graph.directed,
        origin=_origin(opened.name, kind, title, attributes, is_zoo),
        notes=() if is_zoo else own.unused(),
        unusable_speeds=sum(speed.unusable for speed in speeds),
        coordinates=coordinates,
    )


def edge_speed(attributes: Mapping[str, str]) -> Speed:
    """Return the speed that an edge states.

    ``LinkSpeedRaw`` (bit/s) if there is one, otherwise ``LinkSpeed`` times
    ``LinkSpeedUnits`` (``K``, ``M``, ``G``, ``T``).
    """
    raw = attributes.get("LinkSpeedRaw", "").strip()
    if raw:
        return parse_speed(raw, 0)
    value = attributes.get("LinkSpeed", "").strip()
    if not value:
        return NOT_STATED
    power = power_of(attributes.get("LinkSpeedUnits", ""))
    return UNUSABLE if power is None else parse_speed(value, power)


def _parse(data: bytes, source: str) -> tuple[str, FileGraph]:
    if is_xml(data):
        return "GraphML", parse_graphml(data, source)
    text = decode_text(data, source)
    if text.lstrip().startswith("?SNDlib"):
        raise InvalidFileError(
            source, ["an SNDlib native file, not GML; use the importer sndlib"]
        )
    if not is_gml(text):
        raise InvalidFileError(
            source, ["neither GML ('graph [') nor GraphML ('<graphml'); check the file"]
        )
    return "GML", parse_gml(text, source)


def _origin(
    file: str, kind: str, title: str, attributes: Mapping[str, str], is_zoo: bool
) -> tuple[str, ...]:
    operator = clean_text(attributes.get("Network", ""))
    date = clean_text(attributes.get("NetworkDate", ""))
    page = clean_text(attributes.get("Source", ""), 500)
    from_zoo = ", Internet Topology Zoo" if is_zoo else ""
    whose = "The Zoo's" if is_zoo else "The file's"
    unknown = "For the licence see where the file was taken from."
    return (
        f"Imported from {clean_text(file, 500)} ({kind}{from_zoo}).",
        f"Network: {clean_text(title)}" + (f" of {operator}." if operator else "."),
        f"Date: {date}." if date else "Date: not in the file.",
        *([f"{whose} source: {page} ."] if page else []),
        ATTRIBUTION if is_zoo else unknown,
    )
