"""The sink tree, by a label-setting search over (distance, hops)."""

from __future__ import annotations

import heapq

from optkit.allocation.instance import AllocationInstance


def sink_parents(instance: AllocationInstance) -> dict[str, str]:
    """Return each reachable server's predecessor on its shortest path from the master.

    The edge weight is 1/R. Equal sums are broken by fewer hops, then by the predecessor
    that comes first in ``servers``.
    """
    outgoing: dict[str, list[tuple[str, float]]] = {s.id: [] for s in instance.servers}
    for link in instance.links:
        outgoing[link.source].append((link.target, 1.0 / link.gbps))
    label: dict[str, tuple[float, int]] = {}
    heap = [(0.0, 0, instance.master)]
    while heap:
        distance, hops, server = heapq.heappop(heap)
        if server in label:
            continue
        label[server] = (distance, hops)
        for target, weight in outgoing[server]:
            if target not in label:
                heapq.heappush(heap, (distance + weight, hops + 1, target))
    parents: dict[str, str] = {}
    for sender in outgoing:  # in file order, so the first that fits is kept
        if sender not in label:
            continue
        distance, hops = label[sender]
        for target, weight in outgoing[sender]:
            if (
                target != instance.master
                and target not in parents
                and (distance + weight, hops + 1) == label[target]
            ):
                parents[target] = sender
    return parents
