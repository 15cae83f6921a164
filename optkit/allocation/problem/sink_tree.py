"""The tree of an instance as arrays, which every solver works on.

The paper's solvers work on the sink tree; :func:`chosen_tree` makes the same arrays for any
other tree of the instance's links.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar, cast

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.core.arrays import Bools, Floats, Ints

T = TypeVar("T")

MOST_LEVELS = 1000
"""Levels of a tree up to which distances are found level by level."""

PLAIN_LINKS = 5000
"""Links up to which shortest paths are found before SciPy would be imported."""


@dataclass(frozen=True, eq=False)
class Subtree:
    """The servers below one child of the master, numbered level by level from 0.

    Parameters
    ----------
    members
        Their numbers in the whole tree, shape (n,); the first is the child itself.
    parent
        Number inside the subtree of each one's parent, shape (n,); −1 for the first.
    distance
        D = w1 d, cost per Gbit of the way from the master, shape (n,).
    own
        a = w1 (d + b/f) + w2 γ b f², cost per Gbit of a server's own load, shape (n,).
    relay
        w2 e/R, energy cost to the parent of each Gbit it passes on to this server, shape
        (n,); of the first it is the master's.
    works
        Whether each may be given load, shape (n,); the others only relay.
    """

    members: Ints
    parent: Ints
    distance: Floats
    own: Floats
    relay: Floats
    works: Bools

    @property
    def size(self) -> int:
        """Number of servers."""
        return len(self.members)

    @cached_property
    def workers(self) -> Ints:
        """Numbers inside the subtree of the servers that may be given load."""
        return np.flatnonzero(self.works)


def pair_of_servers() -> Subtree:
    """Return a subtree of two servers, to run compiled loops on once."""
    return Subtree(
        members=np.array([1, 2]),
        parent=np.array([-1, 0]),
        distance=np.array([1.0, 2.0]),
        own=np.array([2.0, 3.0]),
        relay=np.array([0.1, 3.0]),
        works=np.ones(2, dtype=bool),
    )


@dataclass(frozen=True, eq=False)
class SinkTree:
    """The master and every server it reaches, level by level; the master is number 0.

    Parameters
    ----------
    ids
        Their ids.
    parent
        Number of each one's parent, shape (N+1,); −1 for the master.
    distance, own, relay
        As in :class:`Subtree`, shape (N+1,).
    time
        Completion time per Gbit of own load, without its weight: d + b/f in s, shape
        (N+1,).
    ghz
        Computing speed, shape (N+1,).
    works
        Whether each may be given load, shape (N+1,); the master always may.
    size
        Task size Y in Gbit.
    pruned
        Whether servers that the master reaches may not work or were taken out. A bound
        for this tree is then no bound for the instance.
    routing
        ``sink`` for the sink tree, ``free`` for one that a solver chose.
    """

    ids: tuple[str, ...]
    parent: Ints
    distance: Floats
    own: Floats
    relay: Floats
    time: Floats
    ghz: Floats
    works: Bools
    size: float
    pruned: bool = False
    routing: Literal["sink", "free"] = "sink"

    @property
    def count(self) -> int:
        """Number of servers, the master included."""
        return len(self.ids)

    @cached_property
    def depth(self) -> Ints:
        """Hops from the master, shape (N+1,)."""
        depth = [-1]  # what the master's parent, −1, finds
        for parent in self.parent.tolist():
            depth.append(depth[parent + 1] + 1)
        return np.array(depth[1:], dtype=np.int64)

    @cached_property
    def subtrees(self) -> tuple[Subtree, ...]:
        """The subtrees of the master's children, in the order of the children."""
        roots = list(range(self.count))
        for server, parent in enumerate(self.parent.tolist()):
            if parent > 0:
                roots[server] = roots[parent]
        root = np.array(roots, dtype=np.int64)
        by_root = np.argsort(root[1:], kind="stable") + 1
        starts = np.flatnonzero(np.diff(root[by_root], prepend=-1))
        position = np.full(self.count, -1, dtype=np.int64)
        subtrees = []
        for members in np.split(by_root, starts[1:]) if len(by_root) else ():
            position[members] = np.arange(len(members))
            parent = position[self.parent[members]]
            parent[0] = -1
            subtrees.append(
                Subtree(
                    members=members,
                    parent=parent,
                    distance=self.distance[members],
                    own=self.own[members],
                    relay=self.relay[members],
                    works=self.works[members],
                )
            )
        return tuple(subtrees)

    def restrict(self, works: Bools) -> SinkTree:
        """Return the tree in which only the servers in ``works`` may be given load.

        A server that may not be, and has nobody below it that may, is taken out. One
        that has stays in the tree and relays.

        Parameters
        ----------
        works
            One entry per server, shape (N+1,); the master's is ignored.
        """
        works = works & self.works
        works[0] = True
        kept = works.copy()
        for server in range(self.count - 1, 0, -1):
            if kept[server]:
                kept[self.parent[server]] = True
        numbers = np.flatnonzero(kept)
        position = np.full(self.count, -1, dtype=np.int64)
        position[numbers] = np.arange(len(numbers))
        parent = position[self.parent[numbers]]
        parent[0] = -1
        return SinkTree(
            ids=tuple(self.ids[number] for number in numbers),
            parent=parent,
            distance=self.distance[numbers],
            own=self.own[numbers],
            relay=self.relay[numbers],
            time=self.time[numbers],
            ghz=self.ghz[numbers],
            works=works[numbers],
            size=self.size,
            pruned=self.pruned or not bool(works.all()),
            routing=self.routing,
        )


