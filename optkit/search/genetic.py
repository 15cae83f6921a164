"""Genetic algorithm on DEAP: tournament, uniform crossover of columns, elitism."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from optkit.search.columns import Bits, Columns
from optkit.search.crowd import crowd
from optkit.search.deap_isolation import NumpyRandom, isolated
from optkit.search.evaluator import Control, Evaluator, Found
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import patience, require
from optkit.search.problem import BinaryProblem, flip


@dataclass(frozen=True)
class GeneticParameters:
    """Parameters of the genetic algorithm; an iteration is a generation.

    Parameters
    ----------
    population
        Individuals.
    tournament
        Individuals of which the best becomes a parent.
    crossover
        Probability that a pair of parents is crossed.
    mutation
        Probability that a child is moved to a neighbour.
    elite
        Individuals carried over unchanged.
    patience
        Generations without a better solution after which the search ends; at most 10 and
        one a bit.
    """

    population: int = 20
    tournament: int = 3
    crossover: float = 0.8
    mutation: float = 0.8
    elite: int = 2
    patience: int = 60

    def __post_init__(self) -> None:
        require(
            self,
            population=(2, math.inf),
            tournament=(1, math.inf),
            crossover=(0.0, 1.0),
            mutation=(0.0, 1.0),
            elite=(0, math.inf),
            patience=(1, math.inf),
        )


def genetic_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: GeneticParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Breed solutions with DEAP's operators.

    The genes are the columns, each whole, so that a child of legal parents is legal.
    Mutation is one move of the neighbourhood that all engines share; then the problem
    repairs the child. One neither crossed nor mutated is not evaluated again.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness, DEAP's draws included.
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
        for bits in crowd(problem, rng, parameters.population, start):
            one = toolbox.individual(genes.cut(bits))
            toolbox.judge(evaluator, one)
            population.append(one)
            if not len(problem.columns.movable()):
                return
        elite = min(parameters.elite, parameters.population - 1)
        most_idle = patience(parameters.patience, problem.columns.size)
        idle = 0
        while idle < most_idle:
            evaluator.iterate()
            before = evaluator.best
            kept = selection.selBest(population, elite)
            parents = toolbox.select(population, len(population) - elite)
            population = kept
            # Pair by pair, so that the stop callback is never far.
            for k in range(0, len(parents), 2):
                evaluator.poll()
                for child in algorithms.varAnd(
                    parents[k : k + 2],
                    toolbox,
                    parameters.crossover,
                    parameters.mutation,
                ):
                    if not child.fitness.valid:
                        toolbox.judge(evaluator, child)
                    population.append(child)
            idle = 0 if evaluator.best is not before else idle + 1

    return Evaluator(problem, control).conduct(search)


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

    def clone(one: Individual) -> Individual:
        # Columns are immutable, so a flat copy does, at a hundredth of deepcopy's cost.
        copy = Individual(one)
        if one.fitness.valid:
            copy.fitness.values = one.fitness.values
        return copy

    def mutate(one: Individual) -> tuple[Individual]:
        bits = genes.join(one)
        flip(bits, moves.draw(bits))
        one[:] = genes.cut(bits)
        return (one,)

    def judge(evaluator: Evaluator, one: Individual) -> None:
        bits = genes.join(one)
        problem.repair(bits, rng)
        score = evaluator.evaluate(bits)
        one[:] = genes.cut(bits)
        one.fitness.values = (score.violation, score.value)

    toolbox = base.Toolbox()
    toolbox.register("individual", Individual)
    toolbox.register("clone", clone)
    toolbox.register("select", selection.selTournament, tournsize=parameters.tournament)
    toolbox.register("mate", crossover.cxUniform, indpb=0.5)
    toolbox.register("mutate", mutate)
    toolbox.register("judge", judge)
    return toolbox, algorithms, selection
