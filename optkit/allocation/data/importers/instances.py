"""Allocation instances from networks that importers read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from optkit.allocation.data.documents import instance_document
from optkit.allocation.data.importers.options import Options
from optkit.allocation.data.importers.provenance import (
    Counts,
    provenance,
    tell_assumptions,
)
from optkit.allocation.data.masters import most_neighbours, no_such_master
from optkit.core.errors import InvalidFileError, UsageError
from optkit.network.directed_links import directed_rates, neighbours, reachable
from optkit.network.draws import edge_values, node_values
from optkit.network.importers.identifiers import clean_text, node_ids
from optkit.network.importers.imported import ImportedEdge, ImportedNetwork


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
    ids = node_ids([(n.key, n.label) for n in network.nodes], options.names)
    id_of = dict(zip(keys, ids, strict=True))
    proper_edges = [edge for edge in network.edges if edge.source != edge.target]
    links = _links(network, proper_edges, options, seed)
    reached_from = neighbours(keys, links)
    master = _master(network, reached_from, id_of, options.master)
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
        isolated=sum(not reached_from[key] and key not in targets for key in keys),
        unreachable=len(keys) - len(reachable(reached_from, master)),
        ghz_stated=sum(node.ghz is not None for node in network.nodes),
    )
    ghz = node_values(keys, "ghz", options.ghz_low, options.ghz_high, seed)
    ghz.update({n.key: n.ghz for n in network.nodes if n.ghz is not None})
    tell_assumptions(network.source, network.notes, counts, options)
    return instance_document(
        options,
        name=clean_text(network.name) or "network",
        provenance=provenance(
            (*network.origin, *network.notes), counts, id_of[master], options, seed
        ),
        master=id_of[master],
        servers=[
            (id_of[key], ghz[key], options.capacitance, options.tx_watt) for key in keys
        ],
        links=[
            (id_of[source], id_of[target], gbps)
            for (source, target), gbps in links.items()
        ],
    )


def _links(
    network: ImportedNetwork,
    proper_edges: Sequence[ImportedEdge],
    options: Options,
    seed: int,
) -> dict[tuple[str, str], float]:
    """Return the rate of every directed link; parallel edges become one link."""
    ends = [(e.source, e.target, e.gbps) for e in proper_edges]
    if options.default_gbps is not None:
        default = options.default_gbps
        rates = [default if rate is None else rate for _, _, rate in ends]
    else:
        rates = edge_values(ends, "gbps", options.gbps_low, options.gbps_high, seed)
    return directed_rates(
        (
            (edge.source, edge.target, rate)
            for edge, rate in zip(proper_edges, rates, strict=True)
        ),
        network.directed,
        math.fsum if options.parallel == "sum" else max,
    )


def _master(
    network: ImportedNetwork,
    neighbours: Mapping[str, Sequence[str]],
    id_of: Mapping[str, str],
    wanted: str | None,
) -> str:
    if wanted is None:
        return most_neighbours(neighbours)
    for key, name in id_of.items():
        if name == wanted:
            return key
    raise UsageError(no_such_master(wanted, list(id_of.values()), network.source))
