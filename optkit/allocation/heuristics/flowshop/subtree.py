"""One subtree as a flow shop: its links and servers in cost units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.core.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class FlowShop:
    """One subtree of n servers as a flow shop: links are machines, parts are jobs.

    Costs of single links are taken from the rates; as differences of distances they would
    lose their digits where rates differ over decades.

    Parameters
    ----------
    parent
        Number inside the subtree of each one's parent, shape (n,); −1 for the first.
    step
        w1/R of the link into each server, shape (n,).
    computing
        w1 b/f + w2 γ b f², cost per Gbit of computing, shape (n,).
    relay
        w2 e/R that the parent pays per Gbit passed on, shape (n,); 0 for the first, where
        it is the master's.
    """

    parent: Ints
    step: Floats
    computing: Floats
    relay: Floats

    @property
    def size(self) -> int:
        """Number of servers."""
        return len(self.parent)

    @cached_property
    def own(self) -> Floats:
        """Cost per Gbit of each server if nobody else is sent anything, shape (n,)."""
        way = np.zeros(self.size)
        for server in range(self.size):
            above = self.parent[server]
            way[server] = self.step[server] + (way[above] if above >= 0 else 0.0)
        return way + self.computing

    def path(self, server: int) -> list[int]:
        """Return the servers on the way to ``server``, itself last."""
        upwards = []
        while server >= 0:
            upwards.append(server)
            server = int(self.parent[server])
        return upwards[::-1]


def flow_shops(instance: AllocationInstance, tree: SinkTree) -> list[FlowShop]:
    """Return the subtrees of ``tree``, in the order of the master's children."""
    rate = {(link.source, link.target): link.gbps for link in instance.links}
    ids, weights, work = tree.ids, instance.weights, instance.task.gcycles_per_gbit
    machine = {server.id: server for server in instance.servers}
    rates = [
        rate[ids[tree.parent[server]], ids[server]] for server in range(1, tree.count)
    ]
    step = weights.time / np.array([np.inf, *rates])
    ghz = np.array([machine[name].ghz for name in ids])
    capacitance = np.array([machine[name].capacitance for name in ids])
    computing = weights.time * work / ghz + weights.energy * capacitance * work * ghz**2
    shops = []
    for subtree in tree.subtrees:
        relay = subtree.relay.copy()
        relay[0] = 0.0
        members = subtree.members
        shops.append(FlowShop(subtree.parent, step[members], computing[members], relay))
    return shops
