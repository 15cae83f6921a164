"""When parts truly arrive: store and forward along the tree, link by link.

Eqs (5) and (6) let a part wait for everything that was sent before it on every link that
they share, as if nothing moved meanwhile. Here each link sends one part at a time, in the
order of the subtree, and passes a part on once it has all of it: a permutation flow shop
along paths. ``docs/allocation-makespan.md`` proves that no part arrives later than by (5)
and (6). This module belongs to the checker; no solver computes with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

import numpy as np

from optkit.core.arrays import Floats, Ints

MAX_PASSAGES = 100_000_000
"""Most passages of a part over a link that the checker simulates; some seconds."""

LONGEST_LIST = 64
"""Most parts on one link that plain Python sends more quickly than arrays do."""


_ListQueue = tuple[int, list[int], list[float]]
"""A link, the parts that go over it in order, and when each is complete at its tail."""

_ArrayQueue = tuple[int, Ints, Floats]
"""The same as arrays."""


def arrivals(
    parent: Mapping[str, str],
    rates: Mapping[tuple[str, str], float],
    order: Mapping[str, Iterable[str]],
    loads: Mapping[str, float],
    max_passages: float = MAX_PASSAGES,
) -> dict[str, float] | None:
    """Return when each part is complete at its server.

    Every part is ready at the master at time 0. On a link, a part starts when it has
    arrived at the link's tail and the part before it has left. A load of zero (or less,
    within the checker's tolerance) is not a part: it arrives at 0 and holds nobody up.

    Parameters
    ----------
    parent
        The server that each server receives from.
    rates
        Gbit/s of each link (source, target).
    order
        The sending order of each subtree, by the master's child at its root.
    loads
        Gbit of each server.
    max_passages
        Most passages of a part over a link (hops of the loaded servers, summed) for which
        arrivals are computed.

    Returns
    -------
    dict or None
        Seconds from the start, for every server in ``parent``; None beyond
        ``max_passages``.
    """
    links = _Links(parent, rates, order, loads)
    if links.passages() > max_passages:
        return None
    short: list[_ListQueue] = []
    long: list[_ArrayQueue] = []
    for root, listed in order.items():
        numbers = [links.number[name] for name in listed]
        parts = [part for part in numbers if links.gbit[part]]
        group = (links.number[root], parts, [0.0] * len(parts))
        if len(parts) > LONGEST_LIST:
            long.append((group[0], np.array(group[1]), np.array(group[2])))
        elif parts:
            short.append(group)
    while short or long:
        if short:
            short += links.send_list(*short.pop())
            continue
        for link, passing, ready in links.send_array(*long.pop()):
            if len(passing) > LONGEST_LIST:
                long.append((link, passing, ready))
            else:
                short.append((link, passing.tolist(), ready.tolist()))
    return dict(zip(links.names, links.complete, strict=True))


class _Links:
    """The links of a tree, each with the number of the server that it leads to.

    Servers are numbered so that all servers below one follow it directly. Where a part's
    number lies then says which link it takes next.

    Parameters
    ----------
    parent, rates, order, loads
        As in :func:`arrivals`.
    """

    def __init__(
        self,
        parent: Mapping[str, str],
        rates: Mapping[tuple[str, str], float],
        order: Iterable[str],
        loads: Mapping[str, float],
    ) -> None:
        below: dict[str, list[str]] = {}
        for child, sender in parent.items():
            below.setdefault(sender, []).append(child)
        self.names: list[str] = []
        self.hops: list[int] = []
        self.sender: list[int] = []
        self.onward: list[list[int]] = []
        """For each link: itself and the links that leave its end, by number."""
        stack = [(root, 0, 1) for root in order]
        while stack:
            name, above, hops = stack.pop()
            number = len(self.names)
            self.names.append(name)
            self.hops.append(hops)
            self.sender.append(above)
            self.onward.append([number])
            if hops > 1:
                self.onward[above].append(number)
            if name in below:
                stack += [(child, number, hops + 1) for child in below[name]]
        self.number = {name: number for number, name in enumerate(self.names)}
        self.seconds = [1.0 / rates[parent[name], name] for name in self.names]
        self.gbit = [max(loads.get(name, 0.0), 0.0) for name in self.names]
        self.gbit_array = np.array(self.gbit)
        self.complete = [0.0] * len(self.names)

    def passages(self) -> int:
        """Return the hops of all servers with a load, summed."""
        pairs = zip(self.gbit, self.hops, strict=True)
        return sum(hops for load, hops in pairs if load)

    def send_list(
        self, link: int, parts: list[int], ready: list[float]
    ) -> Iterable[_ListQueue]:
        """Send parts over a link; return the queues of the links that they take next."""
        if len(parts) == 1:
            self._send_alone(link, parts[0], ready[0])
            return ()
        seconds, gbit, onward = self.seconds[link], self.gbit, self.onward[link]
        groups: dict[int, _ListQueue] = {}
        free = 0.0
        for part, begin in zip(parts, ready, strict=True):
            free = (begin if begin > free else free) + gbit[part] * seconds
            if part == link:
                self.complete[part] = free
                continue
            following = onward[bisect_right(onward, part) - 1]
            if following not in groups:
                groups[following] = (following, [], [])
            groups[following][1].append(part)
            groups[following][2].append(free)
        return groups.values()

    def _send_alone(self, link: int, part: int, ready: float) -> None:
        """Send a part all the way to its server; no other part takes any of these links."""
        way, number = self.seconds[link], part
        while number > link:
            way += self.seconds[number]
            number = self.sender[number]
        self.complete[part] = ready + way * self.gbit[part]

    def send_array(
        self, link: int, parts: Ints, ready: Floats
    ) -> Iterable[_ArrayQueue]:
        """Do the same as :meth:`send_list` with arrays.

        A part leaves after the last idle moment of the link before it, plus the time of
        all that the link has sent since.
        """
        takes = self.gbit_array[parts] * self.seconds[link]
        through = np.cumsum(takes)
        left = np.maximum.accumulate(ready - (through - takes)) + through
        starts = np.array(self.onward[link])
        following = np.searchsorted(starts, parts, side="right") - 1
        if following.min() == following.max():  # no part of its own, one link onward
            return [(int(starts[following[0]]), parts, left)]
        by_link = np.argsort(following, kind="stable")
        cuts = np.searchsorted(following[by_link], np.arange(1, len(starts)))
        groups = []
        dealt = np.split(by_link, cuts)
        for number, chosen in zip(starts.tolist(), dealt, strict=True):
            if number == link:
                self.complete[link] = float(left[chosen[0]]) if len(chosen) else 0.0
            elif len(chosen):
                groups.append((number, parts[chosen], left[chosen]))
        return groups
