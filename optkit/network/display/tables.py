"""A network in tables."""

from __future__ import annotations

from collections import Counter

from optkit.core.display.tables import Cell, Column, LazyRows, Table, quantities
from optkit.network.network import Link, Network, Node


def tables(network: Network) -> list[Table]:
    """Return what is known of a network: the whole, its nodes, its links."""
    return [_whole(network), _nodes(network), _links(network)]


def _whole(network: Network) -> Table:
    nodes, links = network.nodes, network.links
    known = [
        ("nodes of known computing power", sum(n.ghz is not None for n in nodes)),
        ("nodes of known position", sum(n.position is not None for n in nodes)),
        ("links of known rate", sum(x.gbps is not None for x in links)),
        ("links of known latency", sum(x.latency_s is not None for x in links)),
    ]
    ends = {end for link in links for end in (link.source, link.target)}
    rows: list[tuple[Cell, ...]] = [
        ("nodes", len(nodes), None),
        ("links", len(links), "one way" if network.directed else "both ways"),
        *((name, number, None) for name, number in known),
        ("nodes without a link", len(nodes) - len(ends), None),
    ]
    if network.parallel:
        rows.append(
            ("parallel links", network.parallel, "their rates add up in instances")
        )
    return quantities("Network", rows)


def _nodes(network: Network) -> Table:
    degree = Counter(end for x in network.links for end in (x.source, x.target))

    def row(node: Node) -> tuple[Cell, ...]:
        x, y = node.position or (None, None)
        roles = "" if node.roles is None else ", ".join(node.roles)
        return node.id, degree[node.id], node.ghz, roles, x, y

    names = ("x", "y")
    if network.coordinates == "geographic":
        names = ("longitude", "latitude")
    columns = (
        Column("node"),
        Column("links", align="right"),
        Column("speed", "GHz", "right"),
        Column("roles"),
        *(Column(name, align="right") for name in names),
    )
    order = sorted(network.nodes, key=lambda node: -degree[node.id])
    return Table("Nodes, by links", columns, LazyRows(order, row))


def _links(network: Network) -> Table:
    def row(link: Link) -> tuple[Cell, ...]:
        return link.source, link.target, link.gbps, link.latency_s

    columns = (
        Column("from" if network.directed else "between"),
        Column("to" if network.directed else "and"),
        Column("rate", "Gbit/s", "right"),
        Column("latency", "s", "right"),
    )
    return Table("Links", columns, LazyRows(network.links, row))
