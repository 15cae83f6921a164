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

from optkit.allocation.check.tree_arrays import TreeArrays
from optkit.allocation.check.tree_walks import carried_down, gathered_up
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
    names, links = _numbered(parent, rates, order, loads)
    if links.passages() > max_passages:
        return None
    number = {name: k for k, name in enumerate(names)}
    queues = []
    for root, listed in order.items():
        parts = [number[name] for name in listed if links.gbit[number[name]]]
        queues.append((number[root], parts, [0.0] * len(parts)))
    links.send(queues)
    return dict(zip(names, links.complete, strict=True))


def _numbered(
    parent: Mapping[str, str],
    rates: Mapping[tuple[str, str], float],
    order: Iterable[str],
    loads: Mapping[str, float],
) -> tuple[list[str], _Links]:
    """Return the servers but the master, and the links to them in the same order."""
    below: dict[str, list[str]] = {}
    for child, sender in parent.items():
        below.setdefault(sender, []).append(child)
    names: list[str] = []
    hops: list[int] = []
    senders: list[int] = []
    stack = [(root, 0, 1) for root in order]
    while stack:
        name, above, height = stack.pop()
        number = len(names)
        names.append(name)
        hops.append(height)
        senders.append(above)
        if name in below:
            stack += [(child, number, height + 1) for child in below[name]]
    seconds = [1.0 / rates[parent[name], name] for name in names]
    gbit = [max(loads.get(name, 0.0), 0.0) for name in names]
    return names, _Links(hops, senders, seconds, gbit)


class _Links:
    """The links of a tree, each with the number of the server that it leads to.

    Servers are numbered so that all servers below one follow it directly. Where a part's
    number lies then says which link it takes next.

    Parameters
    ----------
    hops
        Hops from the master to each server.
    sender
        Number of the server that each link comes from; of no meaning at the master.
    seconds
        Seconds per Gbit on each link.
    gbit
        The load of each server, not negative.
    """

    def __init__(
        self,
        hops: list[int],
        sender: list[int],
        seconds: list[float],
        gbit: list[float],
    ) -> None:
        self.hops, self.sender, self.seconds, self.gbit = hops, sender, seconds, gbit
        self.gbit_array = np.array(gbit)
        self.complete = [0.0] * len(hops)
        self.onward: list[list[int]] = [[number] for number in range(len(hops))]
        """For each link: itself and the links that leave its end, by number."""
        for number, height in enumerate(hops):
            if height > 1:
                self.onward[sender[number]].append(number)

    def passages(self) -> int:
        """Return the hops of all servers with a load, summed."""
        pairs = zip(self.gbit, self.hops, strict=True)
        return sum(hops for load, hops in pairs if load)

    def send(self, queues: Iterable[_ListQueue]) -> None:
        """Send all parts of some queues to their servers."""
        short: list[_ListQueue] = []
        long: list[_ArrayQueue] = []
        for link, parts, ready in queues:
            if len(parts) > LONGEST_LIST:
                long.append((link, np.array(parts), np.array(ready)))
            elif parts:
                short.append((link, parts, ready))
        while short or long:
            if short:
                short += self.send_list(*short.pop())
                continue
            for link, passing, begins in self.send_array(*long.pop()):
                if len(passing) > LONGEST_LIST:
                    long.append((link, passing, begins))
                else:
                    short.append((link, passing.tolist(), begins.tolist()))

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


FEWEST_PARTS = 512
"""Parts on one level of a tree from which arrays send them more quickly than lists."""


def arrival_times(
    tree: TreeArrays, max_passages: float = MAX_PASSAGES
) -> Floats | None:
    """Return what :func:`arrivals` does for a large tree, shape (N+1,).

    All links of a level send at once: first the queues of which each is long, one by one,
    then the short ones together, position by position.

    Parameters
    ----------
    tree
        The tree, with its loads and orders.
    max_passages
        As in :func:`arrivals`.
    """
    levels = _Levels(tree)
    loaded = tree.sent[tree.load[tree.sent] > 0.0]
    if levels.depth[loaded].sum() > max_passages:
        return None
    complete = np.zeros(tree.count)
    parts, ready = loaded, np.zeros(len(loaded))
    level = 1
    while len(parts) >= FEWEST_PARTS:
        links = levels.ancestors(parts, level)
        by_link = np.argsort(links, kind="stable")
        links, parts, ready = links[by_link], parts[by_link], ready[by_link]
        queues = _Queues(links)
        left = np.empty(len(parts))
        levels.send_alone(queues, parts, ready, left)
        seconds = levels.seconds[links]
        _send_short(queues, tree.load[parts] * seconds, ready, left)
        _send_long(queues, tree.load[parts] * seconds, ready, left)
        arrived = (parts == links) | (queues.length[queues.of_part] == 1)
        complete[parts[arrived]] = left[arrived]
        parts, ready = parts[~arrived], left[~arrived]
        level += 1
    levels.send_rest(parts, ready, level, complete)
    return complete


