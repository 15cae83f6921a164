"""The document of an instance, whatever it is made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol


class TaskOptions(Protocol):
    """Options that describe the task and its weights."""

    @property
    def size_gbit(self) -> float:
        """Size of the task, Gbit."""

    @property
    def gcycles_per_gbit(self) -> float:
        """Work per size, Gcycle/Gbit."""

    @property
    def weight_time(self) -> float:
        """Weight of time, 1/s."""

    @property
    def weight_energy(self) -> float:
        """Weight of energy, 1/J."""


def instance_document(
    options: TaskOptions,
    *,
    name: str,
    provenance: str,
    master: str,
    servers: Iterable[tuple[str, float, float, float]],
    links: Iterable[tuple[str, str, float]],
) -> dict[str, Any]:
    """Return a document of schema ``optkit/allocation``, version 1.

    Parameters
    ----------
    options
        Task and weights.
    name, provenance, master
        As in the document.
    servers
        Id, computing speed, capacitance and sending power of each.
    links
        Source, target and rate of each directed link.
    """
    return {
        "schema": "optkit/allocation",
        "schema_version": 1,
        "name": name,
        "provenance": provenance,
        "task": {
            "size_gbit": options.size_gbit,
            "gcycles_per_gbit": options.gcycles_per_gbit,
        },
        "weights": {"time": options.weight_time, "energy": options.weight_energy},
        "master": master,
        "servers": [
            {"id": server, "ghz": ghz, "capacitance": capacitance, "tx_watt": watt}
            for server, ghz, capacitance, watt in servers
        ],
        "links": [
            {"source": source, "target": target, "gbps": gbps}
            for source, target, gbps in links
        ],
    }
