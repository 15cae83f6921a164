"""Routed: the tree is chosen too, by local search, with a bound over all trees."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from optkit.allocation.bounds.relay_condition import relay_condition_holds
from optkit.allocation.bounds.routing import all_trees
from optkit.allocation.bounds.routing.all_trees import (
    COARSE_BOUND_SOURCE,
    ForestBound,
    bound_source,
    coarse_bound,
)
from optkit.allocation.bounds.routing.dominator_tree import (
    SOURCE as DOMINATOR_SOURCE,
)
from optkit.allocation.bounds.routing.dominator_tree import (
    behind_one_link,
    dominator_bound,
    dominator_tree,
)
from optkit.allocation.bounds.routing.path_forest import ForestBuilder
from optkit.allocation.heuristics.routing import search as tree_search
from optkit.allocation.heuristics.routing.search import TreeSearch
from optkit.allocation.heuristics.routing.trees import (
    MAX_SEARCHED,
    improve_orders,
    plan_of_links,
    plan_of_solution,
    plan_seconds,
    spanning_links,
)
from optkit.allocation.instance import AllocationInstance
from optkit.allocation.problem.contiguous_orders import contiguous_blocks
from optkit.allocation.problem.network_arrays import Network, reachable_network
from optkit.allocation.problem.plan import Plan, local_plan, report_plan
from optkit.allocation.problem.sink_tree import SinkTree, sink_tree
from optkit.allocation.solution import AllocationSolution
from optkit.allocation.solvers.base import gap_closed, needs_costs
from optkit.core.arrays import Ints
from optkit.core.consistency import relative_gap
from optkit.core.options import Options
from optkit.core.runtime.warm_up import wait_until_warm
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Availability, Capabilities, Kind, Outcome, Solver

MAX_PAIRS = 300_000
"""Most nodes of the forest of the first bound, one per first link and server."""

MAX_NODES = 20_000
"""Most nodes of the forests of later bounds; a round over them takes some 10 ms."""

WORTH = 0.01
"""Share of the gap that longer beginnings must close; after two that do not, it ends."""


class RoutedOptions(Options):
    """Options of the search over trees."""

    rounds: int = Field(
        30,
        ge=0,
        description="the search ends after this many perturbations of the best tree in"
        " a row without improvement",
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
        description="the bound distinguishes paths by their first links, up to this"
        " many (fewer if there are too many paths)",
    )


@register
class Routed(Solver[AllocationInstance, RoutedOptions]):
    """Local search over the trees made of the instance's links, from the sink tree's.

    Contiguous orders are evaluated for each tree, so the answer is never worse than that
    of ``block`` on the sink tree. Where they are not proven optimal, the orders on the last
    tree are searched. An iteration is a descent, an evaluation a tree.
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
        """Refuse instances on which a server computes at no cost."""
        every_tree = bool(np.all(reachable_network(instance).own > 0.0))
        return needs_costs(sink_tree(instance), every_tree)

    def run(self, instance: AllocationInstance, run: Run) -> Outcome:
        """Descend from the sink tree and others, bound, then perturb and descend."""
        tree = replace(sink_tree(instance), routing="free")
        report_plan(run, tree, local_plan(tree))
        net = reachable_network(instance)
        size = instance.task.size_gbit
        run.prove(size / coarse_bound(net, tree.distance), COARSE_BOUND_SOURCE)
        run.model_built()
        report_plan(run, *plan_of_links(instance, net, net.sink_link))
        search = _RoutingSearch(instance, net, run, self.options)
        if run.initial is not None:
            search.start_from(run.initial)
        complete = not len(net.source) or search.search()
        if complete and gap_closed(run):
            return Outcome(Reason.PROVED, search.detail())
        return Outcome(run.stop_reason() or Reason.CONVERGED, search.detail())


