"""A network as any importer reads it, and how it becomes a document."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optkit.allocation.data.importers.identifiers import clean_text, server_ids
from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.provenance import Counts, provenance
from optkit.allocation.data.importers.random_attributes import (
    edge_rates,
    random_ghz,
)
from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.suggest import nearest


@dataclass(frozen=True)
class ImportedNode:
    """A node: its key, unique in the file, and its label, which need not be."""

    key: str
    label: str


@dataclass(frozen=True)
class ImportedEdge:
    """An edge between two keys; ``gbps`` (Gbit/s) is None where the file states none."""

    source: str
    target: str
    gbps: float | None = None


@dataclass(frozen=True)
class ImportedNetwork:
    """A network, whatever format it was written in.

    Parameters
    ----------
    source
        The file, as errors name it.
    name
        Name of the network.
    nodes, edges
        In the file's order. Edges may be parallel or loops.
    directed
        Whether an edge leads one way only.
    origin
        Sentences on where the network comes from: file, name, date, licence, citation.
    unusable_speeds
        How many edges state a speed that cannot be one.
    """

    source: str
    name: str
    nodes: tuple[ImportedNode, ...]
    edges: tuple[ImportedEdge, ...]
    directed: bool
    origin: tuple[str, ...]
    unusable_speeds: int = 0


def make_document(
    network: ImportedNetwork, options: Options, seed: int
) -> dict[str, Any]:
    """Return the ``optkit/allocation`` document of ``network``.

    Parameters
    ----------
    network
        The network that an importer read.
    options
        Task, weights, and what to assume where the file states nothing.
    seed
        Main seed of everything that is drawn, not negative.

    Raises
    ------
    UsageError
        If the master is none of the servers, or the seed is negative.
    InvalidFileError
        If the network has no nodes.
    """
    if seed < 0:
        raise UsageError(f"seed {seed} is negative; give 0 or more.")
    if not network.nodes:
        raise InvalidFileError(network.source, ["the network has no nodes"])
    keys = [node.key for node in network.nodes]
    ids = server_ids([(n.key, n.label) for n in network.nodes], options.names)
    id_of = dict(zip(keys, ids, strict=True))
    proper_edges = [edge for edge in network.edges if edge.source != edge.target]
    links = _links(network, proper_edges, options, seed)
    neighbours: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in links:
        neighbours[source].append(target)
    master = _master(network, neighbours, id_of, options.master)
    targets = {target for _, target in links}
    stated = sum(edge.gbps is not None for edge in proper_edges)
    counts = Counts(
        nodes=len(keys),
        edges=len(network.edges),
        loops=len(network.edges) - len(proper_edges),
        merged=len(proper_edges)
        - (len(links) if network.directed else len(links) // 2),
        links=len(links),
        stated=stated,
        assumed=len(proper_edges) - stated,
        unusable=network.unusable_speeds,
        isolated=sum(not neighbours[key] and key not in targets for key in keys),
        unreachable=len(keys) - len(_reached(neighbours, master)),
    )
    ghz = random_ghz(keys, options, seed)
    return {
        "schema": "optkit/allocation",
        "schema_version": 1,
        "name": clean_text(network.name) or "network",
        "provenance": provenance(network.origin, counts, id_of[master], options, seed),
        "task": {
            "size_gbit": options.size_gbit,
            "gcycles_per_gbit": options.gcycles_per_gbit,
        },
        "weights": {"time": options.weight_time, "energy": options.weight_energy},
        "master": id_of[master],
        "servers": [
            {
                "id": id_of[key],
                "ghz": ghz[key],
                "capacitance": options.capacitance,
                "tx_watt": options.tx_watt,
            }
            for key in keys
        ],
        "links": [
            {"source": id_of[source], "target": id_of[target], "gbps": gbps}
            for (source, target), gbps in links.items()
        ],
    }


def _links(
    network: ImportedNetwork,
    proper_edges: Sequence[ImportedEdge],
    options: Options,
    seed: int,
) -> dict[tuple[str, str], float]:
    """Return the rate of every directed link; parallel edges become one link."""
    rates = edge_rates(
        [(e.source, e.target, e.gbps) for e in proper_edges], options, seed
    )
    parallel_rates: dict[tuple[str, str], list[float]] = {}
    for edge, rate in zip(proper_edges, rates, strict=True):
        forth, back = (edge.source, edge.target), (edge.target, edge.source)
        if not network.directed and back in parallel_rates:
            forth = back
        parallel_rates.setdefault(forth, []).append(rate)
    combine = math.fsum if options.parallel == "sum" else max
    links: dict[tuple[str, str], float] = {}
    for (source, target), parallel in parallel_rates.items():
        links[source, target] = combine(parallel)
        if not network.directed:
            links[target, source] = links[source, target]
    return links


def _master(
    network: ImportedNetwork,
    neighbours: Mapping[str, Sequence[str]],
    id_of: Mapping[str, str],
    wanted: str | None,
) -> str:
    if wanted is None:
        # max keeps the first of equals, and the mapping is in the file's order.
        return max(neighbours, key=lambda key: len(neighbours[key]))
    for key, name in id_of.items():
        if name == wanted:
            return key
    similar = {name.lower().replace("_", "-"): name for name in id_of.values()}
    guess = nearest(wanted, similar)
    hint = f" Did you mean {similar[guess]!r}?" if guess else ""
    few = ", ".join(list(id_of.values())[:12]) + (", …" if len(id_of) > 12 else "")
    raise UsageError(
        f"option master: no server {wanted!r} in {network.source}.{hint} Servers: {few}"
    )


def _reached(neighbours: Mapping[str, Sequence[str]], start: str) -> set[str]:
    reached, front = {start}, [start]
    while front:
        for target in neighbours[front.pop()]:
            if target not in reached:
                reached.add(target)
                front.append(target)
    return reached
