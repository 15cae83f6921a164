"""Ant colony for choosing subsets: pheromone on each bit, between a floor and a ceiling.

The hyper-cube framework keeps pheromone between 0 and 1, so that the pheromone of a bit is
the probability that an ant opens it; floor and ceiling come from MAX-MIN ant system.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.core.arrays import Floats
from optkit.search.columns import Bits
from optkit.search.evaluator import Control, Evaluator, SearchResult
from optkit.search.initial_population import initial_population
from optkit.search.parameters import EngineParameters, idle_limit, parameter
from optkit.search.problem import BinaryProblem, Score


@dataclass(frozen=True)
class ColonyParameters(EngineParameters):
    """Parameters of the ant colony; an iteration sends every ant once.

    ``changes`` sets floor and ceiling of the pheromone. The best solution so far leaves
    the share ``elite`` of the new pheromone, the iteration's best the rest. Patience
    counts at most 10 iterations plus one per bit.
    """

    ants: int = parameter(20, "number of ants", ge=1, le=100_000)
    evaporation: float = parameter(
        0.3, "share of the pheromone that each iteration replaces", ge=0.0, le=1.0
    )
    elite: float = parameter(
        0.9,
        "share of the new pheromone that the best solution so far leaves",
        ge=0.0,
        le=1.0,
    )
    changes: float = parameter(
        1.0,
        "bits that an ant changes on average where the pheromone is sure of all bits",
        gt=1e-12,
        le=1e6,
    )
    patience: int = parameter(
        60, "iterations without a better solution after which a search ends", ge=1
    )


def colony_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: ColonyParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Send ants that open bits by their pheromone; the best ants lay more.

    The columns are kept legal, and the problem repairs the rest. The first pheromone is
    the mean of some samples.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness.
    control
        Limits and callbacks.
    parameters
        See :class:`ColonyParameters`.
    start
        A solution to begin with; None for the problem's own start.

    References
    ----------
    C. Blum, M. Dorigo, "The hyper-cube framework for ant colony optimization", IEEE
    Transactions on SMC B 34(2), 2004. T. Stützle, H. H. Hoos, "MAX-MIN ant system",
    Future Generation Computer Systems 16, 2000.
    """
    parameters = parameters or ColonyParameters()

    def search(evaluator: Evaluator) -> None:
        samples = []
        for bits in initial_population(problem, rng, parameters.ants, start):
            evaluator.evaluate(bits)
            samples.append(bits)
            if not len(problem.columns.movable()):
                return
        size = problem.columns.size
        floor = min(0.25, parameters.changes / size)
        pheromone = np.clip(np.mean(samples, axis=0), floor, 1.0 - floor)
        for _ in evaluator.iterations(idle_limit(parameters.patience, size)):
            winner = _send_ants(problem, evaluator, pheromone, rng, parameters.ants)
            laid = (
                parameters.elite * evaluator.best_bits()
                + (1.0 - parameters.elite) * winner
            )
            pheromone += parameters.evaporation * (laid - pheromone)
            np.clip(pheromone, floor, 1.0 - floor, out=pheromone)

    return Evaluator(problem, control).run(search)


def _send_ants(
    problem: BinaryProblem,
    evaluator: Evaluator,
    pheromone: Floats,
    rng: np.random.Generator,
    ants: int,
) -> Bits:
    """Send the ants; return the best solution that one of them finds."""
    winner: tuple[Score, Bits] | None = None
    for _ in range(ants):
        evaluator.check_stop()
        bits = problem.columns.draw(pheromone, rng)
        problem.repair(bits, rng)
        score = evaluator.evaluate(bits)
        if winner is None or score.better_than(winner[0]):
            winner = score, bits
    assert winner is not None, "there is at least one ant"
    return winner[1]