def sink_tree(instance: AllocationInstance) -> SinkTree:
    """Return the sink tree (Sec. IV-A): shortest paths from the master, edge weight 1/R.

    Of paths with equal sums the one with fewer hops is taken, then the one whose last
    server comes first in ``servers``. The tree is made once per instance.
    """
    return instance.derived(_build_sink_tree)


def _build_sink_tree(instance: AllocationInstance) -> SinkTree:
    network = instance.network
    paths = _shortest_paths(
        len(network.ids),
        network.source,
        network.target,
        1.0 / network.gbps,
        network.number[instance.master],
    )
    return _arrays(instance, *paths, "sink")


def chosen_tree(instance: AllocationInstance, parent: Mapping[str, str]) -> SinkTree:
    """Return the arrays of a tree that a solver chose, as :func:`sink_tree` does.

    Parameters
    ----------
    instance
        The instance.
    parent
        For every server of the tree but the master, the one that it receives from, over
        one of the instance's links. Servers that are not named are left out.

    Raises
    ------
    ValueError
        If a link does not exist, or following the parents does not end at the master.
    """
    servers, number = instance.network.ids, instance.network.number
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    above = np.full(len(servers), -1, dtype=np.int64)
    weight_in = np.zeros(len(servers))
    below: list[list[int]] = [[] for _ in servers]
    for child, sender in parent.items():
        if (sender, child) not in rates:
            raise ValueError(f"parent of {child!r}: no link comes from {sender!r}")
        above[number[child]] = number[sender]
        weight_in[number[child]] = 1.0 / rates[sender, child]
        below[number[sender]].append(number[child])
    reach = [number[instance.master]]
    hops = np.zeros(len(servers), dtype=np.int64)
    distance = np.zeros(len(servers))
    for upper in reach:  # grows while it is walked: parents before children
        for lower in below[upper]:
            hops[lower] = hops[upper] + 1
            distance[lower] = distance[upper] + weight_in[lower]
        reach.extend(below[upper])
    if len(reach) != len(parent) + 1:
        raise ValueError("following the parents does not always end at the master")
    ordered = _level_by_level(np.sort(np.array(reach)), hops, above)
    return _arrays(instance, ordered, above, distance, weight_in, "free")


def _arrays(
    instance: AllocationInstance,
    reach: Ints,
    parent: Ints,
    distance: Floats,
    weight_in: Floats,
    routing: Literal["sink", "free"],
) -> SinkTree:
    """Return a tree's arrays.

    Parameters
    ----------
    instance
        The instance.
    reach
        Servers of the tree level by level, the master first, shape (N+1,), in the
        numbering of ``instance.servers``.
    parent, distance, weight_in
        For each server of the instance: its parent, the seconds per Gbit from the
        master, and those over the last link; meaningful for the servers of the tree.
    routing
        Where the tree comes from.
    """
    network, task, weights = instance.network, instance.task, instance.weights
    ghz, power, count = network.ghz, network.tx_watt, len(network.ids)
    time = distance + task.gcycles_per_gbit / ghz
    energy = network.capacitance * task.gcycles_per_gbit * ghz**2
    position = np.full(count, -1, dtype=np.int64)
    position[reach] = np.arange(len(reach))
    relay = np.zeros(count)
    relay[reach[1:]] = weights.energy * power[parent[reach[1:]]] * weight_in[reach[1:]]
    local_parent = np.where(reach == reach[0], -1, position[parent[reach]])
    return SinkTree(
        ids=tuple(map(network.ids.__getitem__, reach.tolist())),
        parent=local_parent,
        distance=weights.time * distance[reach],
        own=weights.time * time[reach] + weights.energy * energy[reach],
        relay=relay[reach],
        time=time[reach],
        ghz=ghz[reach],
        works=np.ones(len(reach), dtype=bool),
        size=task.size_gbit,
        routing=routing,
    )


