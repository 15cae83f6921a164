"""A text that says where an imported instance comes from and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from optkit.allocation.data.importers.options import Options
from optkit.core.errors import UsageError
from optkit.core.files.left_out import LeftOut


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
    ghz_stated: int = 0


def tell_assumptions(
    source: str, notes: Sequence[str], counts: Counts, options: Options
) -> None:
    """Warn of values that the file does not state, and of attributes nobody reads.

    Raises
    ------
    UsageError
        If values would be assumed and the options are strict.
    """
    assumed = _assumed(counts, options)
    if assumed and options.strict:
        raise UsageError(
            f"{source}: strict refuses to fill what the file does not state."
            f" {' '.join((*assumed, *notes))}"
        )
    said = LeftOut()
    said.add("self-loops", counts.loops)
    for note in (*assumed, *notes):
        said.note(note)
    said.warn(Path(source))


def _assumed(counts: Counts, options: Options) -> list[str]:
    """Return a sentence on each kind of value that the file does not state."""
    sentences = []
    if counts.assumed:
        how = (
            f"set to {options.default_gbps:g}"
            if options.default_gbps is not None
            else f"drawn from {options.gbps_low:g} to {options.gbps_high:g}"
        )
        of = counts.assumed + counts.stated
        sentences.append(f"The rate of {counts.assumed} of {of} edges is {how} Gbit/s.")
    if counts.ghz_stated < counts.nodes:
        sentences.append(
            f"The computing power of {counts.nodes - counts.ghz_stated} of"
            f" {counts.nodes} servers is drawn from {options.ghz_low:g} to"
            f" {options.ghz_high:g} GHz."
        )
    return sentences


def _computing_power(counts: Counts, options: Options, seed: int) -> str:
    drawn = (
        f"ghz drawn uniformly from {options.ghz_low:g} to {options.ghz_high:g},"
        f" 2 decimals, seed {seed}"
    )
    if not counts.ghz_stated:
        return f"Computing power is not in the file: {drawn}."
    rest = counts.nodes - counts.ghz_stated
    return f"Computing power of {counts.ghz_stated} servers is from the file" + (
        f"; of {rest} it is not: {drawn}." if rest else "."
    )


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
            _computing_power(counts, options, seed),
            "Task, weights, capacitance and sending power are options of the import.",
            f"Master: {master}"
            + ("." if options.master else " (the server with the most neighbours)."),
            f"Isolated servers: {counts.isolated};"
            f" servers the master cannot reach: {counts.unreachable}.",
        ]
    )
