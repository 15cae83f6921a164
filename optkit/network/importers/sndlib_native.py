"""SNDlib's native format: sections of records in round brackets.

Source: S. Orlowski, R. Wessäly, M. Pióro, A. Tomaszewski, "SNDlib 1.0 - Survivable
Network Design Library", Networks 55(3), 2010; the format is described on the library's
site, sndlib.zib.de.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.numbers import parse_decimal
from optkit.network.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
    with_traffic,
)
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.speeds import finite_number

MAX_WORDS = 5_000_000
"""Most words and brackets of nodes and links that are read."""

MAX_DEPTH = 20
"""Deepest nesting of brackets that is read; the format needs three."""

_HEADER = "?SNDlib"
_KEPT = ("NODES", "LINKS")  # paths can be far larger than the network
_DEMANDS = "DEMANDS"  # so can demands, which are added up as they are read
_TOKEN = re.compile(r"[()]|[^\s()]+")
_META = re.compile(r"\s*META\s*\(", re.IGNORECASE)
_NODES = re.compile(r"^[ \t]*NODES\s*\(", re.IGNORECASE | re.MULTILINE)


_DEMAND_FORM = (
    "a demand is written: id ( source target ) unit value longest, with a value of 0 or"
    " more"
)

_Demand = tuple[str, str, float, int]
"""Source, target, value and line."""


@dataclass(slots=True)
class _Word:
    text: str
    line: int


@dataclass(slots=True)
class _Group:
    line: int
    items: list[_Word | _Group] = field(default_factory=list)


def is_native(text: str) -> bool:
    """Return whether ``text`` looks like a native SNDlib file."""
    return text.lstrip().startswith(_HEADER) or _NODES.search(text) is not None


def parse_native(text: str, source: str) -> FileGraph:
    """Parse a native network file.

    The graph's attributes are those of its ``META`` section. An edge has the attributes
    ``pre-installed``, a capacity, and ``modules``, capacities separated by spaces; a node
    has its coordinates ``x`` and ``y`` and, where there are demands, its ``traffic``. Costs
    are skipped.

    Raises
    ------
    InvalidFileError
        With the line, if the text is not such a file.
    """
    lines = text.split("\n")
    _check_header(lines, source)
    meta, rest = _without_meta(lines, source)
    demands: list[_Demand] = []
    sections = _sections(_tokens(rest), source, demands)
    if "NODES" not in sections:
        raise InvalidFileError(
            source, ["no section 'NODES ( ... )'; is this an SNDlib network?"]
        )
    issues: list[Issue] = []
    nodes = with_traffic(_nodes(sections["NODES"], issues), demands, issues)
    edges = tuple(_edges(sections.get("LINKS", _Group(0)), issues))
    if issues:
        raise InvalidFileError(source, issues[:MAX_ISSUES])
    return FileGraph(meta, nodes, edges, directed=False)


def _check_header(lines: list[str], source: str) -> None:
    number = next((i for i, line in enumerate(lines) if line.strip()), 0)
    words = lines[number].strip()
    if not words.startswith(_HEADER):
        return  # older files begin with the sections
    settings = {}
    for part in words.split(";")[1:]:
        key, _, value = part.partition(":")
        settings[key.strip().lower()] = value.strip().lower()
    kind = settings.get("type", "network")
    version = settings.get("version", "1.0")
    if kind != "network":
        message = f"type {kind!r}: a network is expected; name the network's file"
    elif not version.startswith("1."):
        message = f"version {version!r}: only version 1 is read"
    else:
        return
    raise InvalidFileError(source, [Issue(f"line {number + 1}", message[:200])])


def _without_meta(
    lines: list[str], source: str
) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Split off the META section: its values are free text, brackets and all."""
    meta: dict[str, str] = {}
    rest: list[tuple[int, str]] = []
    start = depth = 0
    for number, line in enumerate(lines, start=1):
        content = line
        if not start:
            opening = None if depth else _META.match(line)
            if not opening:
                code = line.partition("#")[0]
                depth += code.count("(") - code.count(")")
                rest.append((number, line))
                continue
            start, content = number, line[opening.end() :]
        content = content.strip()
        # A value may hold brackets; one that closes more than it opens ends the section.
        if content.endswith(")") and content.count(")") > content.count("("):
            start, content = 0, content[:-1]
        key, equals, value = content.partition("=")
        if equals and not key.lstrip().startswith("#"):
            meta[key.strip().lower()] = value.strip()
    if start:
        raise InvalidFileError(source, [_unclosed("META", start)])
    return meta, rest


def _unclosed(name: str, line: int) -> Issue:
    text = f"the section {name[:40]} is not closed; add ')', or is the file cut off?"
    return Issue(f"line {line}", text)


def _tokens(lines: list[tuple[int, str]]) -> Iterator[_Word]:
    for number, line in lines:
        code = line.partition("#")[0]
        if code.lstrip().startswith(_HEADER):
            continue
        for match in _TOKEN.finditer(code):
            yield _Word(match.group(), number)