class _Queues:
    """The parts that wait for each link, one queue after the other.

    Parameters
    ----------
    links
        The link that each part waits for, equal ones beside each other.
    """

    def __init__(self, links: Ints) -> None:
        first = np.append(True, links[1:] != links[:-1]) if len(links) else links > 0
        self.start = np.flatnonzero(first)
        self.length = np.diff(np.append(self.start, len(links)))
        self.link = links[self.start]
        self.of_part = np.cumsum(first) - 1


def _send_short(queues: _Queues, takes: Floats, ready: Floats, left: Floats) -> None:
    """Send the queues of 2 to ``LONGEST_LIST`` parts: each one's next part at a time."""
    short = np.flatnonzero((queues.length > 1) & (queues.length <= LONGEST_LIST))
    short = short[np.argsort(-queues.length[short], kind="stable")]
    start, length = queues.start[short], queues.length[short]
    free = np.zeros(len(short))
    busy = len(short)
    for position in range(int(length[0]) if len(length) else 0):
        busy = int(np.searchsorted(-length, -position, side="left"))
        part = start[:busy] + position
        free = np.maximum(ready[part], free[:busy]) + takes[part]
        left[part] = free


def _send_long(queues: _Queues, takes: Floats, ready: Floats, left: Floats) -> None:
    """Send the longer queues, each at once; see :meth:`_Links.send_array`."""
    for queue in np.flatnonzero(queues.length > LONGEST_LIST).tolist():
        begin = int(queues.start[queue])
        parts = slice(begin, begin + int(queues.length[queue]))
        through = np.cumsum(takes[parts])
        begins = ready[parts] - (through - takes[parts])
        left[parts] = np.maximum.accumulate(begins) + through


class _Levels:
    """The links of a tree by level, each named by the server that it leads to.

    Parameters
    ----------
    tree
        The tree; its servers are numbered level by level.
    """

    def __init__(self, tree: TreeArrays) -> None:
        self.tree = tree
        self.seconds = 1.0 / tree.gbps
        begins = self._begins = tree.begins
        self.depth = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
        # Numbers by which all servers below one follow it directly: one more than the
        # parent's, and the sizes of the siblings before it.
        ones = np.ones(tree.count, dtype=np.int64)
        size = gathered_up(tree.parent, begins, ones)
        size[0] = 0
        before = np.cumsum(size) - size
        first = np.searchsorted(tree.parent[1:], tree.parent) + 1
        step = 1 + before - before[np.minimum(first, tree.count - 1)]
        step[0] = 0
        self.number = carried_down(tree.parent, begins, step)

    def ancestors(self, servers: Ints, level: int) -> Ints:
        """Return the server of a level that each is below, or that it is."""
        begin, end = self._begins[level : level + 2]
        places = np.searchsorted(self.number[begin:end], self.number[servers], "right")
        return begin + places - 1

    def send_alone(
        self, queues: _Queues, parts: Ints, ready: Floats, left: Floats
    ) -> None:
        """Send the parts that are alone in their queues all the way to their servers."""
        alone = queues.start[queues.length == 1]
        link, server = queues.link[queues.length == 1], parts[alone]
        way = self.seconds[link]
        walking = np.flatnonzero(server > link)
        while len(walking):
            way[walking] += self.seconds[server[walking]]
            server[walking] = self.tree.parent[server[walking]]
            walking = walking[server[walking] > link[walking]]
        left[alone] = ready[alone] + way * self.tree.load[parts[alone]]

    def send_rest(
        self, parts: Ints, ready: Floats, level: int, complete: Floats
    ) -> None:
        """Send what is left, one queue after the other."""
        if not len(parts):
            return
        by_number = np.argsort(self.number)[1:]  # without the master
        number = self.number - 1
        links = _Links(
            self.depth[by_number].tolist(),
            number[self.tree.parent[by_number]].tolist(),
            self.seconds[by_number].tolist(),
            np.maximum(self.tree.load[by_number], 0.0).tolist(),
        )
        waits_for = self.ancestors(parts, level)
        by_link = np.argsort(waits_for, kind="stable")
        queues = _Queues(waits_for[by_link])
        places = np.split(by_link, queues.start[1:])
        links.send(
            (link, number[parts[place]].tolist(), ready[place].tolist())
            for link, place in zip(number[queues.link].tolist(), places, strict=True)
        )
        sent = np.array(links.complete)
        complete[parts] = sent[number[parts]]
