"""The independent checker of allocation solutions.

Everything is recomputed from the instance and the solution, by other formulas than the
solvers use: waiting is summed along each path by where earlier parts left it, where the
solvers take lowest common ancestors of pairs; the sink tree is found by a label-setting
search over (distance, hops), where the solvers select among tight links. Beside the times
of eqs (5) and (6) stand those of an exact simulation (:mod:`optkit.allocation.simulation`).
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from optkit.allocation.instance import AllocationInstance, Server
from optkit.allocation.simulation import Simulation, simulate
from optkit.allocation.solution import AllocationSolution
from optkit.core.result import Verification, Violation

LOAD_TOLERANCE = 1e-7
"""Relative to the task size, for the sum of the loads and for each load's sign."""

BINDING_TOLERANCE = 1e-6
"""A server binds if its cost is within this share of the largest."""


class ServerFigures(NamedTuple):
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
        the servers that are unreachable or left out, and the figures of each server;
        beside them the times and costs of exact store and forward, None where it takes
        too long to simulate.
    """
    with _collector_paused():
        sink = sink_parents(instance)
        broken = _violations(instance, solution, sink)
        if any(violation.kind in _STRUCTURAL for violation in broken):
            return Verification(False, None, tuple(broken))
        figures = recompute(instance, solution)
        objective = max(figure.cost for figure in figures.values())
        exact = simulate(instance, solution, figures)
        metrics = _metrics(instance, figures, objective, sink, exact)
        return Verification(not broken, objective, tuple(broken), metrics)


def structural_violations(
    instance: AllocationInstance, solution: AllocationSolution
) -> list[Violation]:
    """Return what is so wrong with a solution that it has no figures at all."""
    found = _violations(instance, solution, sink_parents(instance))
    return [violation for violation in found if violation.kind in _STRUCTURAL]


def _violations(
    instance: AllocationInstance, solution: AllocationSolution, sink: Mapping[str, str]
) -> list[Violation]:
    servers = {server.id: server for server in instance.servers}
    broken = [
        *_check_tree(instance, solution, servers, sink),
        *_check_loads(instance, solution, servers),
    ]
    if not any(violation.kind in _STRUCTURAL for violation in broken):
        broken += _check_order(instance, solution)
    return broken


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Leave cyclic garbage where it is for a while.

    Nothing here makes any, and on large instances looking for it takes a third of the
    time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_STRUCTURAL = frozenset({"parent", "order", "unknown-server"})


def _check_tree(
    instance: AllocationInstance,
    solution: AllocationSolution,
    servers: Mapping[str, Server],
    sink: Mapping[str, str],
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

    routes = _Routes(parent, master, rates)
    waiting = dict.fromkeys(loads, 0.0)
    transmission = dict.fromkeys(loads, 0.0)
    for order in solution.order.values():
        for server in order:
            # A part that was sent earlier holds up this one on every link they share.
            waiting[server] = routes.held_up(server)
            transmission[server] = routes.send(server, loads[server])

    flow = dict(loads)
    relaying = dict.fromkeys(loads, 0.0)
    for child in reversed(routes.downwards):
        sender = parent[child]
        flow[sender] += flow[child]
        relaying[sender] += servers[sender].tx_watt * flow[child] / rates[sender, child]

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


class _Routes:
    """The ways from the master, and what has been sent along each so far.

    A way may be as long as the tree is high. It is cut into a few runs of links (a server's
    child with the most servers below it continues its run), and where a run is long, what
    left it earlier is summed over blocks of places, each twice the size of the one before.

    Parameters
    ----------
    parent
        Whom each server receives from.
    master
        The root.
    rates
        Gbit/s of each link (source, target).
    """

    def __init__(
        self,
        parent: Mapping[str, str],
        master: str,
        rates: Mapping[tuple[str, str], float],
    ) -> None:
        self._parent, self._master = parent, master
        children: dict[str, list[str]] = {name: [] for name in (master, *parent)}
        for child, sender in parent.items():
            children[sender].append(child)
        self.downwards = list(children[master])  # parents before children
        for name in self.downwards:  # grows while it is walked
            self.downwards.extend(children[name])
        below = dict.fromkeys(children, 1)
        for name in reversed(self.downwards):
            below[parent[name]] += below[name]

        # Seconds per Gbit: from the master, and from where the server's run begins.
        self._way = {master: 0.0}
        self._along: dict[str, float] = {}
        self._start: dict[str, str] = {}
        runs: dict[str, list[str]] = {}
        heirs = {
            sender: sorted(listed, key=below.__getitem__)[-1]
            for sender, listed in children.items()
            if listed and sender != master
        }
        for name in self.downwards:
            sender = parent[name]
            seconds = 1.0 / rates[sender, name]
            self._way[name] = self._way[sender] + seconds
            if heirs.get(sender) == name:
                self._start[name] = self._start[sender]
                self._along[name] = self._along[sender] + seconds
            else:
                self._start[name] = name
                self._along[name] = seconds
            runs.setdefault(self._start[name], []).append(name)

        # Long runs first: so each begins at a multiple of its length, rounded up to a
        # power of two, and blocks of two runs do not overlap.
        self._place: dict[str, int] = {}
        self._bits: dict[str, range] = {}
        first = 0
        for start in sorted(runs, key=lambda start: -len(runs[start])):
            run = runs[start]
            bits = len(run[1:]).bit_length()
            self._bits[start] = range(bits)
            self._place.update(zip(run, range(first, first + len(run)), strict=True))
            first += 1 << bits
        # For each size of block: Gbit that left the run there; and the same times the
        # seconds per Gbit up to where it left.
        sizes = range(first.bit_length())
        self._gbit = [[0.0] * (first >> bit) for bit in sizes]
        self._spent = [[0.0] * (first >> bit) for bit in sizes]

    def held_up(self, server: str) -> float:
        """Return the seconds that what was sent so far takes on the way to ``server``.

        In each run, what left it before this way does, or where it does, counts up to
        where it left; what stayed longer counts as far as this way goes.
        """
        total = 0.0
        while server != self._master:
            start, place = self._start[server], self._place[server]
            total += self._spent[0][place]
            beyond = 0.0
            for bit in self._bits[start]:
                block = place >> bit
                if block & 1:
                    total += self._spent[bit][block ^ 1]
                else:
                    beyond += self._gbit[bit][block ^ 1]
            total += beyond * self._along[server]
            server = self._parent[start]
        return total

    def send(self, server: str, load: float) -> float:
        """Send ``load`` Gbit to ``server``; return the seconds that it takes."""
        target = server
        while load != 0.0 and server != self._master:
            start, place = self._start[server], self._place[server]
            spent = load * self._along[server]
            self._spent[0][place] += spent
            self._gbit[0][place] += load
            for bit in self._bits[start][1:]:
                self._spent[bit][place >> bit] += spent
                self._gbit[bit][place >> bit] += load
            server = self._parent[start]
        return load * self._way[target]


def _metrics(
    instance: AllocationInstance,
    figures: Mapping[str, ServerFigures],
    objective: float,
    sink: Mapping[str, str],
    exact: Simulation | None,
) -> dict[str, Any]:
    names = [server.id for server in instance.servers]
    return {
        "completion_time_s": max(figure.time for figure in figures.values()),
        "store_and_forward_makespan_s": exact.makespan if exact else None,
        "store_and_forward_cost": exact.largest_cost if exact else None,
        "max_energy_j": max(figure.energy for figure in figures.values()),
        "total_energy_j": sum(figure.energy for figure in figures.values()),
        "binding_servers": [
            name
            for name in names
            if name in figures
            and figures[name].cost >= objective * (1.0 - BINDING_TOLERANCE)
        ],
        "unreachable_servers": [
            name for name in names if name not in sink and name != instance.master
        ],
        "left_out_servers": [
            name for name in names if name in sink and name not in figures
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
                "store_and_forward_time_s": exact.finish[name] if exact else None,
            }
            for name in names
            if name in figures
        },
    }
