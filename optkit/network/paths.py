"""Shortest paths in a network: fewest hops, then least latency."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    """What a path does to a message.

    Parameters
    ----------
    hops
        Number of its links.
    gbps
        The smallest rate of its links, Gbit/s; infinite where there are none.
    latency_s
        The sum of their latencies, s.
    """

    hops: int
    gbps: float
    latency_s: float


Roads = Mapping[str, Sequence[tuple[str, float, float]]]
"""By node: the nodes that a link leads to, its rate in Gbit/s, and its latency in s."""


def roads(
    nodes: Iterable[str],
    links: Iterable[tuple[str, str, float, float]],
    directed: bool,
) -> Roads:
    """Return the links from each node; parallel ones become one.

    Their rates add up, and the smallest latency counts.

    Parameters
    ----------
    nodes
        Ids of the nodes.
    links
        Source, target, rate and latency of each link.
    directed
        Whether links lead from source to target only.
    """
    merged: dict[str, dict[str, tuple[float, float]]] = {node: {} for node in nodes}
    for source, target, gbps, latency in links:
        ways = [(source, target)] if directed else [(source, target), (target, source)]
        for start, end in ways:
            rate, least = merged[start].get(end, (0.0, math.inf))
            merged[start][end] = rate + gbps, min(least, latency)
    return {
        start: [(end, *values) for end, values in ends.items()]
        for start, ends in merged.items()
    }


def paths_from(
    start: str, ways: Roads, through: Collection[str] | None = None
) -> dict[str, Path]:
    """Return the path to every node that can be reached, the start included.

    A path has the fewest hops, of those the least latency, and of those the one whose
    nodes were listed first.

    Parameters
    ----------
    start
        Where they start.
    ways
        The links from each node.
    through
        The nodes that pass messages on; None for all. Any node can be a path's end.
    """
    done: dict[str, Path] = {}
    ready: list[tuple[int, float, int, float, str]] = [(0, 0.0, 0, math.inf, start)]
    found = 0
    while ready:
        hops, latency, _, gbps, node = heapq.heappop(ready)
        if node in done:
            continue
        done[node] = Path(hops, gbps, latency)
        if through is not None and node != start and node not in through:
            continue
        for end, rate, delay in ways[node]:
            if end not in done:
                found += 1
                entry = (hops + 1, latency + delay, found, min(gbps, rate), end)
                heapq.heappush(ready, entry)
    return done