def _sections(
    tokens: Iterator[_Word], source: str, demands: list[_Demand]
) -> dict[str, _Group]:
    """Return the top-level groups by name; iterative, so that any nesting works.

    Demands are not kept as groups: they are added to ``demands``.
    """

    def refuse(line: int, message: str) -> InvalidFileError:
        return InvalidFileError(source, [Issue(f"line {line}", message)])

    sections: dict[str, _Group] = {}
    name: _Word | None = None
    opened: list[_Group] = []
    kept = False
    count = 0
    reader = _DemandReader(demands, refuse)
    for token in tokens:
        count += kept
        if count > MAX_WORDS:
            raise refuse(token.line, f"too long; at most {MAX_WORDS} words are read")
        if token.text == "(":
            group = _Group(token.line)
            if opened:
                if len(opened) >= MAX_DEPTH:
                    raise refuse(token.line, f"more than {MAX_DEPTH} brackets deep")
                if kept:
                    opened[-1].items.append(group)
            elif name is None:
                raise refuse(token.line, "'(' without a section name before it")
            elif name.text.upper() in sections:
                raise refuse(name.line, f"a second section {name.text[:40]}; keep one")
            else:
                sections[name.text.upper()] = group
                kept = name.text.upper() in _KEPT
            opened.append(group)
        elif token.text == ")":
            if not opened:
                raise refuse(token.line, "')' without '('; remove it")
            opened.pop()
            if not opened:
                reader.end(token.line)
                name = None
        elif opened:
            if kept:
                opened[-1].items.append(token)
            elif name is not None and name.text.upper() == _DEMANDS:
                reader.take(token, len(opened))
        elif name is not None:
            text = f"'(' is expected after the section name {name.text[:40]!r}"
            raise refuse(token.line, text)
        else:
            name = token
    if opened:
        section = name.text if name else ""
        raise InvalidFileError(source, [_unclosed(section, opened[0].line)])
    if name is not None:
        raise refuse(name.line, f"{name.text[:40]!r} is outside every section")
    return sections


class _DemandReader:
    """Reads demands word by word: ``id ( source target ) unit value longest``.

    Parameters
    ----------
    demands
        Gets every demand.
    refuse
        Makes the error for a line.
    """

    def __init__(
        self, demands: list[_Demand], refuse: Callable[[int, str], InvalidFileError]
    ) -> None:
        self._demands, self._refuse = demands, refuse
        self._words: list[str] = []
        self._line = 0

    def take(self, word: _Word, depth: int) -> None:
        """Take the next word; the ends of a demand are one bracket deeper than the rest."""
        if depth == 1 and len(self._words) in (0, 6):
            self.end(word.line)
            self._line = word.line
        inside = len(self._words) in (1, 2)
        if (depth == 2) != inside:
            raise self._refuse(word.line, _DEMAND_FORM)
        self._words.append(word.text)

    def end(self, line: int) -> None:
        """Note the demand that is complete; raise if one is not."""
        if not self._words:
            return
        value = finite_number(self._words[4]) if len(self._words) == 6 else None
        if value is None or value < 0.0:
            raise self._refuse(self._line or line, _DEMAND_FORM)
        self._demands.append((self._words[1], self._words[2], value, self._line))
        self._words.clear()


def _nodes(section: _Group, issues: list[Issue]) -> Iterator[FileNode]:
    previous_is_node = False
    items = section.items
    for index, item in enumerate(items):
        if isinstance(item, _Word):
            after = items[index + 1] if index + 1 < len(items) else None
            place = _coordinates(after) if isinstance(after, _Group) else {}
            yield FileNode(item.text, item.line, place)
        elif not previous_is_node:
            text = "coordinates without a node before them"
            issues.append(Issue(f"line {item.line}", text))
        previous_is_node = isinstance(item, _Word)


def _coordinates(group: _Group) -> dict[str, str]:
    """Return the coordinates in a group; none if they are not two numbers."""
    words = [item.text for item in group.items if isinstance(item, _Word)]
    if len(words) != 2 or any(parse_decimal(word) is None for word in words):
        return {}
    return {"x": words[0], "y": words[1]}


def _edges(section: _Group, issues: list[Issue]) -> Iterator[FileEdge]:
    """Yield the links: ``id ( ends ) numbers ( modules )``; the tail may be missing."""
    items = section.items
    link_names: set[str] = set()
    position = 0
    while position < len(items):
        head = items[position]
        ends = items[position + 1] if position + 1 < len(items) else None
        if not isinstance(head, _Word) or not isinstance(ends, _Group):
            text = "a link is written: id ( source target ) numbers ( modules )"
            issues.append(Issue(f"line {head.line}", text))
            return
        if head.text in link_names:
            name = clean_text(head.text, 60)
            text = f"the link {name!r} is already above; rename one"
            issues.append(Issue(f"line {head.line}", text))
        link_names.add(head.text)
        position += 2
        numbers: list[str] = []
        modules: list[str] = []
        while position < len(items) and len(numbers) < 4:
            item = items[position]
            if not isinstance(item, _Word) or _starts_link(items, position):
                break
            numbers.append(item.text)
            position += 1
        if position < len(items) and isinstance(group := items[position], _Group):
            modules = [w.text for w in group.items[::2] if isinstance(w, _Word)]
            position += 1
        pair = [w.text for w in ends.items if isinstance(w, _Word)]
        if len(pair) != 2 or len(ends.items) != 2:
            name = clean_text(head.text, 60)
            text = f"the link {name!r} has {len(ends.items)} ends; two are needed"
            issues.append(Issue(f"line {ends.line}", text))
            continue
        capacities = {
            "pre-installed": " ".join(numbers[:1]),
            "modules": " ".join(modules),
        }
        yield FileEdge(pair[0], pair[1], head.line, capacities)


def _starts_link(items: list[_Word | _Group], position: int) -> bool:
    """Return whether a new link starts at ``position`` because the last one was cut short.

    The last number before a link's modules looks alike, except that it is a number.
    """
    item, after = items[position], items[position + 1 : position + 2]
    return (
        isinstance(item, _Word)
        and finite_number(item.text) is None
        and bool(after)
        and isinstance(after[0], _Group)
    )
