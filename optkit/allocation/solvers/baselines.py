"""The schemes that the paper compares with (Sec. VII-B)."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from optkit.allocation.problem.plan import Plan, local_plan, report_plan
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.problem.task_split import TaskSplit, split_task
from optkit.allocation.solvers.base import PAPER, TreeSolver
from optkit.core.arrays import Floats, Ints
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, OptionsT, Outcome


class BaselineOptions(Options):
    """The objective of a baseline."""

    objective: Literal["time", "cost"] = Field(
        "time",
        description="what is minimised: completion time as in the paper, or the cost",
    )


class Baseline(TreeSolver[OptionsT]):
    """A scheme that uses the master and at most one server of each subtree."""

    kind = Kind.BASELINE
    reference = f"{PAPER}, Sec. VII-B"
    capabilities = Capabilities(bound=True)
    anytime: ClassVar[bool] = False

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Report the scheme's one solution."""
        loads = self.loads(tree)
        used = tree.restrict((loads > 0.0) | (np.arange(tree.count) == 0))
        kept = dict(zip(tree.ids, loads, strict=True))
        loads = np.array([kept[name] for name in used.ids])
        orders = tuple(subtree.workers for subtree in used.subtrees)
        report_plan(run, used, Plan(cost_of(used, loads), loads, orders))
        return Outcome(Reason.CONVERGED, "computed directly")

    @abstractmethod
    def loads(self, tree: SinkTree) -> Floats:
        """Return the load of every server in Gbit, shape (N+1,).

        At most one server of each subtree gets any.
        """


def cost_of(tree: SinkTree, loads: Floats) -> float:
    """Return the largest cost if at most one server of each subtree has load."""
    flow = loads.copy()
    cost = tree.own * loads
    for server in range(tree.count - 1, 0, -1):
        parent = tree.parent[server]
        flow[parent] += flow[server]
        cost[parent] += tree.relay[server] * flow[server]
    return float(cost.max())


def cost_alone(tree: SinkTree) -> Floats:
    """Return the largest cost per Gbit if each server gets everything, shape (N+1,)."""
    dearest = np.zeros(tree.count)  # the most that any relay on the way pays
    for server in range(1, tree.count):
        dearest[server] = max(dearest[tree.parent[server]], tree.relay[server])
    return np.maximum(dearest, tree.own)


def _best_split(tree: SinkTree, children: Ints, objective: str) -> TaskSplit:
    """Return the best split of the task between the master and some of its children."""
    by_time = objective == "time"
    per_load = tree.time if by_time else tree.own
    send = np.zeros(len(children)) if by_time else tree.relay[children]
    return split_task(tree.size, float(per_load[0]), send, per_load[children])


def _offload(tree: SinkTree, children: Ints, objective: str) -> Floats:
    """Return the loads of the best split among the master and some of its children."""
    best = _best_split(tree, children, objective)
    loads = np.zeros(tree.count)
    loads[0] = best.master
    loads[children] = best.subtrees
    return loads


@register
class Local(Baseline):
    """The master does everything."""

    name = "local"

    def loads(self, tree: SinkTree) -> Floats:
        """Return all of the task for the master."""
        return local_plan(tree).loads


@register
class Partial(Baseline[BaselineOptions]):
    """The master shares the task with one of its neighbours, the best one."""

    name = "partial"
    Options = BaselineOptions

    def loads(self, tree: SinkTree) -> Floats:
        """Return the best two-server split."""
        objective = self.options.objective
        children = np.flatnonzero(tree.parent == 0)
        if not len(children):
            return local_plan(tree).loads
        costs = [
            _best_split(tree, children[[k]], objective).cost
            for k in range(len(children))
        ]
        return _offload(tree, children[[int(np.argmin(costs))]], objective)


@register
class MasterWorker(Baseline[BaselineOptions]):
    """The master shares the task with all of its neighbours."""

    name = "master-worker"
    Options = BaselineOptions

    def loads(self, tree: SinkTree) -> Floats:
        """Return the best split over the master and its children."""
        return _offload(tree, np.flatnonzero(tree.parent == 0), self.options.objective)


class MultiHopOptions(Options):
    """Which server gets the task."""

    choice: Literal["ghz", "time", "cost"] = Field(
        "ghz",
        description="the server that gets all: the fastest processor (the paper's 'most"
        " powerful'; of equals the nearest), the least completion time, or the least cost",
    )


@register
class MultiHop(Baseline[MultiHopOptions]):
    """The whole task goes to one server, however far away; never to the master."""

    name = "multi-hop"
    Options = MultiHopOptions

    def loads(self, tree: SinkTree) -> Floats:
        """Return all of the task for the chosen server."""
        if tree.count == 1:
            return local_plan(tree).loads
        keys: dict[str, Floats] = {
            "ghz": -tree.ghz,
            "time": tree.time,
            "cost": cost_alone(tree),
        }
        order = np.lexsort((tree.time[1:], keys[self.options.choice][1:]))
        loads = np.zeros(tree.count)
        loads[1 + order[0]] = tree.size
        return loads
