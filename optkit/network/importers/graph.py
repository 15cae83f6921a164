"""A graph as a file lists it, with line numbers, before it becomes a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.suggest import nearest
from optkit.network.importers.identifiers import clean_text

MAX_ISSUES = 20
"""Most errors that are reported for one file."""


@dataclass(frozen=True)
class FileNode:
    """A node: its key in the file, its line, and its attributes as text."""

    key: str
    line: int
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class FileEdge:
    """An edge between two node keys, its line, and its attributes as text."""

    source: str
    target: str
    line: int
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class FileGraph:
    """Everything that was read from a file, in the file's order.

    ``node_place`` and ``edge_place`` say what the lines of nodes and edges count:
    ``"line"``, or ``"nodes.csv, line"``. ``issues`` are what the reader found wrong, to be
    reported with everything else.
    """

    attributes: Mapping[str, str]
    nodes: tuple[FileNode, ...]
    edges: tuple[FileEdge, ...]
    directed: bool
    node_place: str = "line"
    edge_place: str = "line"
    issues: tuple[Issue, ...] = ()


def with_traffic(
    nodes: Iterable[FileNode],
    demands: Iterable[tuple[str, str, float, int]],
    issues: list[Issue],
) -> tuple[FileNode, ...]:
    """Return nodes with the attribute ``traffic``: the demands that start or end there.

    Without any demand, nodes stay as they are.

    Parameters
    ----------
    nodes
        The nodes.
    demands
        Source, target, value, and line.
    issues
        Gets an entry for each demand of an unknown node.
    """
    known = tuple(nodes)
    totals = {node.key: 0.0 for node in known}
    found = False
    for source, target, value, line in demands:
        found = True
        for end in (source, target):
            if end in totals:
                totals[end] += value
            else:
                text = f"a demand names the unknown node {clean_text(end, 60)!r}"
                issues.append(Issue(f"line {line}", text))
    if not found:
        return known
    return tuple(
        replace(node, attributes={**node.attributes, "traffic": repr(totals[node.key])})
        for node in known
    )


def check_graph(graph: FileGraph, source: str) -> FileGraph:
    """Return ``graph`` if it has nodes, its keys are unique and its edges' ends exist.

    Raises
    ------
    InvalidFileError
        With every error found (the first ``MAX_ISSUES``), each with its line.
    """
    if issues := graph_issues(graph):
        raise InvalidFileError(source, issues[:MAX_ISSUES])
    return graph


def graph_issues(graph: FileGraph) -> list[Issue]:
    """Return what is wrong between the nodes and edges of a graph."""
    issues = [*graph.issues]
    if not graph.nodes:
        issues.append(Issue("", "the network has no nodes; at least one is needed"))
    line_of: dict[str, int] = {}
    for node in graph.nodes:
        if node.key in line_of:
            text = (
                f"node {clean_text(node.key, 60)!r} is already in {graph.node_place}"
                f" {line_of[node.key]}; give each its own id"
            )
            issues.append(Issue(f"{graph.node_place} {node.line}", text))
        line_of.setdefault(node.key, node.line)
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            if end not in line_of and len(issues) < MAX_ISSUES:
                # Many ids are near a number; a guess would only mislead.
                named = len(line_of) <= 1000 and not end.isdigit()
                guess = nearest(end, line_of) if named else None
                hint = (
                    f"did you mean {clean_text(guess, 60)!r}?"
                    if guess
                    else "add the node"
                )
                text = f"link to the unknown node {clean_text(end, 60)!r}; {hint}"
                issues.append(Issue(f"{graph.edge_place} {edge.line}", text))
    return issues
