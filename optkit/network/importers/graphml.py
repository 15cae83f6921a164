"""GraphML: nodes, edges, and data under declared keys.

Source: http://graphml.graphdrawing.org/specification.html.
"""

from __future__ import annotations

from optkit.core.errors import InvalidFileError, Issue
from optkit.core.files.xml import Element, parse_xml
from optkit.network.importers.graph import (
    FileEdge,
    FileGraph,
    FileNode,
)
from optkit.network.importers.identifiers import clean_text

TRUE, FALSE = ("true", "1"), ("false", "0")
"""How XML Schema writes a truth value."""

_NAMESPACES = ("", "http://graphml.graphdrawing.org/xmlns")


def parse_graphml(data: bytes, source: str) -> FileGraph:
    """Parse a GraphML file.

    Values stay text: a key's declared type says how to read a value, not whether it makes
    sense. Only speeds are read as numbers, with their own check.

    Nodes and edges without ids, a mixture of directed and undirected edges, and features
    that have no meaning here (hyperedges, nested graphs) are the graph's ``issues``.

    Raises
    ------
    InvalidFileError
        With the line, if the file is not GraphML or does not hold exactly one graph.
    """
    root = parse_xml(data, source)
    if root.tag == "network":
        raise InvalidFileError(
            source, ["an SNDlib network, not GraphML; use the importer sndlib"]
        )
    if root.tag != "graphml" or root.namespace not in _NAMESPACES:
        place = Issue(f"line {root.line}", f"the root is <{root.tag}>, not <graphml>")
        raise InvalidFileError(source, [place])
    graphs = root.all("graph")
    if len(graphs) != 1:
        raise InvalidFileError(
            source, [f"{len(graphs)} graphs in the file; exactly one is expected"]
        )
    return _Reader(root, graphs[0]).graph


class _Reader:
    """Reads one graph, and collects everything that is wrong with it."""

    def __init__(self, root: Element, graph: Element) -> None:
        self.issues: list[Issue] = []
        self.names: dict[str, str] = {}
        self.defaults: dict[str, dict[str, str]] = {"node": {}, "edge": {}, "graph": {}}
        for key in root.all("key"):
            self.declare(key)
        default = graph.attributes.get("edgedefault", "undirected")
        if default not in ("directed", "undirected"):
            self.wrong(
                graph,
                f"edgedefault={clean_text(default, 40)!r} is neither 'directed' nor"
                " 'undirected'",
            )
        self.directed = default == "directed"
        nodes = [self.node(element) for element in graph.all("node")]
        edges = [self.edge(element) for element in graph.all("edge")]
        self.check_directions(graph)
        for element in graph.all("hyperedge"):
            self.wrong(element, "hyperedges are not read; replace it by edges")
        attributes = self.data(graph, "graph")
        self.graph = FileGraph(
            attributes,
            tuple(node for node in nodes if node.key),
            tuple(edge for edge in edges if edge.source and edge.target),
            self.directed,
            issues=tuple(self.issues),
        )

    def wrong(self, element: Element, message: str) -> None:
        self.issues.append(Issue(f"line {element.line}", message))

    def declare(self, key: Element) -> None:
        identity = key.attributes.get("id")
        if not identity:
            self.wrong(key, "a key without id; add one")
            return
        name = key.attributes.get("attr.name", identity)
        self.names[identity] = name
        default = key.first("default")
        if default is not None:
            domain = key.attributes.get("for", "all")
            for kind in self.defaults if domain == "all" else (domain,):
                self.defaults.setdefault(kind, {})[name] = default.text

    def data(self, element: Element, kind: str) -> dict[str, str]:
        values = dict(self.defaults[kind])
        line_of: dict[str, int] = {}
        for item in element.all("data"):
            key = item.attributes.get("key", "")
            name = self.names.get(key, key)
            if name in line_of:
                self.wrong(
                    item,
                    f"data {clean_text(name, 60)!r} is already in line {line_of[name]};"
                    " keep one",
                )
            line_of[name] = item.line
            # yEd keeps a node's label inside its shape.
            if kind == "node" and (label := item.inside("NodeLabel")):
                values.setdefault("label", label.text)
            if key in self.names:
                values[self.names[key]] = item.text
            else:
                self.wrong(
                    item,
                    f"data for the undeclared key {clean_text(key, 60)!r}; declare it",
                )
        return values

    def node(self, element: Element) -> FileNode:
        identity = element.attributes.get("id", "").strip()
        if not identity:
            self.wrong(element, "a node without id; add one")
        if element.first("graph") is not None:
            self.wrong(element, "nested graphs are not read; remove the inner graph")
        return FileNode(identity, element.line, self.data(element, "node"))

    def edge(self, element: Element) -> FileEdge:
        source = element.attributes.get("source", "").strip()
        target = element.attributes.get("target", "").strip()
        if not source or not target:
            self.wrong(element, "an edge without source or target; add it")
        directed = element.attributes.get("directed")
        if directed not in (None, *TRUE, *FALSE):
            self.wrong(
                element,
                f"directed={clean_text(directed, 60)!r} is neither 'true' nor 'false'",
            )
        return FileEdge(source, target, element.line, self.data(element, "edge"))

    def check_directions(self, graph: Element) -> None:
        """Note the edges that differ from the graph's direction, as one issue."""
        edges = graph.all("edge")
        other = [
            element
            for element in edges
            if (directed := element.attributes.get("directed")) in TRUE + FALSE
            and (directed in TRUE) != self.directed
        ]
        if not other:
            return
        directed = clean_text(other[0].attributes["directed"], 60)
        self.wrong(
            other[0],
            f"directed={directed!r} on {len(other)} of {len(edges)} edges differs from the"
            " graph's edgedefault; write all edges in one way",
        )
