"""PMO: every order of each subtree on its own, then one split of the task (Alg. 2)."""

from __future__ import annotations

import math
import time

from optkit.allocation.exact.enumeration import (
    Stretch,
    better,
    enumerate_orders,
    evaluate_order,
    evaluation_seconds,
    prefixes,
    workers_of,
)
from optkit.allocation.problem.order_count import in_words, log10_factorial, orders
from optkit.allocation.problem.plan import (
    SubtreePlan,
    compose,
    composed_bound,
    depth_first_order,
    report,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.solvers.base import PAPER, TreeSolver, prove
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


@register
class Pmo(TreeSolver):
    """Parallel MILP-based optimisation in its sound form: Σ |A_t|! linear programs.

    For each subtree the least cost ρ of one unit of load is found by enumeration; the
    task is then split in closed form, see :mod:`optkit.allocation.problem.task_split`.
    The printed
    form takes ρ from a problem that includes the master and divides by the load that the
    subtree gets there, which may be zero; ``docs/allocation.md`` shows the two equal
    where the printed one is defined.
    """

    name = "pmo"
    kind = Kind.EXACT
    reference = f"{PAPER}, Algorithm 2"
    searches_pruned = True
    capabilities = Capabilities(bound=True, executor=True, evaluations=True)

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Enumerate the orders of each subtree."""
        search = _Search(tree, run)
        search.first_orders()
        if run.executor is None:
            search.here()
        else:
            search.spread()
        return search.conclude()


class _Search:
    """The state of one PMO run: the best plan and the count of each subtree."""

    def __init__(self, tree: SinkTree, run: Run) -> None:
        self.tree, self.run = tree, run
        self.plans: list[SubtreePlan | None] = [None] * len(tree.subtrees)
        self.stretches = [
            (t, prefix)
            for t, subtree in enumerate(tree.subtrees)
            if len(subtree.workers) > 1  # one order: the first is the best
            for prefix in prefixes(subtree)
        ]
        # Small ones first: what they leave of their time goes to the large ones.
        self.stretches.sort(key=lambda s: len(tree.subtrees[s[0]].workers))
        self.sizes = [
            orders(len(tree.subtrees[t].workers) - len(prefix))
            for t, prefix in self.stretches
        ]
        single = sum(len(subtree.workers) == 1 for subtree in tree.subtrees)
        self.total = sum(self.sizes) + single
        largest = max((len(s.workers) for s in tree.subtrees), default=0)
        self.all = (
            f"{self.total:.0f}"
            if self.total < 1e15
            else f"over {in_words(log10_factorial(largest))}"
        )
        self.complete = 0
        self.evaluated = 0

    def first_orders(self) -> None:
        """Give every subtree a first plan, so that there is an answer at any time."""
        for t, subtree in enumerate(self.tree.subtrees):
            if self.run.stop_reason() is not None or not self.run.affords(
                evaluation_seconds(len(subtree.workers))
            ):
                return
            self.plans[t] = evaluate_order(subtree, depth_first_order(subtree))
            # Where there are more orders, the enumeration comes by this one again.
            self.run.count(evaluations=1)
            if len(subtree.workers) == 1:
                self.evaluated += 1
        self.report()

    def allowances(self) -> list[int | None]:
        """Deal the evaluation limit to the stretches, in their order."""
        if self.run.limits.evaluations is None:
            return [None] * len(self.stretches)
        left = max(0, self.run.limits.evaluations - self.run.evaluations)
        dealt: list[int] = []
        for size in self.sizes:
            dealt.append(int(min(size, left)))
            left -= dealt[-1]
        return list(dealt)

    def here(self) -> None:
        """Work through the stretches in this process."""
        for index, most in enumerate(self.allowances()):
            if self.run.should_stop():
                return
            t, prefix = self.stretches[index]
            # What is left is dealt evenly, so that a large subtree starves no other.
            seconds = self.run.remaining() / (len(self.stretches) - index)
            self.take(
                index,
                enumerate_orders(
                    self.tree.subtrees[t], prefix, seconds, most, self.run.should_stop
                ),
            )

    def spread(self) -> None:
        """Hand the stretches to the executor, and take them back in their order."""
        executor = self.run.executor
        assert executor is not None, "called only where there is one"
        if self.run.should_stop():
            return
        rounds = math.ceil(len(self.stretches) / workers_of(executor))
        # What comes back late is lost: a little is kept for the way.
        usable = 0.95 * self.run.remaining()
        seconds, until = usable / max(1, rounds), time.time() + usable
        futures = [
            executor.submit(
                enumerate_orders,
                self.tree.subtrees[t],
                prefix,
                seconds,
                most,
                until=until,
            )
            for (t, prefix), most in zip(self.stretches, self.allowances(), strict=True)
        ]
        try:
            for index, future in enumerate(futures):
                left = self.run.remaining()
                self.take(index, future.result(None if math.isinf(left) else left))
                # Asked in the order of the stretches, so that a target ends the run at
                # the same place however many workers there are.
                if self.run.should_stop():
                    break
        except TimeoutError:
            return  # what is not back counts as not enumerated
        finally:
            for future in futures:
                future.cancel()

    def take(self, index: int, stretch: Stretch) -> None:
        """Book what came of one stretch."""
        t, _ = self.stretches[index]
        before = self.plans[t]
        self.plans[t] = better(before, stretch.plan)
        self.evaluated += stretch.evaluated
        self.complete += stretch.complete
        self.run.count(evaluations=stretch.evaluated)
        found = self.plans[t]
        if found is not None and (before is None or found.cost < before.cost):
            self.report()
        self.run.progress(
            f"{self.evaluated} of {self.all} orders", self.evaluated / self.total
        )

    def report(self) -> None:
        """Report the plan that the subtrees' plans make together."""
        plans = [plan for plan in self.plans if plan is not None]
        if len(plans) == len(self.plans):
            report(self.run, self.tree, compose(self.tree, plans))

    def conclude(self) -> Outcome:
        """Say how it ended, and prove what can be proven."""
        detail = f"{self.evaluated} of {self.all} orders"
        if self.complete < len(self.stretches) or None in self.plans:
            return Outcome(self.run.stop_reason() or Reason.TIME_LIMIT, detail)
        detail = f"all {self.all} orders of {len(self.plans)} subtrees"
        if self.tree.pruned:
            return Outcome(Reason.CONVERGED, f"{detail} of the pruned tree")
        bounds = [plan.bound for plan in self.plans if plan is not None]
        prove(self.run, self.tree, composed_bound(self.tree, bounds), detail)
        return Outcome(Reason.PROVED, detail)
