"""The data that pictures and tables show: the tree, its metrics, the servers left out.

It does not need matplotlib, because the tables use it as well. A large network is kept as
arrays; what pictures look up by name is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from optkit.allocation.check.checker import check
from optkit.allocation.check.rules import LOAD_TOLERANCE
from optkit.allocation.check.sink import sink_numbers
from optkit.allocation.check.tree_arrays import link_rates, roots_above
from optkit.allocation.check.tree_walks import carried_down, level_by_level
from optkit.allocation.instance import AllocationInstance, Server
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Bools, Floats, Ints
from optkit.core.files.columns import References
from optkit.core.files.records import LazyRecords, Records
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
class ShownTree:
    """The tree that is shown, by the numbers of the servers in the instance.

    Parameters
    ----------
    listed
        The servers below the master, level by level; in a level by parent, then in file
        order.
    parent
        The server that each server receives from, shape (n,); −1 where there is none.
    depth
        Hops from the master, shape (n,); −1 for a server out of reach.
    root
        The child of the master above each server below it, shape (n,).
    distance
        Seconds that one Gbit takes on the way from the master (d, Sec. IV-A), shape (n,).
    """

    listed: Ints
    parent: Ints
    depth: Ints
    root: Ints
    distance: Floats


@dataclass(frozen=True, eq=False)
class View:
    """An instance with the tree that is drawn, and the checker's metrics if solved.

    Parameters
    ----------
    instance
        The instance.
    tree
        The solution's tree, completed by the sink tree for servers that the solution
        leaves out; without a solution it is the sink tree.
    order
        The sending order of each subtree.
    verification
        The checker's verdict; None without a solution.
    """

    instance: AllocationInstance
    tree: ShownTree
    order: Mapping[str, tuple[str, ...]]
    verification: Verification | None

    @cached_property
    def servers(self) -> Mapping[str, Server]:
        """The instance's servers by id."""
        return {server.id: server for server in self.instance.servers}

    @cached_property
    def rates(self) -> Mapping[tuple[str, str], float]:
        """Gbit/s of each link, by its ends."""
        return {(k.source, k.target): k.gbps for k in self.instance.links}

    @cached_property
    def parent(self) -> Mapping[str, str]:
        """The server that each server receives from, level by level."""
        ids, parent = self.instance.network.ids, self.tree.parent
        return {ids[k]: ids[parent[k]] for k in self.tree.listed.tolist()}

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """Hops from the master, for the master and all in ``parent``, level by level."""
        return {self.master: 0, **self._by_name(self.tree.depth)}

    @cached_property
    def root(self) -> Mapping[str, str]:
        """The child of the master above each server in ``parent``."""
        ids, root = self.instance.network.ids, self.tree.root
        return {ids[k]: ids[root[k]] for k in self.tree.listed.tolist()}

    @cached_property
    def distance(self) -> Mapping[str, float]:
        """Seconds that one Gbit takes on the way from the master (d, Sec. IV-A)."""
        return {self.master: 0.0, **self._by_name(self.tree.distance)}

    def _by_name(self, values: npt.NDArray[Any]) -> dict[str, Any]:
        names = map(self.instance.network.ids.__getitem__, self.tree.listed.tolist())
        return dict(zip(names, values[self.tree.listed].tolist(), strict=True))

    @cached_property
    def unreachable(self) -> tuple[str, ...]:
        """Servers that no path leads to, in file order."""
        out_of_reach = np.flatnonzero(self.tree.depth < 0).tolist()
        return tuple(map(self.instance.network.ids.__getitem__, out_of_reach))

    @cached_property
    def takes_part(self) -> Bools:
        """Whether each server of the instance is in the solution, by number."""
        part = np.zeros(len(self.instance.network.ids), dtype=bool)
        part[self._numbers(self._records().keys)] = True
        return part

    def _numbers(self, names: Sequence[str]) -> Ints:
        network = self.instance.network
        if isinstance(names, References) and names.ids is network.ids:
            return names.numbers
        return np.array(list(map(network.number.__getitem__, names)), dtype=np.int64)

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Reachable servers that are not in the solution's tree."""
        if not self.solved:
            return frozenset()
        missing = np.flatnonzero((self.tree.parent >= 0) & ~self.takes_part).tolist()
        return frozenset(map(self.instance.network.ids.__getitem__, missing))

    @property
    def server_metrics(self) -> Mapping[str, Mapping[str, float]]:
        """The checker's metrics of each server that takes part; empty if there are none."""
        metrics = self.verification.metrics if self.verification else {}
        found: Mapping[str, Mapping[str, float]] = metrics.get("servers", {})
        return found

    @cached_property
    def binding(self) -> frozenset[str]:
        """Servers whose cost is the largest."""
        metrics = self.verification.metrics if self.verification else {}
        return frozenset(metrics.get("binding_servers", ()))

    @cached_property
    def marked(self) -> frozenset[str]:
        """The binding servers, if that tells them from others that have a load."""
        loaded = (name for name in self.server_metrics if not self.idle(name))
        return (
            self.binding if any(n not in self.binding for n in loaded) else frozenset()
        )

    @cached_property
    def columns(self) -> Mapping[str, Floats | None]:
        """The checker's metrics by name, one number per server of the instance.

        Servers that take no part have 0; None stands for a metric that is null.
        """
        records = self._records()
        places = self._numbers(records.keys)
        columns: dict[str, Floats | None] = {}
        for name, column in records.columns.items():
            columns[name] = None
            if column is not None:
                spread = np.zeros(len(self.instance.network.ids))
                spread[places] = column
                columns[name] = spread
        return columns

    def _records(self) -> Records:
        """Return the checker's metrics of the servers as columns."""
        metrics = self.verification.metrics if self.verification else {}
        kept = metrics.columns("servers") if isinstance(metrics, LazyRecords) else None
        return kept or Records.of(metrics.get("servers", {}))

    @property
    def solved(self) -> bool:
        """Whether there are metrics to show."""
        return bool(self.verification and len(self._records()))

    @property
    def master(self) -> str:
        """Return the master's id."""
        return self.instance.master

    def server_metric(self, server: str, name: str) -> float:
        """Return one of the checker's metrics; 0 for a server that takes no part."""
        column = self.columns.get(name)
        if column is None:
            return 0.0
        return float(column[self.instance.network.number[server]])

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

    @cached_property
    def row_numbers(self) -> Ints:
        """The numbers of the servers in the rows, without making the rows."""
        names = chain([self.master], chain.from_iterable(self.order.values()))
        return self._numbers(list(names))

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
    if solution is None:
        verification = None
    elif verification is None or not (verification.metrics or verification.violations):
        verification = check(instance, solution)
    number = instance.network.number
    parent = sink_numbers(instance).copy()
    order: Mapping[str, tuple[str, ...]] = {}
    # A violation of the structure leaves no metrics; then only the instance is shown.
    if solution is not None and verification is not None and verification.metrics:
        children = list(map(number.__getitem__, solution.parent))
        parent[children] = list(map(number.__getitem__, solution.parent.values()))
        order = solution.order
    tree = _shown_tree(instance, parent)
    ids = instance.network.ids
    first_level = tree.listed[tree.depth[tree.listed] == 1].tolist()
    ordered = {
        ids[root]: order[ids[root]] for root in first_level if ids[root] in order
    }
    return View(instance, tree, ordered, verification)


def _shown_tree(instance: AllocationInstance, parent: Ints) -> ShownTree:
    """Return the tree in which the servers have these parents."""
    count, master = len(parent), instance.network.number[instance.master]
    children = np.flatnonzero(parent >= 0)
    levels = level_by_level(count, children, parent[children], master)
    assert levels is not None, "the checker found a tree"
    servers, begins = levels
    listed = servers[1:]
    rates = link_rates(instance, parent[listed], listed)
    assert rates is not None, "the checker found every link"
    place = np.zeros(count, dtype=np.int64)
    place[servers] = np.arange(len(servers))
    above = np.concatenate([[0], place[parent[listed]]])
    seconds = np.concatenate([[0.0], 1.0 / rates])
    depth, root, distance = np.full(count, -1), np.arange(count), np.zeros(count)
    depth[servers] = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
    root[listed] = servers[roots_above(above, begins)[1:]]
    distance[servers] = carried_down(above, begins, seconds)
    return ShownTree(listed, parent, depth, root, distance)