class _RoutingSearch:
    """One run's search for a tree, and its bounds."""

    def __init__(
        self,
        instance: AllocationInstance,
        net: Network,
        run: Run,
        options: RoutedOptions,
    ) -> None:
        self._instance, self._net, self._run = instance, net, run
        self._options = options
        self._starts: list[Ints] = [net.sink_link]
        self._reserve = plan_seconds(net)
        self._best = net.sink_link
        self._value = 0.0

    def start_from(self, initial: object) -> None:
        """Report the initial solution's orders with the best loads, and start there too."""
        assert isinstance(initial, AllocationSolution)
        self._starts.append(spanning_links(self._net, initial))
        use = "its tree is one of those that the search begins from"
        longest = max(map(len, initial.order.values()), default=0)
        if longest <= MAX_SEARCHED:
            report_plan(self._run, *plan_of_solution(self._instance, initial))
            use = f"its orders with the best loads are the first incumbent; {use}"
        self._run.report_initial(True, use)

    def detail(self) -> str:
        """Return how much work is done."""
        return f"{self._run.evaluations} trees"

    def search(self) -> bool:
        """Search and bound in turn; say whether it came to its end."""
        run, net = self._run, self._net
        for warm_up in (tree_search.warm_up, all_trees.warm_up):
            if not wait_until_warm(warm_up, run.should_stop):
                return False
        search = TreeSearch(net, net.sink_link)
        search.entries = run.rng("entries").permutation(len(net.source))
        self._bound(1, 1)
        # Nearest first: a server's parent in the sink tree comes before it.
        nearest = np.argsort(sink_tree(self._instance).distance[1:], kind="stable") + 1
        if not gap_closed(run) and search.grow(nearest, self._over):
            self._descend(search)
        for link in self._starts:
            if not gap_closed(run) and not self._over():
                search.start(link)
                self._descend(search)
        if not gap_closed(run):
            self._bound(2, self._options.bound_depth)
        if not gap_closed(run):
            self._perturb(search)
        if not self._over() and not gap_closed(run):
            self._improve_orders()
        return not self._over()

    def _over(self) -> bool:
        """Say whether a limit is reached, or time is left only for making the answer."""
        return self._run.should_stop() or not self._run.affords(self._reserve)

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
        report_plan(run, *self._best_plan())
        return True

    def _best_plan(self) -> tuple[SinkTree, Plan]:
        return plan_of_links(self._instance, self._net, self._best)

    def _bound(self, first: int, last: int) -> None:
        """Report the bounds for beginnings of ``first`` to ``last`` links."""
        net, run = self._net, self._run
        builder = ForestBuilder(net)
        size = self._instance.task.size_gbit
        idle_rounds = 0
        for depth in range(first, last + 1):
            max_nodes = MAX_PAIRS if depth == 1 else MAX_NODES
            if depth == 1 and len(net.first_links) * net.count > max_nodes:
                return
            forest = builder.build(depth, max_nodes, self._over)
            if forest is None or self._over():
                return
            if depth == 1 and behind_one_link(net, forest):
                tree, spanning = dominator_tree(net, forest, size), self._best_plan()[0]
                blocks = contiguous_blocks(spanning)
                proven = dominator_bound(tree, spanning, blocks, self._over)
                run.prove(proven, DOMINATOR_SOURCE)
            bound = ForestBound(net, forest, self._best, self._over)
            bound.improve()
            before = relative_gap(run.objective, run.bound)
            if np.isfinite(bound.bound):
                run.prove(size / bound.bound, bound_source(depth))
            gap = relative_gap(run.objective, run.bound)
            assert before is not None
            assert gap is not None
            idle_rounds = idle_rounds + 1 if gap > (1.0 - WORTH) * before else 0
            if idle_rounds == 2 or gap_closed(run):
                return

    def _perturb(self, search: TreeSearch) -> None:
        """Leave the best tree by some moves and descend, until that gains no more."""
        rng = self._run.rng("kicks")
        idle_rounds = 0
        while idle_rounds < self._options.rounds and not self._over():
            search.start(self._best)
            count = int(rng.integers(1, self._options.kicks + 1))
            search.kick(
                rng.integers(len(self._net.source), size=count), rng.random(count)
            )
            idle_rounds = 0 if self._descend(search) else idle_rounds + 1

    def _improve_orders(self) -> None:
        """Search the orders on the best tree, unless contiguous ones are optimal."""
        tree, plan = self._best_plan()
        if not np.any(tree.relay[tree.parent > 0] > 0.0) or relay_condition_holds(tree):
            return
        better = improve_orders(tree, plan, self._run)
        if better is not None:
            report_plan(self._run, tree, better)
