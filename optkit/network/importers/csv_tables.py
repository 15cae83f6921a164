"""Networks in CSV: a table of links and, if there is one, a table of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.files.rows import Row, RowReader
from optkit.core.suggest import nearest
from optkit.network.importers.build import network_document, read_attributes
from optkit.network.importers.graph import FileEdge, FileGraph, FileNode
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.imported import ImportedNetwork
from optkit.network.importers.options import AttributeOptions, CsvOptions

TRUE = ("true", "yes", "1")
FALSE = ("false", "no", "0")


@dataclass(frozen=True)
class _Record:
    line: int
    cells: dict[str, str]


def read(links: Path | None, options: CsvOptions, seed: int) -> dict[str, Any]:
    """Return the network document of two tables; columns are found by their names.

    Parameters
    ----------
    links
        Table with a column for each end of a link; None if there is only one of nodes.
    options
        The table of nodes, and names of columns.
    seed
        Has no effect: nothing is drawn.

    Raises
    ------
    InvalidFileError
        With every value that is wrong, and its line.
    UsageError
        If there is no table, or a column that an option names is not there.
    """
    first = links or options.nodes
    if first is None:
        raise UsageError("no table to read; name one of links, one of nodes, or both.")
    edges = [] if links is None else _edges(links, options)
    if options.nodes is None:
        names = dict.fromkeys(end for e in edges for end in (e.source, e.target))
        nodes = [FileNode(name, 0, {}) for name in names]
    else:
        nodes = _nodes(options.nodes, options)
    place = "line" if links is None else f"{links.name}, line"
    one_way, issues = direction(edges, options.direction, place)
    graph = FileGraph(
        {},
        tuple(nodes),
        tuple(edges),
        one_way,
        node_place=f"{options.nodes.name}, line" if options.nodes else "line",
        edge_place=place,
    )
    if options.isolated == "refuse" and links is not None:
        issues += _isolated(graph)
    tables = " and ".join(p.name for p in (links, options.nodes) if p is not None)
    name = options.name or first.name.removesuffix(".gz").removesuffix(".csv")
    origin = (f"Imported from {tables} (CSV).",)
    network = read_attributes(graph, options, str(first), name, origin, issues)
    network = _by_position(network, options)
    return network_document(network, strict=options.strict)


def _edges(path: Path, options: CsvOptions) -> list[FileEdge]:
    ends = (
        ("source_column", options.source_column),
        ("target_column", options.target_column),
    )
    return [
        FileEdge(
            record.cells.pop(options.source_column),
            record.cells.pop(options.target_column),
            record.line,
            record.cells,
        )
        for record in _table(path, "links", ends, options)
    ]


def _nodes(path: Path, options: CsvOptions) -> list[FileNode]:
    required = (("id_column", options.id_column),)
    return [
        FileNode(record.cells.pop(options.id_column), record.line, record.cells)
        for record in _table(path, "nodes", required, options)
    ]


def _by_position(network: ImportedNetwork, options: CsvOptions) -> ImportedNetwork:
    """Return the network with what options add to it by positions."""
    if options.connect_km is None and options.devices is None:
        return network
    # Imported here, because it imports numpy.
    from optkit.network.importers.proximity import joined_within, with_devices

    if options.connect_km is not None:
        network = joined_within(network, options.connect_km)
    if options.devices is not None:
        path = options.devices
        nodes = tuple(
            FileNode(
                record.cells.pop("id", "") or f"device {number}",
                record.line,
                record.cells,
            )
            for number, record in enumerate(_table(path, "devices", (), options), 1)
        )
        graph = FileGraph({}, nodes, (), False, node_place=f"{path.name}, line")
        taken = {node.key for node in network.nodes}
        issues = [
            Issue(f"line {node.line}", f"{node.key!r} is the id of a node; rename it")
            for node in nodes
            if node.key in taken
        ]
        read = read_attributes(graph, AttributeOptions(), str(path), "", (), issues)
        network = with_devices(network, read.nodes, path.name)
    return network


def direction(
    edges: Sequence[FileEdge], wanted: str | None, place: str
) -> tuple[bool, list[Issue]]:
    """Return whether edges lead one way, as an option or their own attribute says.

    Parameters
    ----------
    edges
        The edges.
    wanted
        ``directed`` or ``undirected``; None if the attribute ``directed`` says it.
    place
        What the lines of edges count, for messages.

    Returns
    -------
    tuple
        Whether they do, and what is wrong: values that say neither, or a mixture.
    """
    if wanted is not None:
        return wanted == "directed", []
    words = [edge.attributes.get("directed", "").strip().lower() for edge in edges]
    issues = [
        Issue(
            f"{place} {edge.line}",
            f"directed {clean_text(word, 60)!r} is neither true nor false",
        )
        for edge, word in zip(edges, words, strict=True)
        if word and word not in (*TRUE, *FALSE)
    ]
    one_way = [word in TRUE for word in words]
    if any(one_way) and not all(one_way):
        issues.append(
            Issue(
                f"{place} {edges[one_way.index(True)].line}",
                f"{sum(one_way)} of {len(edges)} links are directed and the others are"
                " not; write all in one way, an undirected link as two directed ones",
            )
        )
    return any(one_way), issues


def _isolated(graph: FileGraph) -> list[Issue]:
    linked = {end for edge in graph.edges for end in (edge.source, edge.target)}
    return [
        Issue(
            f"{graph.node_place} {node.line}",
            f"no link names the node {clean_text(node.key, 60)!r}; add its link, remove"
            " the line, or keep it with --isolated keep",
        )
        for node in graph.nodes
        if node.key not in linked
    ]


def _table(
    path: Path,
    what: str,
    required: Sequence[tuple[str, str]],
    options: CsvOptions,
) -> list[_Record]:
    """Return the rows of a table as cells by the name of their column."""
    reader = RowReader(path, f"a table of {what}", delimiters=",;\t", comment="#")
    heading: list[str] = []
    records = []
    for row in reader.rows():
        if row.first:
            heading = row.fields
            _check_heading(path, row, required, options)
        elif reader.width(row, [len(heading)]):
            cells = dict(zip(heading, row.fields, strict=True))
            for _, name in required:
                if not cells[name]:
                    reader.wrong(row, heading.index(name) + 1, name, "is empty")
            records.append(_Record(row.line, cells))
    reader.finish()
    return records


def _check_heading(
    path: Path, row: Row, required: Sequence[tuple[str, str]], options: CsvOptions
) -> None:
    heading = row.fields
    shown = ", ".join(clean_text(name, 60) for name in heading[:20])
    for option, name in required:
        if name in heading:
            continue
        guess = nearest(name, heading)
        hint = f" Did you mean {clean_text(guess, 60)!r}?" if guess else ""
        text = f"no column {name!r}.{hint} Columns: {shown}."
        if option in options.model_fields_set:
            raise UsageError(f"option {option}: {path}: {text}")
        flag = f"--{option.replace('_', '-')}"
        raise InvalidFileError(
            str(path), [Issue(f"line {row.line}", f"{text} {flag} names another")]
        )
    twice = [name for k, name in enumerate(heading) if name and name in heading[:k]]
    if twice:
        text = f"two columns are called {clean_text(twice[0], 60)!r}; rename one"
        raise InvalidFileError(str(path), [Issue(f"line {row.line}", text)])
