"""The sink tree, by a label-setting search over (distance, hops)."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.core.arrays import Ints


def sink_parents(instance: AllocationInstance) -> Mapping[str, str]:
    """Return each reachable server's predecessor on its shortest path from the master.

    The edge weight is 1/R. Equal sums are broken by fewer hops, then by the predecessor
    that comes first in ``servers``. It is kept with the instance.
    """
    return instance.derived(_names)


def sink_numbers(instance: AllocationInstance) -> Ints:
    """Return the same by numbers in ``servers``; −1 for the master and the unreachable."""
    return instance.derived(_numbers)


def _names(instance: AllocationInstance) -> Mapping[str, str]:
    ids, parents = instance.network.ids, sink_numbers(instance)
    reached = np.flatnonzero(parents >= 0)
    # By the predecessor, then in the order of its links, each with its first link.
    network = instance.network
    chosen = np.flatnonzero(parents[network.target] == network.source)
    rank = np.zeros(len(ids), dtype=np.int64)
    rank[network.target[chosen]] = chosen
    listed = reached[np.lexsort((rank[reached], parents[reached]))]
    names = {
        ids[child]: ids[sender]
        for child, sender in zip(listed.tolist(), parents[listed].tolist(), strict=True)
    }
    return MappingProxyType(names)  # shared by all who ask


def _numbers(instance: AllocationInstance) -> Ints:
    network = instance.network
    master = network.number[instance.master]
    only = _only_links(network.source, network.target, len(network.ids), master)
    parents = _walk(only, master) if only is not None else _search(instance, master)
    parents.flags.writeable = False  # shared by all who ask
    return parents


def _only_links(source: Ints, target: Ints, count: int, master: int) -> Ints | None:
    """Return where each server's only link comes from; None if one has a choice.

    No path goes back to the master, so links into it do not count.
    """
    useful = target != master
    if np.any(np.bincount(target[useful], minlength=count) > 1):
        return None
    only = np.full(count, -1, dtype=np.int64)
    only[target[useful]] = source[useful]
    return only


def _walk(only: Ints, master: int) -> Ints:
    """Return the parents of the servers that lead back to the master."""
    above = only.tolist()
    leads = [False] * len(above)
    leads[master] = True
    seen = [False] * len(above)
    for server in range(len(above)):
        trail = []
        while server >= 0 and not leads[server] and not seen[server]:
            seen[server] = True
            trail.append(server)
            server = above[server]
        if server >= 0 and leads[server]:
            for passed in trail:
                leads[passed] = True
    return np.where(leads, only, -1)


def _search(instance: AllocationInstance, master: int) -> Ints:
    network = instance.network
    count = len(network.ids)
    by_source = np.argsort(network.source, kind="stable")
    start = np.searchsorted(network.source[by_source], np.arange(count + 1)).tolist()
    targets = network.target[by_source].tolist()
    weights = (1.0 / network.gbps[by_source]).tolist()
    label: list[tuple[float, int] | None] = [None] * count
    least: list[tuple[float, int]] = [(np.inf, 0)] * count  # of those found so far
    heap = [(0.0, 0, master)]
    while heap:
        distance, hops, server = heapq.heappop(heap)
        if label[server] is not None:
            continue
        label[server] = (distance, hops)
        for link in range(start[server], start[server + 1]):
            target = targets[link]
            if label[target] is None:
                reached = (distance + weights[link], hops + 1)
                if reached < least[target]:
                    least[target] = reached
                    heapq.heappush(heap, (*reached, target))
    parents = [-1] * count
    for sender in range(count):  # in file order, so the first that fits is kept
        known = label[sender]
        if known is None:
            continue
        distance, hops = known
        for link in range(start[sender], start[sender + 1]):
            target = targets[link]
            if (
                target != master
                and parents[target] < 0
                and (distance + weights[link], hops + 1) == label[target]
            ):
                parents[target] = sender
    return np.array(parents, dtype=np.int64)
