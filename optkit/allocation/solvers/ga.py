"""GA: an evolution of orders in each subtree, inside PMO's decomposition (Sec. VI-B)."""

from __future__ import annotations

from optkit.allocation.exact.enumeration import evaluation_seconds
from optkit.allocation.heuristics.evolution import EvolutionResult, GaOptions, evolve
from optkit.allocation.problem.plan import (
    SubtreePlan,
    compose,
    idle_plan,
    report_plan,
)
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.allocation.solvers.base import (
    PAPER,
    TreeSolver,
)
from optkit.core.solving.on_executor import collect_in_order, time_per_task
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


@register
class Ga(TreeSolver[GaOptions]):
    """Genetic algorithm: ordered crossover, roulette by 1/z, elitism, shuffle mutation."""

    name = "ga"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, Sec. VI-B"
    searches_pruned = True
    capabilities = Capabilities(
        bound=True, seed=True, executor=True, iterations=True, evaluations=True
    )
    Options = GaOptions

    def solve_tree(self, tree: SinkTree, run: Run) -> Outcome:
        """Evolve the orders of each subtree."""
        options = self.options
        if run.limits.iterations is not None:
            options = options.model_copy(
                update={"generations": min(options.generations, run.limits.iterations)}
            )
        evolution = _TreeEvolution(tree, run, options)
        if run.executor is None:
            evolution.run_serial()
        else:
            evolution.run_parallel()
        return evolution.conclude()


class _TreeEvolution:
    """The state of one run: the plan of each subtree.

    Until a subtree has evolved it is sent nothing.
    """

    def __init__(self, tree: SinkTree, run: Run, options: GaOptions) -> None:
        self.tree, self.run, self.options = tree, run, options
        self.plans = [idle_plan(subtree) for subtree in tree.subtrees]
        self.max_orders = _share_evaluations(run.limits.evaluations, tree.subtrees)
        self.results: list[EvolutionResult] = []

    def seed(self, index: int) -> int:
        """Return the seed of one subtree's evolution."""
        return int(self.run.rng("subtree", index).integers(2**63))

    def run_serial(self) -> None:
        """Evolve the subtrees one after the other, and report as they get better."""
        subtrees = self.tree.subtrees
        # With many subtrees, composing a solution at each step would cost more than the
        # steps themselves.
        stride = max(1, len(subtrees) // 50)
        for index, subtree in enumerate(subtrees):
            first = evaluation_seconds(len(subtree.workers)) * self.options.population
            if self.run.should_stop() or not self.run.affords(first):
                break
            seconds = self.run.remaining() / (len(subtrees) - index)

            def on_generation(plan: SubtreePlan, index: int = index) -> bool:
                if plan.cost < self.plans[index].cost:
                    self.plans[index] = plan
                    if index % stride == 0:
                        self.report()
                return self.run.should_stop()

            result = evolve(
                subtree,
                self.options,
                self.seed(index),
                seconds,
                self.max_orders[index],
                on_generation,
            )
            self.collect(index, result)
            if index % stride == 0:
                self.report()
                self.run.progress(
                    f"subtree {index + 1} of {len(subtrees)}",
                    (index + 1) / len(subtrees),
                )
        self.report()

    def run_parallel(self) -> None:
        """Evolve the subtrees on the executor; collect them in their order."""
        executor = self.run.executor
        assert executor is not None, "called only where there is one"
        if self.run.limits.evaluations is None:
            self.report_founders()
        subtrees = self.tree.subtrees
        seconds, until = time_per_task(self.run, executor, len(subtrees))
        futures = [
            executor.submit(
                evolve,
                subtree,
                self.options,
                self.seed(index),
                seconds,
                self.max_orders[index],
                until=until,
            )
            for index, subtree in enumerate(subtrees)
        ]

        def collect(index: int, result: EvolutionResult) -> None:
            self.collect(index, result)
            self.report()

        # A subtree that is not back is sent nothing.
        collect_in_order(self.run, futures, collect)

    def report_founders(self) -> None:
        """Report each subtree's founders, so that Ctrl-C finds more than the master."""
        founders = self.options.model_copy(update={"generations": 0})
        for index, subtree in enumerate(self.tree.subtrees):
            first = evaluation_seconds(len(subtree.workers)) * founders.population
            if self.run.should_stop() or not self.run.affords(4.0 * first):
                break
            self.plans[index] = evolve(subtree, founders, self.seed(index)).plan
        self.report()

    def collect(self, index: int, result: EvolutionResult) -> None:
        """Take over the plan of one subtree, and count its work."""
        self.plans[index] = result.plan
        self.results.append(result)
        self.run.count(evaluations=result.evaluated)

    def report(self) -> None:
        """Report the plan that the subtrees' plans make together."""
        report_plan(self.run, self.tree, compose(self.tree, self.plans))

    def conclude(self) -> Outcome:
        """Say how it ended."""
        generations = max((result.generations for result in self.results), default=0)
        self.run.count(iterations=generations)
        detail = f"{self.run.evaluations} orders, {generations} generations"
        stopped = self.run.stop_reason()
        if stopped is not None:
            return Outcome(stopped, detail)
        cut_short = [
            result.reason
            for result in self.results
            if result.reason is not Reason.CONVERGED
        ]
        if cut_short:
            return Outcome(cut_short[0], detail)
        complete = len(self.results) == len(self.plans)
        return Outcome(Reason.CONVERGED if complete else Reason.TIME_LIMIT, detail)


def _share_evaluations(
    limit: int | None, subtrees: tuple[Subtree, ...]
) -> list[int | None]:
    """Share an evaluation limit among the subtrees, evenly where there is a choice."""
    if limit is None:
        return [None] * len(subtrees)
    # A subtree with one order needs one.
    single = [len(subtree.workers) == 1 for subtree in subtrees]
    ones = min(limit, sum(single))
    share, rest = divmod(limit - ones, max(1, len(subtrees) - sum(single)))
    shares: list[int | None] = []
    for alone in single:
        if alone:
            shares.append(int(ones > 0))
            ones -= 1
        else:
            shares.append(share + (rest > 0))
            rest -= 1
    return shares
