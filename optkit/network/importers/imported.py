"""A network as any importer reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ImportedNode:
    """A node: its key, unique in the file, and its label, which need not be.

    What the file does not state is None.
    """

    key: str
    label: str
    ghz: float | None = None
    position: tuple[float, float] | None = None
    roles: tuple[str, ...] | None = None
    capacitance: float | None = None
    tx_watt: float | None = None
    traffic: float | None = None


@dataclass(frozen=True)
class ImportedEdge:
    """An edge between two keys; ``gbps`` and ``latency_s`` are None where not stated."""

    source: str
    target: str
    gbps: float | None = None
    latency_s: float | None = None


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
    notes
        Sentences on what the file holds and nobody reads.
    coordinates
        What positions are: geographic, plane, or None if unknown.
    """

    source: str
    name: str
    nodes: tuple[ImportedNode, ...]
    edges: tuple[ImportedEdge, ...]
    directed: bool
    origin: tuple[str, ...]
    unusable_speeds: int = 0
    notes: tuple[str, ...] = ()
    coordinates: Literal["geographic", "plane"] | None = None
