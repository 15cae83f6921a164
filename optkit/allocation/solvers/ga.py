"""GA: an evolution of orders in each subtree, inside PMO's decomposition (Sec. VI-B)."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from optkit.allocation.base import PAPER, TreeSolver
from optkit.allocation.costs import subtree_costs
from optkit.allocation.enumeration import (
    best_of,
    evaluation_seconds,
)
from optkit.allocation.order_lp import solve_orders
from optkit.allocation.plan import SubtreePlan, compose, report, unused
from optkit.allocation.tree import SinkTree, Subtree
from optkit.core.options import Options
from optkit.core.registry import register
from optkit.core.result import Reason
from optkit.core.run import Run
from optkit.core.solver import Capabilities, Kind, Outcome


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
    reason: Reason


@register
class Ga(TreeSolver):
    """Genetic algorithm: ordered crossover, roulette by 1/z, elitism, shuffle mutation."""

    name = "ga"
    kind = Kind.HEURISTIC
    reference = f"{PAPER}, Sec. VI-B"
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
        subtrees = tree.subtrees
        # Until a subtree has evolved it is sent nothing.
        plans = [unused(subtree) for subtree in subtrees]
        seeds = [
            int(run.rng("subtree", t).integers(2**63)) for t in range(len(subtrees))
        ]
        most = _deal(run.limits.evaluations, subtrees)
        evolved = (
            self._here(subtrees, options, seeds, most, run)
            if run.executor is None
            else self._spread(subtrees, options, seeds, most, run)
        )
        reasons = []
        for t, found in evolved:
            run.count(evaluations=found.evaluated)
            plans[t] = found.plan
            report(run, tree, compose(tree, plans))
            reasons.append(found.reason)
        run.count(iterations=options.generations)
        detail = f"{run.evaluations} orders, {options.generations} generations"
        stopped = run.stop_reason()
        if len(reasons) == len(subtrees) and set(reasons) <= {Reason.CONVERGED}:
            if stopped in (Reason.TARGET, Reason.GAP, Reason.ITERATION_LIMIT):
                return Outcome(stopped, detail)
            return Outcome(Reason.CONVERGED, detail)
        cut = next((r for r in reasons if r is not Reason.CONVERGED), None)
        return Outcome(stopped or cut or Reason.TIME_LIMIT, detail)

    def _here(
        self,
        subtrees: tuple[Subtree, ...],
        options: GaOptions,
        seeds: list[int],
        most: list[int | None],
        run: Run,
    ) -> Iterator[tuple[int, Evolved]]:
        for t, subtree in enumerate(subtrees):
            first = evaluation_seconds(len(subtree.workers)) * options.population
            if run.should_stop() or not run.affords(first):
                return
            seconds = run.remaining() / (len(subtrees) - t)
            yield t, evolve(subtree, options, seeds[t], seconds, most[t])
            run.progress(f"subtree {t + 1} of {len(subtrees)}", (t + 1) / len(subtrees))

    def _spread(
        self,
        subtrees: tuple[Subtree, ...],
        options: GaOptions,
        seeds: list[int],
        most: list[int | None],
        run: Run,
    ) -> Iterator[tuple[int, Evolved]]:
        assert run.executor is not None, "called only where there is one"
        futures = [
            run.executor.submit(
                evolve, subtree, options, seeds[t], run.remaining(), most[t]
            )
            for t, subtree in enumerate(subtrees)
        ]
        try:
            for t, future in enumerate(futures):
                left = run.remaining()
                yield t, future.result(None if math.isinf(left) else left)
        except TimeoutError:
            return  # what is not back is sent nothing
        finally:
            for future in futures:
                future.cancel()


def _deal(limit: int | None, subtrees: tuple[Subtree, ...]) -> list[int | None]:
    """Deal an evaluation limit evenly to the subtrees."""
    if limit is None:
        return [None] * len(subtrees)
    share, rest = divmod(limit, max(1, len(subtrees)))
    return [share + (t < rest) for t in range(len(subtrees))]


def evolve(
    subtree: Subtree,
    options: GaOptions,
    seed: int,
    seconds: float = math.inf,
    most: int | None = None,
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
    """
    from deap import tools

    deadline = time.perf_counter() + seconds
    costs = subtree_costs(subtree)
    workers = subtree.workers
    size = len(workers)
    if size == 1:
        return Evolved(best_of(costs, workers[None, :]), 1, Reason.CONVERGED)
    evaluated = 0

    def judge(orders: list[Any]) -> None:
        """Give each order its fitness, 1/ρ."""
        nonlocal evaluated
        solved = solve_orders(
            costs.matrices(workers[np.array(orders, dtype=np.int64)]), workers
        )
        for order, cost in zip(orders, solved.cost, strict=True):
            # Load that costs nothing has no reciprocal; any large fitness will do.
            order.fitness.values = (1.0 / max(float(cost), 1e-300),)
        evaluated += len(orders)

    def cut() -> Reason | None:
        if time.perf_counter() >= deadline:
            return Reason.TIME_LIMIT
        if most is not None and evaluated >= most:
            return Reason.EVALUATION_LIMIT
        return None

    def room(wanted: int) -> int:
        return wanted if most is None else max(1, min(wanted, most - evaluated))

    individual = _individual()
    with _deap_random(seed):
        population = [
            individual(random.sample(range(size), size))
            for _ in range(room(options.population))
        ]
        judge(population)
        best = tools.selBest(population, 1)[0]
        elites = max(1, round(options.elite * options.population))
        reason = Reason.CONVERGED
        for _ in range(options.generations):
            stop = cut()
            if stop is not None:
                reason = stop
                break
            kept = tools.selBest(population, min(elites, options.population - 1))
            offspring: list[Any] = []
            wanted = room(options.population - len(kept))
            while len(offspring) < wanted:
                pair = [individual(one) for one in tools.selRoulette(population, 2)]
                tools.cxOrdered(*pair)
                for child in pair:
                    if random.random() < options.mutation:
                        tools.mutShuffleIndexes(child, indpb=1.0)
                offspring.extend(pair)
            offspring = offspring[:wanted]
            judge(offspring)
            population = kept + offspring
            best = tools.selBest([best, *population], 1)[0]
    order = workers[np.array(best, dtype=np.int64)]
    return Evolved(best_of(costs, order[None, :]), evaluated, reason)


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
