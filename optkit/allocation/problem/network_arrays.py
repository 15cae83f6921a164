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

    Servers are numbered as in the sink tree. Links into the master are left out, no tree
    rooted there has any. Links are sorted by source.

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

    def links_of(self, parent: dict[str, str]) -> Ints:
        """Return each server's link in a tree, −1 where it stands in none."""
        number = {name: k for k, name in enumerate(self.ids)}
        known = {
            (s, t): k
            for k, (s, t) in enumerate(
                zip(self.source.tolist(), self.target.tolist(), strict=True)
            )
        }
        links = np.full(self.count, -1, dtype=np.int64)
        for child, sender in parent.items():
            links[number[child]] = known[number[sender], number[child]]
        return links


def network(instance: AllocationInstance) -> Network:
    """Return the reachable part of the network of ``instance``."""
    tree: SinkTree = sink_tree(instance)
    number = {name: k for k, name in enumerate(tree.ids)}
    servers = {server.id: server for server in instance.servers}
    weights, work = instance.weights, instance.task.gcycles_per_gbit
    usable = [
        link
        for link in instance.links
        if link.source in number and link.target != instance.master
    ]
    source = np.array([number[link.source] for link in usable], dtype=np.int64)
    target = np.array([number[link.target] for link in usable], dtype=np.int64)
    seconds = 1.0 / np.array([link.gbps for link in usable], dtype=float)
    power = np.array([servers[name].tx_watt for name in tree.ids])
    ghz = np.array([servers[name].ghz for name in tree.ids])
    capacitance = np.array([servers[name].capacitance for name in tree.ids])
    return _made(
        tree.ids,
        source,
        target,
        weights.time * seconds,
        weights.energy * power[source] * seconds,
        weights.time * work / ghz + weights.energy * capacitance * work * ghz**2,
        tree.parent,
    )


def _made(
    ids: tuple[str, ...],
    source: Ints,
    target: Ints,
    delay: Floats,
    relay: Floats,
    own: Floats,
    parent: Ints,
) -> Network:
    count = len(ids)
    by_source = np.lexsort((target, source))
    source, target = source[by_source], target[by_source]
    # Links as one sorted number each, to look the opposite one up.
    key = source * count + target
    opposite = target * count + source
    place = np.searchsorted(key, opposite)
    place[place == len(key)] = 0
    found = key[place] == opposite if len(key) else np.zeros(0, dtype=bool)
    sink = np.full(count, -1, dtype=np.int64)
    below = np.flatnonzero(parent >= 0)
    sink[below] = np.searchsorted(key, parent[below] * count + below)
    return Network(
        ids=ids,
        source=source,
        target=target,
        delay=delay[by_source],
        relay=relay[by_source],
        reverse=np.where(found, place, -1),
        start=np.searchsorted(source, np.arange(count + 1)),
        own=own,
        sink_link=sink,
    )
