"""Networks of SNDlib, from the native format or XML.

Source: S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski, "SNDlib 1.0 - Survivable
Network Design Library", Networks 55(3), 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError
from optkit.network.importers.build import network_document
from optkit.network.importers.graph import FileEdge, FileGraph, check_graph
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.imported import ImportedEdge, ImportedNetwork
from optkit.network.importers.options import AttributeOptions, SndlibOptions
from optkit.network.importers.own_attributes import OwnAttributes
from optkit.network.importers.sndlib_native import is_native, parse_native
from optkit.network.importers.sndlib_xml import parse_sndlib_xml
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
    finite_number,
    plausible_speed,
    power_of,
)

ATTRIBUTION = (
    "From SNDlib, sndlib.zib.de; the file states no licence; cite Orlowski, Wessäly,"
    " Pióro, Tomaszewski, SNDlib 1.0, Networks 55(3), 2010."
)


def read(source: Path, options: SndlibOptions, seed: int) -> dict[str, Any]:
    """Return the network document of an SNDlib network.

    Parameters
    ----------
    source
        The network file.
    options
        How its capacities and directions are read.
    seed
        Has no effect: nothing is drawn.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    network = read_network(source, options)
    return network_document(network, options.names, options.strict)


def read_network(source: Path, options: SndlibOptions) -> ImportedNetwork:
    """Read an SNDlib network.

    Native and XML files are told apart by content, gzip is decompressed, and the option
    ``member`` chooses the file of a tar archive. A link's capacity is its pre-installed
    capacity, or else its largest module. It counts as a speed where the file's META
    section names a unit of bit/s, or else the option ``capacity_unit_gbps`` says how
    large a unit is.

    Parameters
    ----------
    source
        The network file.
    options
        Which file of an archive is read, and how capacities and directions are read.

    Raises
    ------
    InvalidFileError
        If the file cannot be read or is not such a network.
    UsageError
        If an option makes no sense for this file.
    """
    opened = read_source(source, options.member)
    name = str(source)
    refuse_other_formats(opened.data, name, "an SNDlib network")
    kind, graph = _parse(opened.data, name)
    check_graph(graph, name)
    own = OwnAttributes(graph, AttributeOptions(), name, own_names=True)
    _, _, nodes, coordinates = own.network()
    to_gbps, unit_note = _unit(graph.attributes.get("unit", ""), options)
    speeds = [link_speed(edge.attributes, to_gbps) for edge in graph.edges]
    opposite = has_opposite_links(graph.edges)
    directed = opposite
    if options.direction is not None:
        directed = options.direction == "directed"
    return ImportedNetwork(
        source=name,
        name=opened.stem,
        nodes=tuple(replace(node, label=node.key) for node in nodes),
        coordinates=coordinates,
        edges=tuple(
            ImportedEdge(edge.source, edge.target, speed.gbps)
            for edge, speed in zip(graph.edges, speeds, strict=True)
        ),
        directed=directed,
        origin=(
            *_origin(opened.name, kind, opened.stem, graph.attributes),
            unit_note,
            *(
                [f"Links are {options.direction} (option)."]
                if options.direction
                else ["Links lead in opposite directions: read as directed links."]
                if directed
                else []
            ),
        ),
        unusable_speeds=sum(speed.unusable for speed in speeds),
    )


def link_speed(
    attributes: Mapping[str, str], to_gbps: Callable[[float], float] | None
) -> Speed:
    """Return the speed of a link: its pre-installed capacity, or else its largest module.

    Parameters
    ----------
    attributes
        Of the link, as the two parsers return them.
    to_gbps
        Turns a capacity into Gbit/s; None where the file's unit is not known.
    """
    if to_gbps is None:
        return NOT_STATED
    unusable = False
    for key in ("pre-installed", "modules"):
        values = [finite_number(text) for text in attributes.get(key, "").split()]
        largest = max((v for v in values if v is not None), default=0.0)
        if largest > 0:
            return plausible_speed(to_gbps(largest))
        # In this format, zero means that nothing is installed.
        unusable = unusable or any(value is None or value < 0 for value in values)
    return UNUSABLE if unusable else NOT_STATED


def has_opposite_links(edges: Sequence[FileEdge]) -> bool:
    """Return whether any two links of the file lead in opposite directions.

    SNDlib says in a separate model file whether links are directed. A file that lists two
    directions means each as it is: merging them as parallel links would add up their
    capacities.
    """
    pairs = {(e.source, e.target) for e in edges if e.source != e.target}
    return any((target, source) in pairs for source, target in pairs)


def _parse(data: bytes, source: str) -> tuple[str, FileGraph]:
    if is_xml(data):
        return "XML", parse_sndlib_xml(data, source)
    text = decode_text(data, source)
    if not is_native(text):
        raise InvalidFileError(
            source,
            ["neither SNDlib native ('?SNDlib') nor XML ('<network'); check the file"],
        )
    return "native", parse_native(text, source)


def _unit(
    unit: str, options: SndlibOptions
) -> tuple[Callable[[float], float] | None, str]:
    """Return how a capacity becomes Gbit/s, and the sentence that says so."""
    unit = clean_text(unit)
    power = power_of(unit)
    if power is not None:
        scale = 10.0**power
        return (lambda value: value * scale / 1e9), f"Capacities are in {unit}."
    statement = (
        f"The unit of capacity {unit!r} is not one of bit/s"
        if unit
        else ("The file does not name its unit of capacity")
    )
    factor = options.capacity_unit_gbps
    if factor is None:
        return None, f"{statement}: capacities were not used as speeds."
    return (
        lambda value: value * factor,
        f"{statement}: one unit was taken as {factor:g} Gbit/s (option).",
    )


def _origin(
    file: str, kind: str, title: str, meta: Mapping[str, str]
) -> tuple[str, ...]:
    date = clean_text(meta.get("time", ""))
    origin = clean_text(meta.get("origin", ""), 500)
    return (
        f"Imported from {clean_text(file, 500)} ({kind}, SNDlib).",
        f"Network: {clean_text(title)}.",
        f"Date: {date}." if date else "Date: not in the file.",
        *([f"The file's origin: {origin} ."] if origin else []),
        ATTRIBUTION,
    )
