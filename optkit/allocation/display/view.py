"""The data that pictures and tables show: the tree, its metrics, the servers left out.

It needs neither matplotlib nor numpy, because the tables use it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from optkit.allocation.check.checker import check
from optkit.allocation.check.rules import LOAD_TOLERANCE
from optkit.allocation.check.sink import sink_parents
from optkit.allocation.instance import AllocationInstance, Server
from optkit.allocation.solution import AllocationSolution
from optkit.core.solving.result import Verification


@dataclass(frozen=True)
class Row:
    """One server of a solution, and its position in the schedule.

    Parameters
    ----------
    server
        Its id.
    root
        The child of the master whose subtree it is in; None for the master.
    position
        Its position in the subtree's sending order, from 1; 0 for the master.
    """

    server: str
    root: str | None
    position: int


@dataclass(frozen=True, eq=False)
class View:
    """An instance with the tree that is drawn, and the checker's metrics if solved.

    Parameters
    ----------
    instance
        The instance.
    servers
        Its servers by id.
    rates
        Gbit/s of each link, by its ends.
    parent
        The server that each server receives from, level by level. It is the solution's
        tree, completed by the sink tree for servers that the solution leaves out;
        without a solution it is the sink tree.
    depth
        Hops from the master, for the master and all in ``parent``, level by level.
    root
        The child of the master above each server in ``parent``.
    distance
        Seconds that one Gbit takes on the way from the master (d, Sec. IV-A).
    unreachable
        Servers that no path leads to, in file order.
    left_out
        Reachable servers that are not in the solution's tree.
    server_metrics
        The checker's metrics of each server that takes part; empty without a solution.
    binding
        Servers whose cost is the largest.
    order
        The sending order of each subtree.
    verification
        The checker's verdict; None without a solution.
    """

    instance: AllocationInstance
    servers: Mapping[str, Server]
    rates: Mapping[tuple[str, str], float]
    parent: Mapping[str, str]
    depth: Mapping[str, int]
    root: Mapping[str, str]
    distance: Mapping[str, float]
    unreachable: tuple[str, ...]
    left_out: frozenset[str]
    server_metrics: Mapping[str, Mapping[str, float]]
    binding: frozenset[str]
    order: Mapping[str, tuple[str, ...]]
    verification: Verification | None

    @property
    def solved(self) -> bool:
        """Whether there are metrics to show."""
        return bool(self.server_metrics)

    @property
    def master(self) -> str:
        """Return the master's id."""
        return self.instance.master

    def server_metric(self, server: str, name: str) -> float:
        """Return one of the checker's metrics; 0 for a server that takes no part."""
        return (
            self.server_metrics[server][name] if server in self.server_metrics else 0.0
        )

    def metric(self, name: str) -> float:
        """Return one of the checker's metrics of the whole solution."""
        assert self.verification is not None
        return float(self.verification.metrics[name])

    def idle(self, server: str) -> bool:
        """Return whether the load of a server that takes part is too small for a colour."""
        return abs(self.share(server)) <= LOAD_TOLERANCE

    def share(self, server: str) -> float:
        """Return a server's share of the task, from 0 to 1."""
        size = self.instance.task.size_gbit
        return self.server_metric(server, "load_gbit") / size if size else 0.0

    def rows(self) -> list[Row]:
        """Return the master, then each subtree's servers from first to last sent."""
        rows = [Row(self.master, None, 0)]
        for root, order in self.order.items():
            rows += [
                Row(name, root, position) for position, name in enumerate(order, 1)
            ]
        return rows

    def busiest(self, limit: int) -> tuple[list[Row], int]:
        """Return at most ``limit`` rows and how many are missing.

        The master is kept, then the servers with most load; they keep their order. Servers
        without load are kept only if there is room for all rows.
        """
        rows = self.rows()
        if len(rows) <= limit:
            return rows, 0
        ranked = sorted(
            (k for k, row in enumerate(rows) if k and not self.idle(row.server)),
            key=lambda k: (-self.server_metric(rows[k].server, "load_gbit"), k),
        )
        kept = sorted([0, *ranked[: limit - 1]])
        return [rows[k] for k in kept], len(rows) - len(kept)

    def flows(self) -> dict[str, float]:
        """Return the Gbit that each server in the tree receives for itself and below."""
        flow = {
            name: max(self.server_metric(name, "load_gbit"), 0.0)
            for name in self.parent
        }
        for name in reversed(list(self.parent)):
            if self.parent[name] in flow:
                flow[self.parent[name]] += flow[name]
        return flow


def make_view(
    instance: AllocationInstance,
    solution: AllocationSolution | None = None,
    verification: Verification | None = None,
) -> View:
    """Return the data to show of an instance and, if given, its solution.

    Parameters
    ----------
    instance
        The instance.
    solution
        A solution of it.
    verification
        The checker's verdict on the solution; computed if not given.
    """
    server_metrics: Mapping[str, Mapping[str, float]] = {}
    if solution is None:
        verification = None
    else:
        # A violation of the structure leaves no metrics; then only the instance is shown.
        if verification is None or not (
            verification.metrics or verification.violations
        ):
            verification = check(instance, solution)
        server_metrics = verification.metrics.get("servers", {})
    sink = sink_parents(instance)
    used = dict(solution.parent) if solution is not None and server_metrics else sink
    index = {server.id: k for k, server in enumerate(instance.servers)}
    rates = {(link.source, link.target): link.gbps for link in instance.links}
    parent, depth = _levels(instance.master, sink | used, index)
    root: dict[str, str] = {}
    distance = {instance.master: 0.0}
    for child, sender in parent.items():
        root[child] = root.get(sender, child)
        distance[child] = distance[sender] + 1.0 / rates[sender, child]
    order: dict[str, tuple[str, ...]] = {}
    if solution is not None and server_metrics:
        order = {
            name: solution.order[name] for name in parent if name in solution.order
        }
    return View(
        instance=instance,
        servers={server.id: server for server in instance.servers},
        rates=rates,
        parent=parent,
        depth=depth,
        root=root,
        distance=distance,
        unreachable=tuple(name for name in index if name not in depth),
        left_out=frozenset(
            name for name in parent if server_metrics and name not in server_metrics
        ),
        server_metrics=server_metrics,
        binding=frozenset(
            verification.metrics.get("binding_servers", ()) if verification else ()
        ),
        order=order,
        verification=verification,
    )


def _levels(
    master: str, parent: Mapping[str, str], index: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, int]]:
    """Return parents and hops level by level; in a level by parent, then in file order."""
    children: dict[str, list[str]] = {}
    for child in sorted(parent, key=index.__getitem__):
        children.setdefault(parent[child], []).append(child)
    ordered: dict[str, str] = {}
    depth = {master: 0}
    level: Iterable[str] = [master]
    while level:
        following = []
        for sender in level:
            for child in children.get(sender, ()):
                ordered[child] = sender
                depth[child] = depth[sender] + 1
                following.append(child)
        level = following
    return ordered, depth
