"""GA: an evolution of orders in each subtree, inside PMO's decomposition (Sec. VI-B)."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from optkit.allocation.exact.enumeration import evaluation_seconds, workers_of
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import SubtreePlan, compose, report, unused
from optkit.allocation.problem.sink_tree import SinkTree, Subtree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.allocation.solvers.base import PAPER, TreeSolver
from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.core.solving.result import Reason
from optkit.core.solving.run import Run
from optkit.core.solving.solver import Capabilities, Kind, Outcome


class GaOptions(Options):
    """Options of the genetic algorithm; defaults are the paper's for large networks."""

    population: int = Field(4, ge=2, le=100_000, description="P, orders kept alive")
    generations: int = Field(100, ge=0, description="G, generations bred")
    elite: float = Field(
        0.2,
        ge=0.0,
        le=1.0,
        description="α, share of the best carried over, at least one",
    )
    mutation: float = Field(
        0.05, ge=0.0, le=1.0, description="β, probability that an order is shuffled"
    )


@dataclass(frozen=True, eq=False)
class Evolved:
    """What came of one subtree's evolution."""

    plan: SubtreePlan
    evaluated: int
    generations: int
    reason: Reason


@register
class Ga(TreeSolver):
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
        assert isinstance(self.options, GaOptions)
        options = self.options
        if run.limits.iterations is not None:
            options = options.model_copy(
                update={"generations": min(options.generations, run.limits.iterations)}
            )
        evolution = _Evolution(tree, run, options)
        if run.executor is None:
            evolution.here()
        else:
            evolution.spread()
        return evolution.conclude()


