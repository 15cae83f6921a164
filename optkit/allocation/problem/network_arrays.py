"""The part of an instance's network that the master reaches, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Network:
    """Servers and links that a tree may be made of; the master is number 0.

    Servers are numbered as in the sink tree. Links into the master are left out, since no
    tree rooted there has any. Links are sorted by source.

    Parameters
    ----------
    ids
        Ids of the servers, shape (n,).
    source, target
        Ends of each link, shape (m,).
    delay
        w1/R, cost per Gbit of the time that a link takes, shape (m,).
    relay
        w2 e/R, energy cost to a link's source of each Gbit sent over it, shape (m,).
    reverse
        Number of the link in the other direction, −1 where there is none, shape (m,).
    start
        Where each server's outgoing links begin, shape (n+1,).
    own
        w1 b/f + w2 γ b f², cost per Gbit of a server's own load without its way, shape
        (n,).
    sink_link
        The link by which the sink tree reaches each server, shape (n,); −1 for the master.
    """

    ids: tuple[str, ...]
    source: Ints
    target: Ints
    delay: Floats
    relay: Floats
    reverse: Ints
    start: Ints
    own: Floats
    sink_link: Ints

    @property
    def count(self) -> int:
        """Number of servers, the master included."""
        return len(self.ids)

    @property
    def first_links(self) -> Ints:
        """The master's links."""
        return np.arange(self.start[0], self.start[1])

    def parents(self, link: Ints) -> dict[str, str]:
        """Return the tree in which each server is reached by its ``link``, by ids."""
        return {
            self.ids[server]: self.ids[self.source[link[server]]]
            for server in range(1, self.count)
        }

    def links_in(self, parent: dict[str, str]) -> Ints:
        """Return each server's link in a tree, −1 where it is not in the tree."""
        number = {name: k for k, name in enumerate(self.ids)}
        ends = zip(self.source.tolist(), self.target.tolist(), strict=True)
        link_number = {pair: k for k, pair in enumerate(ends)}
        links = np.full(self.count, -1, dtype=np.int64)
        for child, sender in parent.items():
            links[number[child]] = link_number[number[sender], number[child]]
        return links


def reachable_network(instance: AllocationInstance) -> Network:
    """Return the part of the network of ``instance`` that the master reaches."""
    return instance.derived(_reachable_network)


def _reachable_network(instance: AllocationInstance) -> Network:
    tree: SinkTree = sink_tree(instance)
    columns = instance.network
    weights, work = instance.weights, instance.task.gcycles_per_gbit
    listed = np.array([columns.number[name] for name in tree.ids], dtype=np.int64)
    number = np.full(len(columns.ids), -1, dtype=np.int64)
    number[listed] = np.arange(len(listed))
    usable = (number[columns.source] >= 0) & (number[columns.target] != 0)
    source, target = number[columns.source[usable]], number[columns.target[usable]]
    seconds = 1.0 / columns.gbps[usable]
    power, ghz = columns.tx_watt[listed], columns.ghz[listed]
    capacitance = columns.capacitance[listed]
    return _sorted_network(
        tree.ids,
        source,
        target,
        weights.time * seconds,
        weights.energy * power[source] * seconds,
        weights.time * work / ghz + weights.energy * capacitance * work * ghz**2,
        tree.parent,
    )


def _sorted_network(
    ids: tuple[str, ...],
    source: Ints,
    target: Ints,
    delay: Floats,
    relay: Floats,
    own: Floats,
    parent: Ints,
) -> Network:
    """Return the network with its links sorted, and their numbers looked up."""
    count = len(ids)
    by_source = np.lexsort((target, source))
    source, target = source[by_source], target[by_source]
    # Links as one sorted number each, to look up the opposite one.
    key = source * count + target
    opposite = target * count + source
    number = np.searchsorted(key, opposite)
    number[number == len(key)] = 0
    exists = key[number] == opposite if len(key) else np.zeros(0, dtype=bool)
    sink_link = np.full(count, -1, dtype=np.int64)
    below = np.flatnonzero(parent >= 0)
    sink_link[below] = np.searchsorted(key, parent[below] * count + below)
    return Network(
        ids=ids,
        source=source,
        target=target,
        delay=delay[by_source],
        relay=relay[by_source],
        reverse=np.where(exists, number, -1),
        start=np.searchsorted(source, np.arange(count + 1)),
        own=own,
        sink_link=sink_link,
    )


def triangle() -> Network:
    """Return a master with two servers that are linked both ways, to warm up loops on."""
    return Network(
        ids=("0", "1", "2"),
        source=np.array([0, 0, 1, 2]),
        target=np.array([1, 2, 2, 1]),
        delay=np.ones(4),
        relay=np.ones(4),
        reverse=np.array([-1, -1, 3, 2]),
        start=np.array([0, 2, 3, 4]),
        own=np.ones(3),
        sink_link=np.array([-1, 0, 1]),
    )
