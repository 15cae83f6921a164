"""A text that says where an imported instance comes from and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optkit.allocation.data.importers.options import Options


@dataclass(frozen=True)
class Counts:
    """Counts of what was found in the file and what became of it.

    ``edges`` counts the file's edges, ``links`` the document's directed links.
    ``stated`` and ``assumed`` count speeds of edges that are not loops, ``unusable``
    those of all edges.
    """

    nodes: int
    edges: int
    loops: int
    merged: int
    links: int
    stated: int
    assumed: int
    unusable: int
    isolated: int
    unreachable: int


def provenance(
    origin: Sequence[str], counts: Counts, master: str, options: Options, seed: int
) -> str:
    """Return the text for ``provenance``: the origin, then every assumption."""
    if options.default_gbps is not None:
        method = f"set to {options.default_gbps:g} Gbit/s"
    else:
        method = (
            f"drawn uniformly from {options.gbps_low:g} to {options.gbps_high:g}"
            f" Gbit/s, 2 decimals, seed {seed}, the same both ways"
        )
    assumed = f", {method}" if counts.assumed else ""
    return " ".join(
        [
            *origin,
            f"The file has {counts.nodes} nodes and {counts.edges} edges;"
            f" self-loops dropped: {counts.loops};"
            f" parallel edges merged into others ({options.parallel} of their rates):"
            f" {counts.merged}; directed links made: {counts.links}.",
            f"Speeds taken from the file: {counts.stated};"
            f" assumed: {counts.assumed}{assumed};"
            f" stated in the file but unusable (zero, negative or no number):"
            f" {counts.unusable}.",
            f"Computing power is not in the file: ghz drawn uniformly from"
            f" {options.ghz_low:g} to {options.ghz_high:g}, 2 decimals, seed {seed}.",
            "Task, weights, capacitance and sending power are options of the import.",
            f"Master: {master}"
            + ("." if options.master else " (the server with the most neighbours)."),
            f"Isolated servers: {counts.isolated};"
            f" servers the master cannot reach: {counts.unreachable}.",
        ]
    )
