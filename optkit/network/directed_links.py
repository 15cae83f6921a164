"""Links as directed pairs, with one rate each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


def directed_rates(
    links: Iterable[tuple[str, str, float]],
    directed: bool,
    combine: Callable[[list[float]], float] = math.fsum,
) -> dict[tuple[str, str], float]:
    """Return the rate of every pair of nodes that a link leads from and to.

    Parameters
    ----------
    links
        Source, target and rate; several may join the same nodes.
    directed
        Whether a link leads from source to target only.
    combine
        Makes one rate of those of parallel links; by default, their sum.
    """
    parallel: dict[tuple[str, str], list[float]] = {}
    for source, target, rate in links:
        forth, back = (source, target), (target, source)
        if not directed and back in parallel:
            forth = back
        parallel.setdefault(forth, []).append(rate)
    rates: dict[tuple[str, str], float] = {}
    for (source, target), values in parallel.items():
        rates[source, target] = combine(values)
        if not directed:
            rates[target, source] = rates[source, target]
    return rates


def neighbours(
    nodes: Iterable[str], pairs: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return the nodes that a link leads to from each node."""
    reached: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in pairs:
        reached[source].append(target)
    return reached


def reachable(neighbours_of: dict[str, list[str]], start: str) -> set[str]:
    """Return the nodes that can be reached from one, itself included."""
    reached, front = {start}, [start]
    while front:
        for target in neighbours_of[front.pop()]:
            if target not in reached:
                reached.add(target)
                front.append(target)
    return reached
