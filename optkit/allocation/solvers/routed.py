"""Routed: the tree is chosen too, by local search, with a bound over all trees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relay_condition import holds
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import supported
from optkit.allocation.problem.network_arrays import Network, network
from optkit.allocation.problem.plan import Plan, local_plan, report
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.core.arrays import Ints
from optkit.core.consistency import OPTIMALITY_GAP, relative_gap
from optkit.core.options import Options
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver

if TYPE_CHECKING:
    from optkit.allocation.heuristics.routing.search import TreeSearch

MOST_PAIRS = 300_000
"""Most nodes of the forest of the first bound, a pair of first link and server each."""

MOST_NODES = 20_000
"""Most nodes of the forests of the bounds after it; a round over them takes some 10 ms."""

WORTH = 0.01
"""Share of the gap that longer beginnings must close; the second that do not are the
last."""


class RoutedOptions(Options):
    """Options of the search over trees."""

    rounds: int = Field(
        30,
        ge=0,
        description="perturbations of the best tree, each with a descent, without a gain"
        " before the search ends",
    )
    kicks: int = Field(
        4,
        ge=1,
        le=100,
        description="most moves of one perturbation; at least one is made",
    )
    bound_depth: int = Field(
        5,
        ge=1,
        le=20,
        description="links from the master up to which the bound tells ways apart; fewer"
        " where that is too many",
    )


@register
class Routed(Solver[AllocationInstance]):
    """Local search over the trees made of the instance's links, from the sink tree's.

    Never worse than ``block`` on the sink tree; contiguous orders are evaluated
    for each tree, and where they are not proven best the last tree's orders are searched.
    An iteration is a descent, an evaluation a tree.
    """

    name = "routed"
    family: ClassVar[str] = "allocation"
    kind = Kind.HEURISTIC
    reference = "docs/allocation-routing.md"
    variant: ClassVar[str] = "free routing"
    capabilities = Capabilities(
        bound=True, warm_start=True, seed=True, iterations=True, evaluations=True
    )
    Options = RoutedOptions

    def supports(self, instance: AllocationInstance) -> Availability:
        """Refuse instances on which a server works for nothing."""
        if supported(sink_tree(instance)) and np.all(network(instance).own > 0.0):
            return Availability()
        return Availability(
            False, "a server computes at no cost, so no load fills its budget; take pmo"
        )

    def run(self, instance: AllocationInstance, run: Run) -> Outcome:
        """Descend from the sink tree and others, bound, then perturb and descend."""
        from optkit.allocation.bounds.routing.all_trees import COARSE_SOURCE, coarse
        from optkit.allocation.heuristics.routing.trees import planned

        assert isinstance(self.options, RoutedOptions)
        tree = replace(sink_tree(instance), routing="free")
        report(run, tree, local_plan(tree))
        net = network(instance)
        size = instance.task.size_gbit
        run.prove(size / coarse(net, tree.distance), COARSE_SOURCE)
        run.model_built()
        report(run, *planned(instance, net, net.sink_link))
        work = _Work(instance, net, run, self.options)
        if run.initial is not None:
            work.take(run.initial)
        if len(net.source) and not work.search():
            return Outcome(run.stop_reason() or Reason.CONVERGED, work.detail())
        gap = relative_gap(run.objective, run.bound)
        if gap is not None and gap <= OPTIMALITY_GAP:
            return Outcome(Reason.PROVED, work.detail())
        return Outcome(run.stop_reason() or Reason.CONVERGED, work.detail())


class _Work:
    """One run's search."""

    def __init__(
        self,
        instance: AllocationInstance,
        net: Network,
        run: Run,
        options: RoutedOptions,
    ) -> None:
        from optkit.allocation.heuristics.routing.trees import plan_seconds

        self._instance, self._net, self._run = instance, net, run
        self._options = options
        self._starts: list[Ints] = [net.sink_link]
        self._reserve = plan_seconds(net)
        self._best = net.sink_link
        self._value = 0.0

    def take(self, initial: object) -> None:
        """Report the initial solution's orders with the best loads, and start there too."""
        from optkit.allocation.heuristics.routing.trees import (
            SEARCHED,
            plan_of,
            spanning,
        )

        assert isinstance(initial, AllocationSolution)
        self._starts.append(spanning(self._net, initial))
        told = "its tree is one of those that the search begins from"
        longest = max(map(len, initial.order.values()), default=0)
        if longest <= SEARCHED:
            report(self._run, *plan_of(self._instance, initial))
            told = f"its orders with the best loads are the first incumbent; {told}"
        self._run.report_initial(True, told)

    def detail(self) -> str:
        """Return how far the work has come."""
        return f"{self._run.evaluations} trees"

    def search(self) -> bool:
        """Do everything; say whether it came to its end."""
        from optkit.allocation.heuristics.routing.search import TreeSearch
        from optkit.allocation.heuristics.routing.warm_up import warm_up

        if not wait_until_warm(warm_up, self._run.should_stop):
            return False
        run, net = self._run, self._net
        search = TreeSearch(net, net.sink_link)
        search.entries = run.rng("entries").permutation(len(net.source))
        self._bound(1, 1)
        # Nearest first: whom the sink tree hangs a server under stands before it.
        nearest = np.argsort(sink_tree(self._instance).distance[1:], kind="stable") + 1
        if not self._proved() and search.grow(nearest, self._over):
            self._descend(search)
        for link in self._starts:
            if not self._proved() and not self._over():
                search.start(link)
                self._descend(search)
        if not self._proved():
            self._bound(2, self._options.bound_depth)
        if not self._proved():
            self._perturb(search)
        if not self._over() and not self._proved():
            self._orders()
        return not self._over()

    def _over(self) -> bool:
        """Say whether a limit is reached, or time is left only for making the answer."""
        return self._run.should_stop() or not self._run.affords(self._reserve)

    def _proved(self) -> bool:
        gap = relative_gap(self._run.objective, self._run.bound)
        return gap is not None and gap <= OPTIMALITY_GAP

    def _descend(self, search: TreeSearch) -> bool:
        """Improve the tree until no move does; say whether it became the best."""
        run = self._run
        run.count(evaluations=1)
        while not search.complete and not self._over():
            left = run.limits.evaluations
            allowed = 10**9 if left is None else left - run.evaluations
            run.count(evaluations=search.advance(allowed))
        run.count(iterations=1)
        run.progress(self.detail())
        if search.value <= self._value * (1.0 + 1e-12):
            return False
        self._value, self._best = search.value, search.link
        report(run, *self._planned())
        return True

    def _planned(self) -> tuple[SinkTree, Plan]:
        from optkit.allocation.heuristics.routing.trees import planned

        return planned(self._instance, self._net, self._best)

    def _bound(self, first: int, last: int) -> None:
        """Report the bounds for beginnings of ``first`` to ``last`` links."""
        from optkit.allocation.bounds.routing.all_trees import ForestBound, source
        from optkit.allocation.bounds.routing.dominator_tree import (
            SOURCE as FORCED_SOURCE,
        )
        from optkit.allocation.bounds.routing.dominator_tree import (
            dominator_tree,
            forced,
            forced_bound,
        )
        from optkit.allocation.bounds.routing.path_forest import Unroller
        from optkit.allocation.problem.contiguous_orders import blocks

        net, run = self._net, self._run
        unroller = Unroller(net)
        size = self._instance.task.size_gbit
        idle = 0
        for depth in range(first, last + 1):
            most = MOST_PAIRS if depth == 1 else MOST_NODES
            if depth == 1 and len(net.first_links) * net.count > most:
                return
            forest = unroller.forest(depth, most, self._over)
            if forest is None or self._over():
                return
            if depth == 1 and forced(net, forest):
                tree, known = dominator_tree(net, forest, size), self._planned()[0]
                run.prove(
                    forced_bound(tree, known, blocks(known), self._over), FORCED_SOURCE
                )
            bound = ForestBound(net, forest, self._best, self._over)
            bound.improve()
            before = relative_gap(run.objective, run.bound)
            if np.isfinite(bound.bound):
                run.prove(size / bound.bound, source(depth))
            gap = relative_gap(run.objective, run.bound)
            assert before is not None
            assert gap is not None
            idle = idle + 1 if gap > (1.0 - WORTH) * before else 0
            if idle == 2 or self._proved():
                return

    def _perturb(self, search: TreeSearch) -> None:
        """Leave the best tree by some moves and descend, until that gains no more."""
        draw = self._run.rng("kicks")
        idle = 0
        while idle < self._options.rounds and not self._over():
            search.start(self._best)
            count = int(draw.integers(1, self._options.kicks + 1))
            search.kick(
                draw.integers(len(self._net.source), size=count), draw.random(count)
            )
            idle = 0 if self._descend(search) else idle + 1

    def _orders(self) -> None:
        """Search the orders on the best tree, unless contiguous ones are optimal."""
        from optkit.allocation.heuristics.local_search import order_search
        from optkit.allocation.heuristics.routing.trees import improve_orders

        tree, plan = self._planned()
        if not np.any(tree.relay[tree.parent > 0] > 0.0) or holds(tree):
            return
        if wait_until_warm(order_search.warm_up, self._run.should_stop):
            better = improve_orders(tree, plan, self._run)
            if better is not None:
                report(self._run, tree, better)
