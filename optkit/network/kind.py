"""The network as a kind of file, for the registry."""

from __future__ import annotations

from optkit.core.solving.family import FileKind, Tool
from optkit.network.network import Network

_READERS = "optkit.network.importers"
_GRAPH = f"{_READERS}.options:GraphOptions"

NETWORK = FileKind(
    name="network",
    summary="computers and the links between them",
    document_type=Network,
    use="optkit generate FAMILY --network FILE makes an instance of it.",
    importers=(
        Tool(
            name="csv",
            summary="a table of links and one of nodes",
            options=f"{_READERS}.options:CsvOptions",
            function=f"{_READERS}.csv_tables:read",
            source="links",
            needs_source=False,
        ),
        Tool(
            name="edge-list",
            summary="lines of two nodes and the rate of their link",
            options=f"{_READERS}.options:EdgeListOptions",
            function=f"{_READERS}.edge_list:read",
        ),
        Tool(
            name="graphml",
            summary="a GraphML file",
            options=_GRAPH,
            function=f"{_READERS}.topology_zoo:read_graphml",
        ),
        Tool(
            name="gml",
            summary="a GML file",
            options=_GRAPH,
            function=f"{_READERS}.topology_zoo:read_gml",
        ),
        Tool(
            name="topology-zoo",
            summary="Internet Topology Zoo, GML or GraphML",
            options=_GRAPH,
            function=f"{_READERS}.topology_zoo:read",
        ),
        Tool(
            name="sndlib",
            summary="SNDlib network, native or XML",
            options=f"{_READERS}.options:SndlibOptions",
            function=f"{_READERS}.sndlib:read",
        ),
    ),
    generator=Tool(
        name="network",
        summary="Erdős–Rényi, Barabási–Albert or trees",
        options="optkit.network.random_options:RandomNetworkOptions",
        function="optkit.network.random_networks:generate",
    ),
    draw="optkit.network.display.drawing:draw",
    tables="optkit.network.display.tables:tables",
)
