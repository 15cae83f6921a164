"""Networks of SNDlib, from the native format or XML.

Source: S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski, "SNDlib 1.0 - Survivable
Network Design Library", Networks 55(3), 2010.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from optkit.allocation.data.importers.graph import FileEdge, FileGraph, check_graph
from optkit.allocation.data.importers.identifiers import clean_text
from optkit.allocation.data.importers.network import (
    ImportedEdge,
    ImportedNetwork,
    ImportedNode,
    make_document,
)
from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.sndlib_native import is_native, parse_native
from optkit.allocation.data.importers.sndlib_xml import parse_sndlib_xml
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
    finite_number,
    plausible_speed,
    power_of,
)
from optkit.core.errors import InvalidFileError

ATTRIBUTION = (
    "From SNDlib, sndlib.zib.de; the file states no licence; cite Orlowski, Wessäly,"
    " Pióro, Tomaszewski, SNDlib 1.0, Networks 55(3), 2010."
)


def read(source: Path, options: Options, seed: int) -> dict[str, Any]:
    """Return the allocation document of an SNDlib network.

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
    opened = read_source(source, options.member)
    name = str(source)
    refuse_other_formats(opened.data, name, "an SNDlib network")
    kind, graph = _parse(opened.data, name)
    check_graph(graph, name)
    to_gbps, unit_note = _unit(graph.attributes.get("unit", ""), options)
    speeds = [link_speed(edge.attributes, to_gbps) for edge in graph.edges]
    directed = lists_both_ways(graph.edges)
    network = ImportedNetwork(
        source=name,
        name=opened.stem,
        nodes=tuple(ImportedNode(node.key, node.key) for node in graph.nodes),
        edges=tuple(
            ImportedEdge(edge.source, edge.target, speed.gbps)
            for edge, speed in zip(graph.edges, speeds, strict=True)
        ),
        directed=directed,
        origin=(
            *_origin(opened.name, kind, opened.stem, graph.attributes),
            unit_note,
            *(
                ["Every link has its opposite in the file: read as directed links."]
                if directed
                else []
            ),
        ),
        unusable_speeds=sum(speed.unusable for speed in speeds),
    )
    return make_document(network, options, seed)


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


def lists_both_ways(edges: Sequence[FileEdge]) -> bool:
    """Return whether the file lists every link in both directions.

    SNDlib says in a separate model file whether links are directed. Directed networks list
    each direction; merging the two as parallel links would double their capacity.
    """
    pairs = Counter((e.source, e.target) for e in edges if e.source != e.target)
    return bool(pairs) and all(
        pairs[source, target] == pairs[target, source] for source, target in pairs
    )


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


def _unit(unit: str, options: Options) -> tuple[Callable[[float], float] | None, str]:
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
