"""The time, energy and cost of every server: eqs (1) to (8), part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from optkit.allocation.check.tree_arrays import TreeArrays
from optkit.allocation.check.tree_walks import carried_down, gathered_up
from optkit.allocation.check.waiting import SentLoads, waiting_times
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Floats


class ServerMetrics(NamedTuple):
    """Time (s), energy (J) and cost of one server (eqs 1, 2, 3, 5, 6, 7, 8).

    Parameters
    ----------
    load
        Gbit.
    waiting, transmission, computing
        The three parts of its time T.
    energy
        Computing and relaying.
    cost
        J = w1 T + w2 E.
    """

    load: float
    waiting: float
    transmission: float
    computing: float
    energy: float
    cost: float

    @property
    def time(self) -> float:
        """Completion time T in s."""
        return self.waiting + self.transmission + self.computing


def recompute(
    instance: AllocationInstance, solution: AllocationSolution
) -> dict[str, ServerMetrics]:
    """Return the metrics of the master and of every server in the tree.

    The solution must be structurally sound
    (:func:`~optkit.allocation.check.rules.structural_violations`).
    """
    servers = {server.id: server for server in instance.servers}
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    work = instance.task.gcycles_per_gbit
    parent, master = solution.parent, instance.master
    loads = {s: solution.load_gbit.get(s, 0.0) for s in (master, *parent)}

    sent = SentLoads(parent, master, rates)
    waiting = dict.fromkeys(loads, 0.0)
    transmission = dict.fromkeys(loads, 0.0)
    for order in solution.order.values():
        for server in order:
            # Parts sent earlier hold this one up on every link that they share with it.
            waiting[server] = sent.waiting_time(server)
            transmission[server] = sent.send(server, loads[server])

    flow = dict(loads)
    relaying = dict.fromkeys(loads, 0.0)
    for child in reversed(sent.downwards):
        sender = parent[child]
        flow[sender] += flow[child]
        relaying[sender] += servers[sender].tx_watt * flow[child] / rates[sender, child]

    metrics = {}
    for name, load in loads.items():
        machine = servers[name]
        computing = load * work / machine.ghz
        energy = machine.capacitance * load * work * machine.ghz**2 + relaying[name]
        time = waiting[name] + transmission[name] + computing
        metrics[name] = ServerMetrics(
            load=load,
            waiting=waiting[name],
            transmission=transmission[name],
            computing=computing,
            energy=energy,
            cost=instance.weights.time * time + instance.weights.energy * energy,
        )
    return metrics


@dataclass(frozen=True, eq=False)
class MetricArrays:
    """The same as columns, for the servers of a :class:`TreeArrays`, shape (N+1,)."""

    load: Floats
    waiting: Floats
    transmission: Floats
    computing: Floats
    time: Floats
    energy: Floats
    cost: Floats


def recompute_arrays(instance: AllocationInstance, tree: TreeArrays) -> MetricArrays:
    """Return what :func:`recompute` does, for a large solution.

    Parameters
    ----------
    instance
        The instance.
    tree
        The tree of a sound solution.
    """
    network, work = instance.network, instance.task.gcycles_per_gbit
    ghz, power = network.ghz[tree.servers], network.tx_watt[tree.servers]
    seconds_away = carried_down(tree.parent, tree.begins, 1.0 / tree.gbps)

    flow = gathered_up(tree.parent, tree.begins, tree.load)
    spent = power[tree.parent] * flow / tree.gbps
    relaying = np.zeros(tree.count)
    np.add.at(relaying, tree.parent[:0:-1], spent[:0:-1])

    waiting = waiting_times(tree)
    transmission = tree.load * seconds_away
    computing = tree.load * work / ghz
    capacitance = network.capacitance[tree.servers]
    energy = capacitance * tree.load * work * ghz**2 + relaying
    time = waiting + transmission + computing
    weights = instance.weights
    cost = weights.time * time + weights.energy * energy
    return MetricArrays(tree.load, waiting, transmission, computing, time, energy, cost)
