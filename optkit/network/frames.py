"""Networks from lists of edges and from tables of pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from optkit.core.errors import InvalidFileError, Issue, UsageError
from optkit.core.options import make_options
from optkit.core.suggest import nearest
from optkit.network.graphs import node_key
from optkit.network.importers.build import network_document, read_attributes
from optkit.network.importers.cells import cell
from optkit.network.importers.csv_tables import direction
from optkit.network.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
)
from optkit.network.importers.options import NetworkOptions

if TYPE_CHECKING:
    import pandas

_VALUES = ("gbps", "latency_s")


def reading(
    rate: str | None, ghz: str | None, latency: str | None, rate_unit_gbps: float
) -> NetworkOptions:
    """Return the options of reading; see :meth:`optkit.Network.from_networkx`."""
    values: dict[str, Any] = {
        "rate_attribute": rate,
        "ghz_attribute": ghz,
        "latency_attribute": latency,
    }
    if rate_unit_gbps != 1.0:
        values["rate_unit_gbps"] = rate_unit_gbps
    return make_options(NetworkOptions, values, "network")


def edges_document(
    edges: Iterable[tuple[Any, ...]],
    nodes: Mapping[Any, Mapping[str, Any]] | Iterable[Any] | None,
    directed: bool,
    options: NetworkOptions,
    name: str,
) -> dict[str, Any]:
    """Return the document of a list of edges; see :meth:`optkit.Network.from_edges`."""
    issues: list[Issue] = []
    read = []
    for number, edge in enumerate(edges):
        if not isinstance(edge, Sequence) or not 2 <= len(edge) <= 2 + len(_VALUES):
            issues.append(
                Issue(
                    f"edge {number}",
                    f"{str(edge)[:60]!r} is no edge; give (source, target), (source,"
                    " target, gbps[, latency_s]) or (source, target, attributes)",
                )
            )
            continue
        source, target, *values = edge
        if len(values) == 1 and isinstance(values[0], Mapping):
            attributes = {str(k): cell(v) for k, v in values[0].items()}
        else:
            attributes = {k: cell(v) for k, v in zip(_VALUES, values, strict=False)}
        read.append(FileEdge(node_key(source), node_key(target), number, attributes))
    if issues:
        raise InvalidFileError("edges", issues[:MAX_ISSUES])
    if nodes is None:
        nodes = dict.fromkeys(end for e in read for end in (e.source, e.target))
    table = nodes if isinstance(nodes, Mapping) else dict.fromkeys(nodes)
    made = tuple(
        FileNode(
            node_key(node), number, {str(k): cell(v) for k, v in (about or {}).items()}
        )
        for number, (node, about) in enumerate(table.items())
    )
    graph = FileGraph({}, made, tuple(read), directed, "node", "edge")
    origin = ("From a list of edges.",)
    return network_document(read_attributes(graph, options, "edges", name, origin))


def frames_document(
    links: pandas.DataFrame,
    nodes: pandas.DataFrame | None,
    columns: tuple[str, str, str],
    directed: bool | None,
    options: NetworkOptions,
    name: str,
) -> dict[str, Any]:
    """Return the document of two tables; see :meth:`optkit.Network.from_pandas`."""
    source, target, id_column = columns
    edges = tuple(
        FileEdge(
            node_key(row.pop(source)),
            node_key(row.pop(target)),
            number,
            {key: cell(value) for key, value in row.items()},
        )
        for number, row in enumerate(_rows(links, "links", (source, target)))
    )
    if nodes is None:
        ends = dict.fromkeys(end for e in edges for end in (e.source, e.target))
        made = tuple(FileNode(key, 0, {}) for key in ends)
    else:
        made = tuple(
            FileNode(
                node_key(row.pop(id_column)),
                number,
                {key: cell(value) for key, value in row.items()},
            )
            for number, row in enumerate(_rows(nodes, "nodes", (id_column,)))
        )
    wanted = None if directed is None else "directed" if directed else "undirected"
    one_way, issues = direction(edges, wanted, "row of links")
    graph = FileGraph(
        {},
        made,
        edges,
        one_way,
        node_place="row of nodes",
        edge_place="row of links",
    )
    origin = ("From tables of pandas.",)
    network = read_attributes(graph, options, "tables", name, origin, issues)
    return network_document(network)


def _rows(
    frame: pandas.DataFrame, what: str, required: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings.

    Raises
    ------
    UsageError
        If a required column is missing; the message lists those that are there.
    InvalidFileError
        If a required cell is empty.
    """
    names = [str(name) for name in frame.columns]
    for name in required:
        if name not in names:
            guess = nearest(name, names)
            hint = f" Did you mean {guess!r}?" if guess else ""
            raise UsageError(
                f"{what}: no column {name!r}.{hint} Columns: {', '.join(names)}."
            )
    rows = [
        dict(zip(names, values, strict=True))
        for values in frame.itertuples(index=False, name=None)
    ]
    issues = [
        Issue(f"row {number} of {what}, column {name}", "is empty; give the id")
        for number, row in enumerate(rows)
        for name in required
        if not cell(row[name]).strip()
    ]
    if issues:
        raise InvalidFileError("tables", issues[:MAX_ISSUES])
    return rows
