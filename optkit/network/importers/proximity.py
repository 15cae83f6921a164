"""Links between nodes that are near each other, and devices at the nearest node.

Both are rules that the user names: positions alone say nothing about links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.errors import UsageError
from optkit.network.conversions import great_circle_km, plane_km
from optkit.network.importers.imported import (
    ImportedEdge,
    ImportedNetwork,
    ImportedNode,
)

MOST_NODES = 5_000
"""Most nodes of which all pairs are looked at."""


def joined_within(network: ImportedNetwork, km: float) -> ImportedNetwork:
    """Return a network with further edges, between all nodes up to a distance.

    Parameters
    ----------
    network
        The network; nodes that an edge joins get no other one.
    km
        The distance.

    Raises
    ------
    UsageError
        If a node has no position, or there are too many nodes.
    """
    distance = _distances(network, network.nodes, "connect_km")
    keys = [node.key for node in network.nodes]
    there = {frozenset((edge.source, edge.target)) for edge in network.edges}
    near = np.argwhere(np.triu(distance <= km, 1))
    new = [
        (keys[first], keys[second])
        for first, second in near.tolist()
        if frozenset((keys[first], keys[second])) not in there
    ]
    if network.directed:
        new += [(second, first) for first, second in new]
    return replace(
        network,
        edges=(*network.edges, *(ImportedEdge(*pair) for pair in new)),
        origin=(
            *network.origin,
            f"{len(new)} links were added between nodes within {km:g} km of each other"
            " (option).",
        ),
    )


def with_devices(
    network: ImportedNetwork, devices: Sequence[ImportedNode], file: str
) -> ImportedNetwork:
    """Return a network with devices, each linked to the nearest node.

    Parameters
    ----------
    network
        The network.
    devices
        The devices.
    file
        Where they are from.

    Raises
    ------
    UsageError
        If a node or a device has no position, or there are too many of both.
    """
    nodes = network.nodes
    distance = _distances(network, (*nodes, *devices), "devices")
    nearest = np.argmin(distance[len(nodes) :, : len(nodes)], axis=1)
    new = [
        (nodes[index].key, device.key)
        for device, index in zip(devices, nearest.tolist(), strict=True)
    ]
    if network.directed:
        new += [(second, first) for first, second in new]
    return replace(
        network,
        nodes=(*nodes, *(replace(device, roles=("device",)) for device in devices)),
        edges=(*network.edges, *(ImportedEdge(*pair) for pair in new)),
        origin=(
            *network.origin,
            f"{len(devices)} devices are from {file}, each linked to the nearest node.",
        ),
    )


def _distances(
    network: ImportedNetwork, nodes: Sequence[ImportedNode], option: str
) -> Floats:
    """Return the distances of all pairs of nodes, km."""
    lacking = [node.key for node in nodes if node.position is None]
    if lacking:
        raise UsageError(
            f"option {option}: {len(lacking)} of {len(nodes)} nodes have no position"
            f" ({', '.join(lacking[:5])}); add longitude and latitude, or leave it out."
        )
    if network.coordinates is None:
        raise UsageError(
            f"option {option}: the file does not say what positions are; name their"
            " columns longitude and latitude."
        )
    if len(nodes) > MOST_NODES:
        raise UsageError(
            f"option {option}: {len(nodes)} nodes; at most {MOST_NODES} are possible."
        )
    places = np.array([node.position for node in nodes], dtype=float)
    return (great_circle_km if network.coordinates == "geographic" else plane_km)(
        places
    )
