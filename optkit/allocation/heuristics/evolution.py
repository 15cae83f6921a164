"""Evolution of the orders of one subtree by DEAP's operators (Sec. VI-B)."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from optkit.allocation.exact.enumeration import evaluation_seconds
from optkit.allocation.problem.order_lp import solve_orders
from optkit.allocation.problem.plan import SubtreePlan, idle_plan
from optkit.allocation.problem.sink_tree import Subtree
from optkit.allocation.problem.subtree_costs import subtree_costs
from optkit.core.options import Options
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.result import Reason


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
class EvolutionResult:
    """The outcome of one subtree's evolution.

    Parameters
    ----------
    plan
        The best plan found.
    evaluated
        Orders evaluated.
    generations
        Generations bred.
    reason
        Why it ended.
    """

    plan: SubtreePlan
    evaluated: int
    generations: int
    reason: Reason


def evolve(
    subtree: Subtree,
    options: GaOptions,
    seed: int,
    seconds: float = math.inf,
    max_orders: int | None = None,
    on_generation: Callable[[SubtreePlan], bool] | None = None,
    until: float = math.inf,
) -> EvolutionResult:
    """Evolve orders of one subtree.

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
    max_orders
        Orders that may be evaluated; None for no limit.
    on_generation
        Called with the best plan before each generation; says whether to stop.
    until
        Time of day (:func:`time.time`) at which to stop; a worker may begin late.
    """
    evaluator = _OrderEvaluator(subtree, max_orders)
    size = len(subtree.workers)
    individual = _individual_type()
    if size == 1 or evaluator.left() == 0:
        if evaluator.left():
            evaluator.evaluate([individual([0])], Deadline())
        return evaluator.result(0, Reason.CONVERGED)
    rng = random.Random(seed)
    breed = _breeding(rng, individual, options.mutation)
    deadline = Deadline(min(seconds, until - time.time()))
    founders = min(options.population, evaluator.left())
    population = [individual(rng.sample(range(size), size)) for _ in range(founders)]
    evaluator.evaluate(population, deadline)
    elites = min(
        max(1, round(options.elite * options.population)), options.population - 1
    )
    for generation in range(options.generations):
        if deadline() or (on_generation is not None and on_generation(evaluator.best)):
            return evaluator.result(generation, Reason.TIME_LIMIT)
        if evaluator.left() == 0:
            return evaluator.result(generation, Reason.EVALUATION_LIMIT)
        kept, offspring = breed(
            population, elites, options.population, evaluator.left()
        )
        evaluator.evaluate(offspring, deadline)
        population = kept + offspring
    return evaluator.result(options.generations, Reason.CONVERGED)


def _breeding(
    rng: random.Random, individual: type[Any], mutation: float
) -> Callable[[list[Any], int, int, int], tuple[list[Any], list[Any]]]:
    """Return a function that breeds a generation with random numbers from ``rng``.

    It takes the population, how many of the best to keep, how large the next population
    is to be and the most offspring allowed; it returns those kept and the offspring.
    """
    from optkit.search.deap_isolation import isolated

    crossover, mutate, selection = (
        isolated(f"deap.tools.{name}", rng)
        for name in ("crossover", "mutation", "selection")
    )

    def breed(
        population: list[Any], elites: int, size: int, most: int
    ) -> tuple[list[Any], list[Any]]:
        kept = selection.selBest(population, elites)
        wanted = min(size - len(kept), most)
        offspring: list[Any] = []
        while len(offspring) < wanted:
            parents = selection.selRoulette(population, 2)
            pair = [individual(parent) for parent in parents]
            crossover.cxOrdered(*pair)
            for child in pair:
                if rng.random() < mutation:
                    mutate.mutShuffleIndexes(child, indpb=1.0)
            offspring.extend(pair)
        return kept, offspring[:wanted]

    return breed


class _OrderEvaluator:
    """Gives orders their fitness, and keeps the best plan.

    Parameters
    ----------
    subtree
        The subtree.
    max_orders
        Orders that may be evaluated; None for no limit.
    """

    def __init__(self, subtree: Subtree, max_orders: int | None) -> None:
        self._costs = subtree_costs(subtree)
        self._workers = subtree.workers
        self._max_orders = max_orders
        self._evaluated = 0
        self.best = idle_plan(subtree)

    def left(self) -> int:
        """Return how many more orders may be evaluated."""
        if self._max_orders is None:
            return 2**62
        return self._max_orders - self._evaluated

    def evaluate(self, orders: list[Any], deadline: Deadline) -> None:
        """Give each order its fitness, 1/ρ; after ``deadline`` the rest get 0."""
        step = max(1, int(0.02 / evaluation_seconds(len(self._workers))))
        for first in range(0, len(orders), step):
            batch = orders[first : first + step]
            if deadline():
                for order in batch:
                    order.fitness.values = (0.0,)
                continue
            servers = self._workers[np.array(batch, dtype=np.int64)]
            solved = solve_orders(self._costs.matrices(servers), self._workers)
            self._evaluated += len(batch)
            k = solved.best()
            if solved.cost[k] < self.best.cost:
                self.best = SubtreePlan(
                    servers[k],
                    solved.shares[k],
                    float(solved.cost[k]),
                    float(solved.bound[k]),
                )
            for order, cost in zip(batch, solved.cost, strict=True):
                # Load that costs nothing has no reciprocal; a large fitness will do.
                order.fitness.values = (1.0 / max(float(cost), 1e-300),)

    def result(self, generations: int, reason: Reason) -> EvolutionResult:
        """Return the outcome of the evolution."""
        return EvolutionResult(self.best, self._evaluated, generations, reason)


def _individual_type() -> type[list[int]]:
    """Return the type of an order with a DEAP fitness that is maximised."""
    from deap import base

    class Fitness(base.Fitness):  # type: ignore[misc]
        weights = (1.0,)

    class Individual(list[int]):
        def __init__(self, order: Any) -> None:
            super().__init__(order)
            self.fitness = Fitness()

    return Individual
