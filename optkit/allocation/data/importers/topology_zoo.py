"""Networks of the Internet Topology Zoo, from GML or GraphML.

Source: S. Knight, H. X. Nguyen, N. Falkner, R. Bowden, M. Roughan, "The Internet
Topology Zoo", IEEE Journal on Selected Areas in Communications 29(9), 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optkit.allocation.data.importers.gml import is_gml, parse_gml
from optkit.allocation.data.importers.graph import FileGraph, check_graph
from optkit.allocation.data.importers.graphml import parse_graphml
from optkit.allocation.data.importers.identifiers import clean_text
from optkit.allocation.data.importers.network import (
    ImportedEdge,
    ImportedNetwork,
    ImportedNode,
    make_document,
)
from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.own_attributes import OwnAttributes
from optkit.allocation.data.importers.source import (
    decode_text,
    is_xml,
    read_source,
    refuse_other_formats,
)
from optkit.allocation.data.importers.speeds import (
    NOT_STATED,
    UNUSABLE,
    Speed,
    power_of,
)
from optkit.allocation.data.importers.speeds import parse_speed as parse_speed
from optkit.core.errors import InvalidFileError, UsageError

CREATOR = "Topology Zoo Toolset"
"""The creator that the Zoo's own files name."""

ATTRIBUTION = (
    "Licence of the Internet Topology Zoo: CC BY 4.0; cite Knight et al., The Internet"
    " Topology Zoo, IEEE JSAC 29(9), 2011."
)


def read(source: Path, options: Options, seed: int) -> dict[str, Any]:
    """Return the allocation document of a Topology Zoo network.

    GML and GraphML are told apart by content, gzip is decompressed, and the option
    ``member`` chooses the file of a tar archive.

    Parameters
    ----------
    source
        The network file.
    options
        What to assume where the file states nothing.
    seed
        Main seed of what is drawn.

    Returns
    -------
    dict
        A document of schema ``optkit/allocation``, version 1.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    if options.capacity_unit_gbps is not None:
        raise UsageError(
            "option capacity_unit_gbps is for sndlib files only; leave it out."
        )
    if options.direction is not None:
        raise UsageError(
            "option direction is for sndlib files only: GML and GraphML say it."
        )
    opened = read_source(source, options.member)
    name = str(source)
    refuse_other_formats(opened.data, name, "GML or GraphML")
    kind, graph = _parse(opened.data, name)
    check_graph(graph, name)
    own = OwnAttributes(graph, options, name)
    speeds = own.speeds() or [edge_speed(edge.attributes) for edge in graph.edges]
    ghz = own.ghz()
    is_zoo = graph.attributes.get("Creator", "") == CREATOR
    attributes = graph.attributes
    title = attributes.get("label") or attributes.get("Network") or opened.stem
    network = ImportedNetwork(
        source=name,
        name=title,
        nodes=tuple(
            ImportedNode(node.key, node.attributes.get("label", ""), ghz.get(node.key))
            for node in graph.nodes
        ),
        edges=tuple(
            ImportedEdge(edge.source, edge.target, parse_speed.gbps)
            for edge, parse_speed in zip(graph.edges, speeds, strict=True)
        ),
        directed=graph.directed,
        origin=_origin(opened.name, kind, title, attributes, is_zoo),
        notes=() if is_zoo else own.unused(),
        unusable_speeds=sum(parse_speed.unusable for parse_speed in speeds),
    )
    return make_document(network, options, seed)


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
