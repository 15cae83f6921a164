"""GML text: nested lists of keys and values.

Written here rather than taken from networkx because the files of the Topology Zoo
repeat edges without saying ``multigraph 1``, which networkx refuses, and because errors
should name lines and links keep the file's order.

Source: M. Himsolt, "GML: A portable Graph File Format", University of Passau, 1997.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from optkit.core.errors import InvalidFileError, Issue
from optkit.network.importers.graph import (
    FileEdge,
    FileGraph,
    FileNode,
)

MAX_PAIRS = 5_000_000
"""Most keys that are read."""

MAX_DEPTH = 100
"""Deepest nesting of lists that is read."""

_TOKEN = re.compile(r'"[^"]*"|"|[\[\]]|#[^\n]*|[^\s\[\]"#]+')
_KEY = re.compile(r"[A-Za-z_]\w*")
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")


@dataclass(slots=True)
class _Pair:
    key: str
    line: int
    text: str
    inner: list[_Pair] | None = None


def is_gml(text: str) -> bool:
    """Return whether ``text`` holds the start of a GML graph."""
    return re.search(r"(?:^|\s)graph\s*\[", text) is not None


def parse_gml(text: str, source: str) -> FileGraph:
    """Parse GML text.

    Numbers stay text; integer ids are written in one way (``007`` is ``7``). Nodes and
    edges without ids are left out and named in the graph's ``issues``.

    Raises
    ------
    InvalidFileError
        With the line, if the text is not GML or does not hold exactly one graph.
    """
    graphs = [p for p in _pairs(text, source) if p.key == "graph"]
    if len(graphs) != 1 or graphs[0].inner is None:
        raise InvalidFileError(
            source, [f"{len(graphs)} graphs in the file; exactly one list is expected"]
        )
    inner = graphs[0].inner
    issues: list[Issue] = []
    nodes: list[FileNode] = []
    edges: list[FileEdge] = []
    for pair in inner:
        if pair.key not in ("node", "edge") or pair.inner is None:
            continue
        values = {item.key: item.text for item in pair.inner if item.inner is None}
        repeated = _repeated(pair.inner)
        if repeated:
            issues.append(repeated)
        needed = ("id",) if pair.key == "node" else ("source", "target")
        missing = [key for key in needed if not values.get(key)]
        if missing:
            text_ = f"{pair.key} without {' and '.join(missing)}; add it"
            issues.append(Issue(f"line {pair.line}", text_))
        elif pair.key == "node":
            nodes.append(FileNode(_id(values["id"]), pair.line, values))
        else:
            ends = _id(values["source"]), _id(values["target"])
            edges.append(FileEdge(*ends, pair.line, values))
    directions = [item for item in inner if item.key == "directed"]
    issues += [
        Issue(
            f"line {item.line}", f"directed is 0 or 1, not {item.text.strip()[:40]!r}"
        )
        for item in directions
        if item.text.strip() not in ("0", "1")
    ]
    issues += [
        Issue(
            f"line {item.line}",
            f"'directed' is already in line {directions[0].line}; keep one",
        )
        for item in directions[1:]
    ]
    attributes = {item.key: item.text for item in inner if item.inner is None}
    directed = attributes.get("directed", "0").strip() == "1"
    return FileGraph(
        attributes, tuple(nodes), tuple(edges), directed, issues=tuple(issues)
    )


def _repeated(pairs: list[_Pair]) -> Issue | None:
    """Return what is wrong if a key has two values."""
    line_of: dict[str, int] = {}
    for pair in pairs:
        if pair.inner is None and pair.key in line_of:
            text = f"{pair.key[:40]!r} is already in line {line_of[pair.key]}; keep one"
            return Issue(f"line {pair.line}", text)
        line_of[pair.key] = pair.line
    return None


def _id(text: str) -> str:
    return str(int(text)) if _INTEGER.fullmatch(text) else text


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line, done = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", done, match.start())
        done = match.start()
        token = match.group()
        if not token.startswith("#"):
            yield token, line


def _pairs(text: str, source: str) -> list[_Pair]:
    """Return the top-level pairs; iterative, so that no nesting exhausts the stack."""

    def refuse(line: int, message: str) -> InvalidFileError:
        return InvalidFileError(source, [Issue(f"line {line}", f"not GML: {message}")])

    top: list[_Pair] = []
    levels = [top]
    opened: list[_Pair] = []
    pending: tuple[str, int] | None = None
    count = 0
    for token, line in _tokens(text):
        if token == '"':
            raise refuse(line, "a string is not closed; add the closing quote")
        if pending is None:
            if token == "]":
                if not opened:
                    raise refuse(line, "']' without '['; remove it")
                opened.pop()
                levels.pop()
                continue
            if not _KEY.fullmatch(token):
                raise refuse(line, f"{token[:40]!r} is where a key is expected")
            pending = (token, line)
            continue
        if token == "]":
            raise refuse(line, f"the key {pending[0][:40]!r} has no value; add one")
        count += 1
        if count > MAX_PAIRS:
            raise refuse(line, f"too many keys; at most {MAX_PAIRS} are read")
        quoted = token.startswith('"')
        pair = _Pair(*pending, html.unescape(token[1:-1]) if quoted else token)
        pending = None
        levels[-1].append(pair)
        if token == "[":
            if len(opened) >= MAX_DEPTH:
                raise refuse(line, f"nested too deeply; at most {MAX_DEPTH} levels")
            pair.inner = []
            opened.append(pair)
            levels.append(pair.inner)
    if pending is not None:
        raise refuse(pending[1], f"the key {pending[0][:40]!r} has no value; add one")
    if opened:
        text_ = f"the list {opened[-1].key[:40]!r} is not closed; is the file cut off?"
        raise refuse(opened[-1].line, text_)
    return top
