"""The network: nodes, links, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from optkit.core.errors import Issue
from optkit.core.files.document import Part
from optkit.core.files.fields import Identifier, Number, Quantity, QuantityOrZero, Truth
from optkit.core.instance import NamedDocument
from optkit.core.options import make_options
from optkit.core.solving.seeds import check_seed
from optkit.network import frames, graphs
from optkit.network.identity import id_text
from optkit.network.limits import MAX_LINKS, MAX_NODES
from optkit.network.validation import find_issues

if TYPE_CHECKING:
    import networkx
    import pandas

Role = Literal["server", "access-point", "router", "device", "cloud"]

DEFAULT_ROLES: tuple[Role, ...] = ("server", "access-point", "router")
"""Roles of a node that names none."""

NodeId = Annotated[
    Identifier, BeforeValidator(id_text, json_schema_input_type=str | int | float)
]


def _one_each(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not roles or len(set(roles)) < len(roles):
        raise PydanticCustomError(
            "roles",
            "Input should name each role once; without the key, a node has the usual ones",
        )
    return roles


class Node(Part):
    """One node. What is missing is unknown.

    Parameters
    ----------
    id
        Its name, unique in the network. Numbers are taken as text.
    ghz
        Computing speed in Gcycles per second.
    roles
        What it can be: a server computes, an access point takes jobs in, a router passes
        messages on, a device hangs on a router, a cloud is a server far away. A node
        without roles is server, access point and router.
    position
        Longitude and latitude in degrees, or x and y: see ``coordinates``.
    capacitance
        Effective switched capacitance in J per (Gcycle GHz²).
    tx_watt
        Transmission power in W.
    traffic
        Traffic that starts or ends at it, in any unit; only shares count.
    """

    id: NodeId
    ghz: Quantity | None = None
    roles: Annotated[tuple[Role, ...], AfterValidator(_one_each)] | None = None
    position: tuple[Number, Number] | None = None
    capacitance: QuantityOrZero | None = None
    tx_watt: QuantityOrZero | None = None
    traffic: QuantityOrZero | None = None

    def has_role(self, role: Role) -> bool:
        """Return whether the node can be used in a role."""
        return role in (DEFAULT_ROLES if self.roles is None else self.roles)


class Link(Part):
    """One link. What is missing is unknown.

    Parameters
    ----------
    source, target
        Ids of its ends.
    gbps
        Rate in Gbit per second, in each direction.
    latency_s
        Propagation delay in s.
    directed
        Whether it leads from source to target only. All links of a network are alike.
    """

    source: NodeId
    target: NodeId
    gbps: Quantity | None = None
    latency_s: QuantityOrZero | None = None
    directed: Truth = False


class Network(NamedDocument):
    """Computers and the links between them; families make instances from it.

    Two nodes may have several links. They stay apart here, and their rates add up where an
    instance is made.

    Parameters
    ----------
    coordinates
        What positions are: ``geographic`` (longitude and latitude in degrees) or
        ``plane`` (x and y in km). Missing: unknown.
    """

    SCHEMA: ClassVar[str] = "optkit/network"

    schema_: Literal["optkit/network"] = Field("optkit/network", alias="schema")
    schema_version: Literal[1] = 1
    coordinates: Literal["geographic", "plane"] | None = None
    nodes: tuple[Node, ...] = Field(min_length=1, max_length=MAX_NODES)
    links: tuple[Link, ...] = Field((), max_length=MAX_LINKS)

    @classmethod
    def cross_check(cls, data: Mapping[str, Any]) -> Iterable[Issue]:
        """Yield repeated ids, unknown nodes, loops, mixed directions, bad positions."""
        return find_issues(data)

    @property
    def directed(self) -> bool:
        """Whether the links lead one way."""
        return any(link.directed for link in self.links)

    @property
    def parallel(self) -> int:
        """Number of links beyond the first between the same nodes, the same way."""
        pairs: Counter[tuple[str, ...]] = Counter()
        for link in self.links:
            ends = (link.source, link.target)
            pairs[ends if link.directed else tuple(sorted(ends))] += 1
        return len(self.links) - len(pairs)

    def with_role(self, role: Role) -> list[Node]:
        """Return the nodes that can be used in a role."""
        return [node for node in self.nodes if node.has_role(role)]

    def links_among(self, ids: Collection[str]) -> list[Link]:
        """Return the links both of whose ends are among ``ids``."""
        return [x for x in self.links if x.source in ids and x.target in ids]

    @classmethod
    def from_networkx(
        cls,
        graph: networkx.Graph[Any],
        *,
        rate: str | None = None,
        ghz: str | None = None,
        latency: str | None = None,
        rate_unit_gbps: float = 1.0,
        name: str | None = None,
    ) -> Self:
        """Return the network that a graph of networkx describes.

        Attributes of the names in a network file (``gbps``, ``latency_s``, ``ghz``,
        ``roles``, ``position`` and so on) are read without being named. A
        ``SourceWarning`` names the attributes that nobody reads, and loops, which are left
        out.

        Parameters
        ----------
        graph
            A graph, directed or not, with or without parallel edges.
        rate
            Attribute of edges that holds their rate.
        ghz
            Attribute of nodes that holds their computing speed in GHz.
        latency
            Attribute of edges that holds their latency in s.
        rate_unit_gbps
            Gbit/s per unit of the rate: 0.001 for Mbit/s.
        name
            Name of the network; by default that of the graph.

        Raises
        ------
        UsageError
            If an attribute that is named is nowhere in the graph; the message lists those
            that are.
        InvalidFileError
            With every value that is not allowed.
        """
        options = frames.reading(rate, ghz, latency, rate_unit_gbps)
        return cls.parse(graphs.network_document(graph, options, name), "graph")

    @classmethod
    def from_edges(
        cls,
        edges: Iterable[tuple[Any, ...]],
        nodes: Mapping[Any, Mapping[str, Any]] | Iterable[Any] | None = None,
        *,
        directed: bool = False,
        rate: str | None = None,
        ghz: str | None = None,
        latency: str | None = None,
        rate_unit_gbps: float = 1.0,
        name: str = "network",
    ) -> Self:
        """Return the network of a list of edges.

        Parameters
        ----------
        edges
            Tuples ``(source, target)``, ``(source, target, gbps)``, ``(source, target,
            gbps, latency_s)``, or ``(source, target, attributes)``.
        nodes
            Ids of the nodes, or a mapping of each id to its attributes; by default, the
            ends of the edges.
        directed
            Whether edges lead one way.
        rate, ghz, latency, rate_unit_gbps
            As in :meth:`from_networkx`.
        name
            Name of the network.
        """
        options = frames.reading(rate, ghz, latency, rate_unit_gbps)
        document = frames.edges_document(edges, nodes, directed, options, name)
        return cls.parse(document, "edges")

    @classmethod
    def from_pandas(
        cls,
        links: pandas.DataFrame,
        nodes: pandas.DataFrame | None = None,
        *,
        source: str = "source",
        target: str = "target",
        id: str = "id",  # noqa: A002 - the name of the column
        directed: bool | None = None,
        rate: str | None = None,
        ghz: str | None = None,
        latency: str | None = None,
        rate_unit_gbps: float = 1.0,
        name: str = "network",
    ) -> Self:
        """Return the network of a table of links and one of nodes.

        Parameters
        ----------
        links
            A row per link. Empty cells are unknown.
        nodes
            A row per node; by default, the nodes are the ends of the links.
        source, target, id
            Columns of the ends of a link, and of the id of a node.
        directed
            Whether links lead one way; by default, the column ``directed`` says it.
        rate, ghz, latency, rate_unit_gbps
            As in :meth:`from_networkx`; columns instead of attributes.
        name
            Name of the network.
        """
        options = frames.reading(rate, ghz, latency, rate_unit_gbps)
        document = frames.frames_document(
            links, nodes, (source, target, id), directed, options, name
        )
        return cls.parse(document, "tables")

    @classmethod
    def random(cls, seed: int = 0, **options: Any) -> Self:
        """Return a random network.

        Parameters
        ----------
        seed
            The same seed and options give the same network.
        options
            ``nodes``, ``shape``, and what else ``optkit generate network --help`` lists.

        Raises
        ------
        UsageError
            If an option is unknown, or a value is not allowed.
        """
        from optkit.network.random_networks import generate
        from optkit.network.random_options import RandomNetworkOptions

        check_seed(seed)
        settings = make_options(RandomNetworkOptions, options, "generator network")
        return cls.parse(generate(settings, seed), "generated network")

    def to_networkx(self) -> networkx.Graph[str]:
        """Return the network as a graph of networkx.

        Nodes and edges have the attributes that are known, under the names of the file. It
        is a ``Graph``, or a ``DiGraph`` if links are directed, and a multigraph if there
        are parallel links.
        """
        return graphs.graph_of(self.document(), self.directed, self.parallel > 0)
