"""The independent checker of allocation solutions.

Everything is recomputed from the instance and the solution, in plain Python and by other
formulas than the solvers use: waiting is summed link by link along each path, where the
solvers take lowest common ancestors of pairs; the sink tree is found by a label-setting
search over (distance, hops), where the solvers select among tight links.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optkit.allocation.instance import AllocationInstance, Server
from optkit.allocation.solution import AllocationSolution
from optkit.core.result import Verification, Violation

LOAD_TOLERANCE = 1e-7
"""Relative to the task size, for the sum of the loads and for each load's sign."""

BINDING_TOLERANCE = 1e-6
"""A server binds if its cost is within this share of the largest."""


@dataclass(frozen=True)
class ServerFigures:
    """What one server spends (eqs 1, 2, 3, 5, 6, 7, 8); times in s, energy in J.

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


def check(instance: AllocationInstance, solution: AllocationSolution) -> Verification:
    """Recompute a solution's cost and find everything that is wrong with it.

    Parameters
    ----------
    instance
        The instance it is for.
    solution
        The solution.

    Returns
    -------
    Verification
        With ``metrics``: completion time, largest and total energy, the binding servers,
        the servers that are unreachable or left out, and the figures of each server.
    """
    servers = {server.id: server for server in instance.servers}
    broken = [
        *_check_tree(instance, solution, servers),
        *_check_loads(instance, solution, servers),
    ]
    if not any(violation.kind in _STRUCTURAL for violation in broken):
        broken += _check_order(instance, solution)
    if any(violation.kind in _STRUCTURAL for violation in broken):
        return Verification(False, None, tuple(broken))
    figures = recompute(instance, solution)
    objective = max(figure.cost for figure in figures.values())
    return Verification(
        not broken, objective, tuple(broken), _metrics(instance, figures, objective)
    )


_STRUCTURAL = frozenset({"parent", "order", "unknown-server"})


def _check_tree(
    instance: AllocationInstance,
    solution: AllocationSolution,
    servers: Mapping[str, Server],
) -> list[Violation]:
    broken = []
    links = {(link.source, link.target) for link in instance.links}
    for child, parent in solution.parent.items():
        path = f"parent.{child}"
        if child not in servers:
            broken.append(Violation("unknown-server", path, "is no server's id"))
        elif parent not in servers:
            broken.append(
                Violation("unknown-server", path, f"{parent!r} is no server's id")
            )
        elif child == instance.master:
            broken.append(Violation("parent", path, "the master receives from nobody"))
        elif (parent, child) not in links:
            broken.append(
                Violation("parent", path, f"there is no link from {parent!r}")
            )
    if broken:
        return broken
    rooted = {instance.master}
    for server in solution.parent:
        trail: dict[str, None] = {}
        step = server
        while step not in rooted and step in solution.parent and step not in trail:
            trail[step] = None
            step = solution.parent[step]
        if step in rooted:
            rooted.update(trail)
        else:
            broken.append(
                Violation(
                    "parent",
                    f"parent.{server}",
                    f"following the parents ends at {step!r}, not at the master",
                )
            )
    if not broken and solution.routing == "sink":
        sink = sink_parents(instance)
        broken += [
            Violation(
                "routing",
                f"parent.{child}",
                f"{parent!r} is claimed for routing 'sink'; the shortest path comes"
                f" from {sink[child]!r}",
            )
            for child, parent in solution.parent.items()
            if sink[child] != parent
        ]
    return broken


def sink_parents(instance: AllocationInstance) -> dict[str, str]:
    """Return each reachable server's predecessor on its shortest path from the master.

    Edge weight 1/R; equal sums are broken by fewer hops, then by the predecessor that
    stands first in ``servers``.
    """
    outgoing: dict[str, list[tuple[str, float]]] = {s.id: [] for s in instance.servers}
    for link in instance.links:
        outgoing[link.source].append((link.target, 1.0 / link.gbps))
    label: dict[str, tuple[float, int]] = {}
    heap = [(0.0, 0, instance.master)]
    while heap:
        distance, hops, server = heapq.heappop(heap)
        if server in label:
            continue
        label[server] = (distance, hops)
        for target, weight in outgoing[server]:
            if target not in label:
                heapq.heappush(heap, (distance + weight, hops + 1, target))
    parents: dict[str, str] = {}
    for sender in outgoing:  # in file order, so the first that fits stays
        if sender not in label:
            continue
        distance, hops = label[sender]
        for target, weight in outgoing[sender]:
            if (
                target != instance.master
                and target not in parents
                and (distance + weight, hops + 1) == label[target]
            ):
                parents[target] = sender
    return parents


def _check_loads(
    instance: AllocationInstance,
    solution: AllocationSolution,
    servers: Mapping[str, Server],
) -> list[Violation]:
    broken = []
    size = instance.task.size_gbit
    for server, load in solution.load_gbit.items():
        path = f"load_gbit.{server}"
        if server not in servers:
            broken.append(Violation("unknown-server", path, "is no server's id"))
        elif load < -LOAD_TOLERANCE * size:
            broken.append(Violation("negative-load", path, f"{load!r} is below zero"))
        elif load != 0 and server != instance.master and server not in solution.parent:
            broken.append(
                Violation(
                    "unrouted-load",
                    path,
                    f"{load!r} Gbit, but the server stands in no tree; name its parent",
                )
            )
    total = sum(solution.load_gbit.values())
    if abs(total - size) > LOAD_TOLERANCE * size:
        broken.append(
            Violation(
                "task-size",
                "load_gbit",
                f"sums to {total!r} Gbit; the task has {size!r}",
            )
        )
    return broken


def _check_order(
    instance: AllocationInstance, solution: AllocationSolution
) -> list[Violation]:
    broken = []
    members = _subtrees(instance, solution)
    for root, expected in members.items():
        if root not in solution.order:
            broken.append(
                Violation(
                    "order",
                    f"order.{root}",
                    "missing; every child of the master has one",
                )
            )
            continue
        listed = solution.order[root]
        seen: set[str] = set()
        for position, server in enumerate(listed):
            path = f"order.{root}[{position}]"
            if server not in expected:
                broken.append(
                    Violation("order", path, f"{server!r} is not in this subtree")
                )
            elif server in seen:
                broken.append(Violation("order", path, f"{server!r} stands twice"))
            seen.add(server)
        broken += [
            Violation("order", f"order.{root}", f"{server!r} is missing")
            for server in expected
            if server not in seen
        ]
    broken += [
        Violation("order", f"order.{root}", "is not a child of the master in `parent`")
        for root in solution.order
        if root not in members
    ]
    return broken


def _subtrees(
    instance: AllocationInstance, solution: AllocationSolution
) -> dict[str, dict[str, None]]:
    """Return the members of each child's subtree, by the child's id."""
    root = {
        child: child
        for child, parent in solution.parent.items()
        if parent == instance.master
    }
    for server in solution.parent:
        trail = []
        step = server
        while step not in root:
            trail.append(step)
            step = solution.parent[step]
        for passed in trail:
            root[passed] = root[step]
    members: dict[str, dict[str, None]] = {}
    for server in solution.parent:
        members.setdefault(root[server], {})[server] = None
    return members


def recompute(
    instance: AllocationInstance, solution: AllocationSolution
) -> dict[str, ServerFigures]:
    """Return the figures of the master and of every server in the tree.

    The solution must be structurally sound; :func:`check` sees to that.
    """
    servers = {server.id: server for server in instance.servers}
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    work = instance.task.gcycles_per_gbit
    parent, master = solution.parent, instance.master
    loads = {s: solution.load_gbit.get(s, 0.0) for s in (master, *parent)}

    waiting = dict.fromkeys(loads, 0.0)
    transmission = dict.fromkeys(loads, 0.0)
    through = dict.fromkeys(parent, 0.0)  # Gbit sent so far over the link into a server
    for order in solution.order.values():
        for server in order:
            load = loads[server]
            step = server
            while step != master:
                rate = rates[parent[step], step]
                # A part that was sent earlier holds up this one on every link they share.
                waiting[server] += through[step] / rate
                transmission[server] += load / rate
                through[step] += load
                step = parent[step]

    relaying = dict.fromkeys(loads, 0.0)
    for child, sender in parent.items():
        flow = through[child]
        relaying[sender] += servers[sender].tx_watt * flow / rates[sender, child]

    figures = {}
    for name, load in loads.items():
        machine = servers[name]
        computing = load * work / machine.ghz
        energy = machine.capacitance * load * work * machine.ghz**2 + relaying[name]
        time = waiting[name] + transmission[name] + computing
        figures[name] = ServerFigures(
            load=load,
            waiting=waiting[name],
            transmission=transmission[name],
            computing=computing,
            energy=energy,
            cost=instance.weights.time * time + instance.weights.energy * energy,
        )
    return figures


def _metrics(
    instance: AllocationInstance,
    figures: Mapping[str, ServerFigures],
    objective: float,
) -> dict[str, Any]:
    reachable = sink_parents(instance)
    names = [server.id for server in instance.servers]
    return {
        "completion_time_s": max(figure.time for figure in figures.values()),
        "max_energy_j": max(figure.energy for figure in figures.values()),
        "total_energy_j": sum(figure.energy for figure in figures.values()),
        "binding_servers": [
            name
            for name in names
            if name in figures
            and figures[name].cost >= objective * (1.0 - BINDING_TOLERANCE)
        ],
        "unreachable_servers": [
            name for name in names if name not in reachable and name != instance.master
        ],
        "left_out_servers": [
            name for name in names if name in reachable and name not in figures
        ],
        "servers": {
            name: {
                "load_gbit": figures[name].load,
                "waiting_s": figures[name].waiting,
                "transmission_s": figures[name].transmission,
                "computing_s": figures[name].computing,
                "time_s": figures[name].time,
                "energy_j": figures[name].energy,
                "cost": figures[name].cost,
            }
            for name in names
            if name in figures
        },
    }
