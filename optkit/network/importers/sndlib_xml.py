"""SNDlib's XML format, namespace ``http://sndlib.zib.de/network``."""

from __future__ import annotations

from collections.abc import Iterator

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.numbers import parse_decimal
from optkit.core.files.xml import Element, parse_xml
from optkit.network.importers.graph import (
    MAX_ISSUES,
    FileEdge,
    FileGraph,
    FileNode,
    with_traffic,
)
from optkit.network.importers.identifiers import clean_text
from optkit.network.importers.speeds import finite_number

NAMESPACE = "http://sndlib.zib.de/network"


def parse_sndlib_xml(data: bytes, source: str) -> FileGraph:
    """Parse an XML network file; attributes as in the native format.

    Raises
    ------
    InvalidFileError
        With the line, if the file is not such a network.
    """
    root = parse_xml(data, source)
    if root.tag == "graphml":
        raise InvalidFileError(
            source, ["GraphML, not an SNDlib network; use the importer topology-zoo"]
        )
    if root.tag != "network" or root.namespace not in ("", NAMESPACE):
        text = f"the root is <{root.tag}>, not <network> of {NAMESPACE}"
        raise InvalidFileError(source, [Issue(f"line {root.line}", text)])
    structure = root.first("networkStructure")
    if structure is None:
        raise InvalidFileError(source, ["no <networkStructure>; is the file whole?"])
    issues: list[Issue] = []
    nodes = with_traffic(
        (_node(element, issues) for element in _inside(structure, "nodes", "node")),
        _demands(root, issues),
        issues,
    )
    link_names: set[str] = set()
    edges = []
    for element in _inside(structure, "links", "link"):
        name = element.attributes.get("id", "")
        if name and name in link_names:
            text = f"the link {clean_text(name, 60)!r} is already above; rename one"
            issues.append(Issue(f"line {element.line}", text))
        link_names.add(name)
        edges.append(_edge(element, issues))
    if issues:
        raise InvalidFileError(source, issues[:MAX_ISSUES])
    meta_element = root.first("meta")
    meta = (
        {item.tag.lower(): item.text for item in meta_element.children}
        if meta_element
        else {}
    )
    if structure.all("nodes") and all(
        part.attributes.get("coordinatesType") == "geographical"
        for part in structure.all("nodes")
    ):
        meta["coordinates"] = "geographic"
    return FileGraph(meta, nodes, tuple(edges), directed=False)


def _demands(
    root: Element, issues: list[Issue]
) -> Iterator[tuple[str, str, float, int]]:
    """Yield source, target, value and line of every demand."""
    for element in _inside(root, "demands", "demand"):
        value = finite_number(element.text_at("demandValue") or "")
        ends = element.text_at("source"), element.text_at("target")
        if value is None or value < 0.0 or not ends[0] or not ends[1]:
            text = "a demand has a source, a target and a value of 0 or more"
            issues.append(Issue(f"line {element.line}", text))
        else:
            yield ends[0], ends[1], value, element.line


def _inside(structure: Element, outer: str, inner: str) -> list[Element]:
    return [item for part in structure.all(outer) for item in part.all(inner)]


def _node(element: Element, issues: list[Issue]) -> FileNode:
    identity = element.attributes.get("id", "").strip()
    if not identity:
        issues.append(Issue(f"line {element.line}", "a node without id; add one"))
    x, y = element.text_at("coordinates", "x"), element.text_at("coordinates", "y")
    numbers = x and y and None not in (parse_decimal(x), parse_decimal(y))
    place = {"x": x, "y": y} if numbers and x and y else {}
    return FileNode(identity, element.line, place)


def _edge(element: Element, issues: list[Issue]) -> FileEdge:
    source = element.text_at("source")
    target = element.text_at("target")
    if not source or not target:
        text = "a link without <source> or <target>; add it"
        issues.append(Issue(f"line {element.line}", text))
    modules = [
        module.text_at("capacity") or ""
        for module in _inside(element, "additionalModules", "addModule")
    ]
    capacities = {
        "pre-installed": element.text_at("preInstalledModule", "capacity") or "",
        "modules": " ".join(modules),
    }
    return FileEdge(source or "", target or "", element.line, capacities)