def _shortest_paths(
    count: int, source: Ints, target: Ints, weight: Floats, master: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return (reachable level by level, predecessor, distance, weight of last link)."""
    parent = np.full(count, -1, dtype=np.int64)
    weight_in = np.zeros(count)
    plain = len(weight) <= PLAIN_LINKS
    only = None if plain else _only_ways(count, source, target, weight, master)
    if only is not None:
        distance, hops = only
    else:
        distance = (_plain_distances if plain else _distances)(
            count, source, target, weight, master
        )
    # The tight links carry every shortest path. A breadth-first search over them counts
    # hops, also where rounding makes a tiny weight vanish in the sum.
    tight = np.isfinite(distance[source]) & (
        distance[source] + weight == distance[target]
    )
    if only is None:
        hops = (_plain_hops if plain else _hops)(
            count, source[tight], target[tight], master
        )
    last = np.flatnonzero(tight & (hops[target] == hops[source] + 1))
    # Written from the last to the first in `servers`, so the first one stays.
    last = last[np.argsort(-source[last], kind="stable")]
    parent[target[last]] = source[last]
    weight_in[target[last]] = weight[last]
    reach = _level_by_level(np.flatnonzero(hops >= 0), hops, parent)
    return reach, parent, distance, weight_in


def _only_ways(
    count: int, source: Ints, target: Ints, weight: Floats, master: int
) -> tuple[Floats, Ints] | None:
    """Return distances and hops where no server has a choice; otherwise None.

    Also None for high trees, level by level of which would take long.
    """
    useful = np.flatnonzero(target != master)  # no path goes back to the master
    if np.bincount(target[useful], minlength=count).max() > 1:
        return None
    outgoing = useful[np.argsort(source[useful], kind="stable")]
    start = np.searchsorted(source[outgoing], np.arange(count + 1))
    distance, hops = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
    distance[master], hops[master] = 0.0, 0
    level = np.array([master])
    for depth in range(1, MOST_LEVELS):
        sizes = start[level + 1] - start[level]
        skipped = start[level] - (np.cumsum(sizes) - sizes)
        links = outgoing[np.repeat(skipped, sizes) + np.arange(sizes.sum())]
        if not len(links):
            return distance, hops
        level = target[links]
        distance[level] = distance[source[links]] + weight[links]
        hops[level] = depth
    return None


def _plain_distances(
    count: int, source: Ints, target: Ints, weight: Floats, master: int
) -> Floats:
    """Return what :func:`_distances` does, in plain Python."""
    ends = zip(target.tolist(), weight.tolist(), strict=True)
    links = _neighbours(count, source, list(ends))
    distance = [math.inf] * count
    distance[master] = 0.0
    heap = [(0.0, master)]
    while heap:
        far, server = heapq.heappop(heap)
        if far > distance[server]:
            continue
        for neighbour, length in links[server]:
            if far + length < distance[neighbour]:
                distance[neighbour] = far + length
                heapq.heappush(heap, (far + length, neighbour))
    return np.array(distance)


def _distances(
    count: int, source: Ints, target: Ints, weight: Floats, master: int
) -> Floats:
    """Return the distances from the master; infinite where there is no way."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph = csr_array((weight, (source, target)), shape=(count, count))
    distance: Floats = dijkstra(graph, indices=master)
    return distance


def _hops(count: int, source: Ints, target: Ints, master: int) -> Ints:
    """Return the fewest links from the master to each server; −1 where there is no way."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    graph = csr_array((np.ones(len(source)), (source, target)), shape=(count, count))
    order, before = breadth_first_order(graph, master)
    hops = [-1] * count
    hops[master] = 0
    reached = order[1:]
    for server, sender in zip(reached.tolist(), before[reached].tolist(), strict=True):
        hops[server] = hops[sender] + 1
    return np.array(hops, dtype=np.int64)


def _plain_hops(count: int, source: Ints, target: Ints, master: int) -> Ints:
    """Return what :func:`_hops` does, in plain Python."""
    links = _neighbours(count, source, target.tolist())
    hops = [-1] * count
    hops[master] = 0
    order = [master]
    for server in order:
        for neighbour in links[server]:
            if hops[neighbour] < 0:
                hops[neighbour] = hops[server] + 1
                order.append(neighbour)
    return np.array(hops, dtype=np.int64)


def _neighbours(count: int, source: Ints, what: list[T]) -> list[list[T]]:
    """Return ``what`` of each link by the link's source."""
    lists: list[list[T]] = [[] for _ in range(count)]
    for server, entry in zip(source.tolist(), what, strict=True):
        lists[server].append(entry)
    return lists


def _level_by_level(reach: Ints, hops: Ints, parent: Ints) -> Ints:
    """Return ``reach``, given in file order, level by level.

    Inside a level servers are sorted by their parent's position, then in file order (the
    numbering of Sec. IV-A, from left to right).
    """
    reach = reach[np.argsort(hops[reach], kind="stable")]
    levels: list[Ints] = []
    position = np.zeros(len(hops), dtype=np.int64)
    begins = np.flatnonzero(np.diff(hops[reach], prepend=-1))
    for level, members in enumerate(np.split(reach, begins[1:])):
        if level:
            members = members[np.argsort(position[parent[members]], kind="stable")]
        position[members] = np.arange(len(members))
        levels.append(members)
    return cast(Ints, np.concatenate(levels).astype(np.int64))
