"""Networks as lists of edges: a line of two nodes, and what is known of their link.

``a b``, ``a b 10`` (the rate in Gbit/s), ``a b 10 0.002`` (and the latency in s), and the
lines that networkx writes: ``a b {'capacity': 10}``.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.lines import text_lines
from optkit.network.importers.build import network_document, read_attributes
from optkit.network.importers.cells import cell
from optkit.network.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
)
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.options import EdgeListOptions

_COLUMNS = ("gbps", "latency_s")


def read(source: Path, options: EdgeListOptions, seed: int) -> dict[str, Any]:
    """Return the network document of a list of edges.

    Parameters
    ----------
    source
        The file.
    options
        Which attributes hold what, and whether edges lead one way.
    seed
        Has no effect: nothing is drawn.

    Raises
    ------
    InvalidFileError
        With every line that is wrong.
    """
    name = str(source)
    issues: list[Issue] = []
    edges: list[FileEdge] = []
    for number, text in enumerate(text_lines(source), 1):
        line = text.partition("#")[0].strip()
        if not line or len(issues) >= MAX_ISSUES:
            continue
        edge = _edge(line, number)
        if isinstance(edge, Issue):
            issues.append(edge)
        else:
            edges.append(edge)
    if issues:
        raise InvalidFileError(name, issues)
    keys = dict.fromkeys(end for edge in edges for end in (edge.source, edge.target))
    graph = FileGraph(
        {},
        tuple(FileNode(key, 0, {}) for key in keys),
        tuple(edges),
        options.direction == "directed",
    )
    origin = (f"Imported from {clean_text(source.name, 500)} (list of edges).",)
    network = read_attributes(graph, options, name, options.name or source.stem, origin)
    return network_document(network, strict=options.strict)


def _words(head: str) -> list[str] | None:
    """Return the words of a line; None if they are divided in more than one way.

    Otherwise ``a b 1,5`` would be a rate of 1 and a latency of 5, and ``a,,10`` a link to
    node 10.
    """
    mark = next((mark for mark in ";," if mark in head), None)
    if mark is None:
        return head.split()
    words = [word.strip() for word in head.split(mark)]
    while words and not words[-1]:
        words.pop()  # what may be left out at the end of a line
    return words if all(len(word.split()) == 1 for word in words) else None


def _edge(line: str, number: int) -> FileEdge | Issue:
    head, brace, rest = line.partition("{")
    words = _words(head)
    if words is None:
        return Issue(
            f"line {number}",
            f"{clean_text(line, 60)!r}: words are divided by blanks, by commas or by"
            " semicolons, by one of them in a line, and none is left out",
        )
    most = 2 if brace else 2 + len(_COLUMNS)
    if not 2 <= len(words) <= most:
        return Issue(
            f"line {number}",
            f"{clean_text(line, 60)!r} has {len(words)} words; an edge is written:"
            " source target [gbps [latency_s]]",
        )
    attributes = dict(zip(_COLUMNS, words[2:], strict=False))
    if brace:
        try:
            values = ast.literal_eval(brace + rest)
            attributes = {str(key): cell(value) for key, value in values.items()}
        except (ValueError, SyntaxError, AttributeError, RecursionError, MemoryError):
            text = f"{clean_text(brace + rest, 60)!r} are no attributes in braces"
            return Issue(f"line {number}", text)
    return FileEdge(words[0], words[1], number, attributes)