class _Evolution:
    """The state of one run: what has become of each subtree.

    Until a subtree has evolved it is sent nothing.
    """

    def __init__(self, tree: SinkTree, run: Run, options: GaOptions) -> None:
        self.tree, self.run, self.options = tree, run, options
        self.plans = [unused(subtree) for subtree in tree.subtrees]
        self.most = _deal(run.limits.evaluations, tree.subtrees)
        self.ended: list[Evolved] = []

    def seed(self, t: int) -> int:
        """Return the seed of one subtree's evolution."""
        return int(self.run.rng("subtree", t).integers(2**63))

    def here(self) -> None:
        """Evolve the subtrees one after the other, and report as they get better."""
        subtrees = self.tree.subtrees
        # With many subtrees, composing a solution at each step would cost more than the
        # steps themselves.
        stride = max(1, len(subtrees) // 50)
        for t, subtree in enumerate(subtrees):
            first = evaluation_seconds(len(subtree.workers)) * self.options.population
            if self.run.should_stop() or not self.run.affords(first):
                break
            seconds = self.run.remaining() / (len(subtrees) - t)

            def watch(plan: SubtreePlan, t: int = t) -> bool:
                if plan.cost < self.plans[t].cost:
                    self.plans[t] = plan
                    if t % stride == 0:
                        self.report()
                return self.run.should_stop()

            self.take(
                t,
                evolve(
                    subtree, self.options, self.seed(t), seconds, self.most[t], watch
                ),
            )
            if t % stride == 0:
                self.report()
                self.run.progress(
                    f"subtree {t + 1} of {len(subtrees)}", (t + 1) / len(subtrees)
                )
        self.report()

    def spread(self) -> None:
        """Evolve the subtrees on the executor; take them in their order."""
        executor = self.run.executor
        assert executor is not None, "called only where there is one"
        if self.run.limits.evaluations is None:
            self.found()
        # DEAP's one generator lets threads evolve one at a time only.
        threads = isinstance(executor, ThreadPoolExecutor)
        lanes = 1 if threads else workers_of(executor)
        rounds = math.ceil(len(self.tree.subtrees) / lanes)
        # What comes back late is lost: a little is kept for the way.
        usable = 0.95 * self.run.remaining()
        seconds, until = usable / max(1, rounds), time.time() + usable
        futures = [
            executor.submit(
                evolve,
                subtree,
                self.options,
                self.seed(t),
                seconds,
                self.most[t],
                until=until,
            )
            for t, subtree in enumerate(self.tree.subtrees)
        ]
        try:
            for t, future in enumerate(futures):
                left = self.run.remaining()
                self.take(t, future.result(None if math.isinf(left) else left))
                self.report()
                if self.run.should_stop():
                    break
        except TimeoutError:
            return  # what is not back is sent nothing
        finally:
            for future in futures:
                future.cancel()

    def found(self) -> None:
        """Report each subtree's founders, so that Ctrl-C finds more than the master."""
        founders = self.options.model_copy(update={"generations": 0})
        for t, subtree in enumerate(self.tree.subtrees):
            first = evaluation_seconds(len(subtree.workers)) * founders.population
            if self.run.should_stop() or not self.run.affords(4.0 * first):
                break
            self.plans[t] = evolve(subtree, founders, self.seed(t)).plan
        self.report()

    def take(self, t: int, found: Evolved) -> None:
        """Book what came of one subtree."""
        self.plans[t] = found.plan
        self.ended.append(found)
        self.run.count(evaluations=found.evaluated)

    def report(self) -> None:
        """Report the plan that the subtrees' plans make together."""
        report(self.run, self.tree, compose(self.tree, self.plans))

    def conclude(self) -> Outcome:
        """Say how it ended."""
        generations = max((found.generations for found in self.ended), default=0)
        self.run.count(iterations=generations)
        detail = f"{self.run.evaluations} orders, {generations} generations"
        stopped = self.run.stop_reason()
        whole = len(self.ended) == len(self.plans)
        cut = [f.reason for f in self.ended if f.reason is not Reason.CONVERGED]
        if stopped is not None:
            return Outcome(stopped, detail)
        if whole and not cut:
            return Outcome(Reason.CONVERGED, detail)
        return Outcome(cut[0] if cut else Reason.TIME_LIMIT, detail)


def _deal(limit: int | None, subtrees: tuple[Subtree, ...]) -> list[int | None]:
    """Deal an evaluation limit to the subtrees, evenly where there is a choice."""
    if limit is None:
        return [None] * len(subtrees)
    # A subtree with one order needs one.
    single = [len(subtree.workers) == 1 for subtree in subtrees]
    ones = min(limit, sum(single))
    share, rest = divmod(limit - ones, max(1, len(subtrees) - sum(single)))
    dealt: list[int | None] = []
    for alone in single:
        if alone:
            dealt.append(int(ones > 0))
            ones -= 1
        else:
            dealt.append(share + (rest > 0))
            rest -= 1
    return dealt


def evolve(
    subtree: Subtree,
    options: GaOptions,
    seed: int,
    seconds: float = math.inf,
    most: int | None = None,
    watch: Callable[[SubtreePlan], bool] | None = None,
    until: float = math.inf,
) -> Evolved:
    """Evolve orders of one subtree with DEAP's operators.

    Parameters
    ----------
    subtree
        The subtree.
    options
        Population, generations, elite and mutation.
    seed
        Seed of the one random stream that DEAP draws from.
    seconds
        Time allowed.
    most
        Orders that may be evaluated; None for no limit.
    watch
        Told the best plan after each generation; says whether to stop.
    until
        Time of day (:func:`time.time`) at which to stop; a worker may begin late.
    """
    from deap import tools

    judge = _Judge(subtree, most)
    size = len(subtree.workers)
    individual = _individual()
    if size == 1 or judge.left() == 0:
        if judge.left():
            judge([individual([0])], math.inf)
        return judge.evolved(0, Reason.CONVERGED)

    def cut(deadline: float) -> Reason | None:
        if time.perf_counter() >= deadline or (watch is not None and watch(judge.best)):
            return Reason.TIME_LIMIT
        return Reason.EVALUATION_LIMIT if judge.left() == 0 else None

    with _deap_random(seed):
        deadline = time.perf_counter() + min(seconds, until - time.time())
        founders = min(options.population, judge.left())
        population = [
            individual(random.sample(range(size), size)) for _ in range(founders)
        ]
        judge(population, deadline)
        elites = max(1, round(options.elite * options.population))
        for generation in range(options.generations):
            stop = cut(deadline)
            if stop is not None:
                return judge.evolved(generation, stop)
            kept = tools.selBest(population, min(elites, options.population - 1))
            offspring: list[Any] = []
            wanted = min(options.population - len(kept), judge.left())
            while len(offspring) < wanted:
                pair = [individual(one) for one in tools.selRoulette(population, 2)]
                tools.cxOrdered(*pair)
                for child in pair:
                    if random.random() < options.mutation:
                        tools.mutShuffleIndexes(child, indpb=1.0)
                offspring.extend(pair)
            offspring = offspring[:wanted]
            judge(offspring, deadline)
            population = kept + offspring
    return judge.evolved(options.generations, Reason.CONVERGED)


class _Judge:
    """Gives orders their fitness, and keeps the best plan.

    Parameters
    ----------
    subtree
        The subtree.
    most
        Orders that may be evaluated; None for no limit.
    """

    def __init__(self, subtree: Subtree, most: int | None) -> None:
        self._costs = subtree_costs(subtree)
        self._workers = subtree.workers
        self._most = most
        self._evaluated = 0
        self.best = unused(subtree)

    def left(self) -> int:
        """Return how many more orders may be evaluated."""
        return 2**62 if self._most is None else self._most - self._evaluated

    def __call__(self, orders: list[Any], deadline: float) -> None:
        """Give each order its fitness, 1/ρ; after ``deadline`` the rest get none."""
        step = max(1, int(0.02 / evaluation_seconds(len(self._workers))))
        for first in range(0, len(orders), step):
            batch = orders[first : first + step]
            if time.perf_counter() >= deadline:
                for order in batch:
                    order.fitness.values = (0.0,)
                continue
            places = self._workers[np.array(batch, dtype=np.int64)]
            solved = solve_orders(self._costs.matrices(places), self._workers)
            self._evaluated += len(batch)
            k = solved.best()
            if solved.cost[k] < self.best.cost:
                self.best = SubtreePlan(
                    places[k],
                    solved.shares[k],
                    float(solved.cost[k]),
                    float(solved.bound[k]),
                )
            for order, cost in zip(batch, solved.cost, strict=True):
                # Load that costs nothing has no reciprocal; a large fitness will do.
                order.fitness.values = (1.0 / max(float(cost), 1e-300),)

    def evolved(self, generations: int, reason: Reason) -> Evolved:
        """Return what came of the evolution."""
        return Evolved(self.best, self._evaluated, generations, reason)


def _individual() -> type[list[int]]:
    """Return the type of an order with a DEAP fitness that is maximised."""
    from deap import base

    class Fitness(base.Fitness):  # type: ignore[misc]
        weights = (1.0,)

    class Individual(list[int]):
        def __init__(self, order: Any) -> None:
            super().__init__(order)
            self.fitness = Fitness()

    return Individual


_DEAP_LOCK = threading.Lock()


@contextmanager
def _deap_random(seed: int) -> Iterator[None]:
    """Seed the module-wide generator that DEAP draws from, and give it back after.

    One evolution at a time in each process: the generator is shared by all threads.
    """
    with _DEAP_LOCK:
        state = random.getstate()
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(state)
