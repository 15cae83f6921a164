"""PMO: every order of each subtree on its own, then one split of the task (Alg. 2)."""

from __future__ import annotations

from optkit.allocation.exact.enumeration import (
    EnumerationResult,
    better_plan,
    enumerate_orders,
    evaluate_order,
    evaluation_seconds,
    prefixes,
)
from optkit.allocation.problem.order_lp import (
    count_in_words,
    log10_order_count,
    order_count,
)
from optkit.allocation.problem.plan import (
    SubtreePlan,
    compose,
    composed_bound,
    depth_first_order,
    report_plan,
)
from optkit.allocation.problem.sink_tree import SinkTree
from optkit.allocation.solvers.base import (
    PAPER,
    TreeSolver,
    prove,
)
from optkit.core.solving.on_executor import collect_in_order, time_per_task
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


@register
class Pmo(TreeSolver):
    """Parallel MILP-based optimisation in its sound form: Σ |A_t|! linear programs.

    For each subtree the least cost ρ of one unit of load is found by enumeration; the
    task is then split in closed form, see :mod:`optkit.allocation.problem.task_split`.
    The printed form takes ρ from a problem that includes the master and divides by the
    load that the subtree gets there, which may be zero; ``docs/allocation.md`` shows the
    two equal where the printed one is defined.
    """

    name = "pmo"
    kind = Kind.EXACT
    reference = f"{PAPER}, Algorithm 2"
    searches_pruned = True
    capabilities = Capabilities(bound=True, executor=True, evaluations=True)

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Enumerate the orders of each subtree."""
        search = _Enumeration(tree, run)
        search.first_orders()
        if run.executor is None:
            search.run_serial()
        else:
            search.run_parallel()
        return search.conclude()


class _Enumeration:
    """The state of one PMO run: the best plan of each subtree, and what is enumerated.

    The work is cut into parts, each a subtree and a prefix of its orders.
    """

    def __init__(self, tree: SinkTree, run: Run) -> None:
        self.tree, self.run = tree, run
        self.plans: list[SubtreePlan | None] = [None] * len(tree.subtrees)
        self.parts = [
            (index, prefix)
            for index, subtree in enumerate(tree.subtrees)
            if len(subtree.workers) > 1  # one order: the first is the best
            for prefix in prefixes(subtree)
        ]
        # Small ones first: the time that they leave over goes to the large ones.
        self.parts.sort(key=lambda part: len(tree.subtrees[part[0]].workers))
        self.sizes = [
            order_count(len(tree.subtrees[index].workers) - len(prefix))
            for index, prefix in self.parts
        ]
        single = sum(len(subtree.workers) == 1 for subtree in tree.subtrees)
        self.total = sum(self.sizes) + single
        largest = max((len(s.workers) for s in tree.subtrees), default=0)
        self.total_in_words = (
            f"{self.total:.0f}"
            if self.total < 1e15
            else f"over {count_in_words(log10_order_count(largest))}"
        )
        self.complete = 0
        self.evaluated = 0

    def first_orders(self) -> None:
        """Give every subtree a first plan, so that there is an answer at any time."""
        for index, subtree in enumerate(self.tree.subtrees):
            if self.run.stop_reason() is not None or not self.run.affords(
                evaluation_seconds(len(subtree.workers))
            ):
                return
            self.plans[index] = evaluate_order(subtree, depth_first_order(subtree))
            # Where there are more orders, the enumeration comes by this one again.
            self.run.count(evaluations=1)
            if len(subtree.workers) == 1:
                self.evaluated += 1
        self.report()

    def allowances(self) -> list[int | None]:
        """Share the evaluation limit among the parts, in their order."""
        if self.run.limits.evaluations is None:
            return [None] * len(self.parts)
        left = max(0, self.run.limits.evaluations - self.run.evaluations)
        shares: list[int] = []
        for size in self.sizes:
            shares.append(int(min(size, left)))
            left -= shares[-1]
        return list(shares)

    def run_serial(self) -> None:
        """Work through the parts in this process."""
        for number, max_orders in enumerate(self.allowances()):
            if self.run.should_stop():
                return
            index, prefix = self.parts[number]
            # The time left is shared evenly, so that a large subtree starves no other.
            seconds = self.run.remaining() / (len(self.parts) - number)
            result = enumerate_orders(
                self.tree.subtrees[index],
                prefix,
                seconds,
                max_orders,
                self.run.should_stop,
            )
            self.collect(number, result)

    def run_parallel(self) -> None:
        """Hand the parts to the executor, and collect them in their order."""
        executor = self.run.executor
        assert executor is not None, "called only where there is one"
        if self.run.should_stop():
            return
        seconds, until = time_per_task(self.run, executor, len(self.parts))
        futures = [
            executor.submit(
                enumerate_orders,
                self.tree.subtrees[index],
                prefix,
                seconds,
                max_orders,
                until=until,
            )
            for (index, prefix), max_orders in zip(
                self.parts, self.allowances(), strict=True
            )
        ]
        # A part that is not back counts as not enumerated.
        collect_in_order(self.run, futures, self.collect)

    def collect(self, number: int, result: EnumerationResult) -> None:
        """Take over the best plan of one part, and count its work."""
        index, _ = self.parts[number]
        before = self.plans[index]
        plan = better_plan(before, result.plan)
        self.plans[index] = plan
        self.evaluated += result.evaluated
        self.complete += result.complete
        self.run.count(evaluations=result.evaluated)
        if plan is not None and (before is None or plan.cost < before.cost):
            self.report()
        self.run.progress(
            f"{self.evaluated} of {self.total_in_words} orders",
            self.evaluated / self.total,
        )

    def report(self) -> None:
        """Report the plan that the subtrees' plans make together."""
        plans = [plan for plan in self.plans if plan is not None]
        if len(plans) == len(self.plans):
            report_plan(self.run, self.tree, compose(self.tree, plans))

    def conclude(self) -> Outcome:
        """Say how it ended, and prove what can be proven."""
        detail = f"{self.evaluated} of {self.total_in_words} orders"
        if self.complete < len(self.parts) or None in self.plans:
            return Outcome(self.run.stop_reason() or Reason.TIME_LIMIT, detail)
        detail = f"all {self.total_in_words} orders of {len(self.plans)} subtrees"
        if self.tree.pruned:
            return Outcome(Reason.CONVERGED, f"{detail} of the pruned tree")
        bounds = [plan.bound for plan in self.plans if plan is not None]
        prove(self.run, self.tree, composed_bound(self.tree, bounds), detail)
        return Outcome(Reason.PROVED, detail)
