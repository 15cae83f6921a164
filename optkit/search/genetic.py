"""Genetic algorithm on DEAP: tournament, uniform crossover of columns, elitism."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from optkit.search.columns import Bits, Columns
from optkit.search.deap_isolation import NumpyRandom, isolated
from optkit.search.evaluator import Control, Evaluator, SearchResult
from optkit.search.initial_population import initial_population
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import EngineParameters, idle_limit, parameter
from optkit.search.problem import BinaryProblem, flip


@dataclass(frozen=True)
class GeneticParameters(EngineParameters):
    """Parameters of the genetic algorithm; an iteration is a generation.

    Patience counts at most 10 generations plus one per bit.
    """

    population: int = parameter(20, "number of individuals", ge=2, le=100_000)
    tournament: int = parameter(
        3, "individuals of which the best becomes a parent", ge=1, le=1_000
    )
    crossover: float = parameter(
        0.8, "probability that two parents exchange columns", ge=0.0, le=1.0
    )
    mutation: float = parameter(
        0.8, "probability that a child is moved to a neighbour", ge=0.0, le=1.0
    )
    elite: int = parameter(2, "individuals carried over unchanged", ge=0, le=10_000)
    patience: int = parameter(
        60, "generations without a better solution after which a search ends", ge=1
    )


def genetic_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: GeneticParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Breed solutions with DEAP's operators.

    The genes are whole columns, so that a child of legal parents is legal. Mutation is one
    move of the neighbourhood that all engines share; then the problem repairs the child. A
    child that was neither crossed nor mutated is not evaluated again.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness, for DEAP too.
    control
        Limits and callbacks.
    parameters
        See :class:`GeneticParameters`.
    start
        The first individual; None for the problem's own start.

    References
    ----------
    F.-A. Fortin et al., "DEAP: evolutionary algorithms made easy", JMLR 13, 2012.
    """
    parameters = parameters or GeneticParameters()

    def search(evaluator: Evaluator) -> None:
        genes = _Genes(problem.columns)
        toolbox, algorithms, selection = _deap(problem, rng, genes, parameters)
        population = []
        for bits in initial_population(problem, rng, parameters.population, start):
            individual = toolbox.individual(genes.cut(bits))
            toolbox.evaluate(evaluator, individual)
            population.append(individual)
            if not len(problem.columns.movable()):
                return
        elite = min(parameters.elite, parameters.population - 1)
        limit = idle_limit(parameters.patience, problem.columns.size)
        for _ in evaluator.iterations(limit):
            survivors = selection.selBest(population, elite)
            parents = toolbox.select(population, len(population) - elite)
            population = survivors
            # Pair by pair, so that the stop callback is asked often.
            for first in range(0, len(parents), 2):
                evaluator.check_stop()
                for child in algorithms.varAnd(
                    parents[first : first + 2],
                    toolbox,
                    parameters.crossover,
                    parameters.mutation,
                ):
                    if not child.fitness.valid:
                        toolbox.evaluate(evaluator, child)
                    population.append(child)

    return Evaluator(problem, control).run(search)


class _Genes:
    """Cuts bits into columns and joins them again."""

    def __init__(self, columns: Columns) -> None:
        self._spans = list(pairwise(columns.first.tolist()))

    def cut(self, bits: Bits) -> list[bytes]:
        """Return the columns."""
        whole = bits.tobytes()
        return [whole[low:high] for low, high in self._spans]

    def join(self, genes: list[bytes]) -> Bits:
        """Return the bits."""
        return np.frombuffer(bytearray(b"".join(genes)), dtype=np.bool_)


def _deap(
    problem: BinaryProblem,
    rng: np.random.Generator,
    genes: _Genes,
    parameters: GeneticParameters,
) -> tuple[Any, Any, Any]:
    """Return DEAP's toolbox, its algorithms and its selection, drawing from ``rng``."""
    from deap import base

    source = NumpyRandom(rng)
    algorithms = isolated("deap.algorithms", source)
    crossover = isolated("deap.tools.crossover", source)
    selection = isolated("deap.tools.selection", source)
    moves = Neighbourhood(problem, rng)

    class Fitness(base.Fitness):  # type: ignore[misc]
        """Violation first, then the value, both minimised."""

        weights = (-1.0, -1.0)

    class Individual(list[bytes]):
        """A list of columns."""

        def __init__(self, columns: list[bytes]) -> None:
            super().__init__(columns)
            self.fitness = Fitness()

    def clone(individual: Individual) -> Individual:
        # Columns are immutable, so a flat copy is enough, at a hundredth of the cost of
        # deepcopy.
        copy = Individual(individual)
        if individual.fitness.valid:
            copy.fitness.values = individual.fitness.values
        return copy

    def mutate(individual: Individual) -> tuple[Individual]:
        bits = genes.join(individual)
        flip(bits, moves.draw(bits))
        individual[:] = genes.cut(bits)
        return (individual,)

    def evaluate(evaluator: Evaluator, individual: Individual) -> None:
        bits = genes.join(individual)
        problem.repair(bits, rng)
        score = evaluator.evaluate(bits)
        individual[:] = genes.cut(bits)
        individual.fitness.values = (score.violation, score.value)

    toolbox = base.Toolbox()
    toolbox.register("individual", Individual)
    toolbox.register("clone", clone)
    toolbox.register("select", selection.selTournament, tournsize=parameters.tournament)
    toolbox.register("mate", crossover.cxUniform, indpb=0.5)
    toolbox.register("mutate", mutate)
    toolbox.register("evaluate", evaluate)
    return toolbox, algorithms, selection
