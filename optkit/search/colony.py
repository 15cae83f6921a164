"""Ant colony for choosing subsets: pheromone on each bit, between a floor and a ceiling.

The hyper-cube framework keeps pheromone between 0 and 1, so that it is itself the
probability that an ant opens the bit; floor and ceiling come from MAX-MIN ant system.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits, Floats
from optkit.search.crowd import crowd
from optkit.search.evaluator import Control, Evaluator, Found
from optkit.search.parameters import patience, require
from optkit.search.problem import BinaryProblem, Score


@dataclass(frozen=True)
class ColonyParameters:
    """Parameters of the ant colony; an iteration sends every ant once.

    Parameters
    ----------
    ants
        Number of ants.
    evaporation
        Share of the pheromone that is replaced in each iteration.
    elite
        Share of what replaces it that the best solution of all leaves; the iteration's
        best leaves the rest.
    changes
        Bits that an ant changes on average where the pheromone is sure of all of them;
        sets floor and ceiling.
    patience
        Iterations without a better solution after which the search ends; at most 10 and
        one a bit.
    """

    ants: int = 20
    evaporation: float = 0.3
    elite: float = 0.9
    changes: float = 1.0
    patience: int = 60

    def __post_init__(self) -> None:
        require(
            self,
            ants=(1, math.inf),
            evaporation=(0.0, 1.0),
            elite=(0.0, 1.0),
            changes=(1e-12, math.inf),
            patience=(1, math.inf),
        )


def colony_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: ColonyParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Send ants that open bits by their pheromone; the best ones lay more.

    The columns are kept legal, and the problem repairs the rest. The first pheromone is
    the mean of some samples.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness.
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
        first = []
        for bits in crowd(problem, rng, parameters.ants, start):
            evaluator.evaluate(bits)
            first.append(bits)
            if not len(problem.columns.movable()):
                return
        floor = min(0.25, parameters.changes / problem.columns.size)
        pheromone = np.clip(np.mean(first, axis=0), floor, 1.0 - floor)
        most_idle = patience(parameters.patience, problem.columns.size)
        idle = 0
        while idle < most_idle:
            evaluator.iterate()
            before = evaluator.best
            winner = _send(problem, evaluator, pheromone, rng, parameters.ants)
            laid = (
                parameters.elite * evaluator.best_bits()
                + (1.0 - parameters.elite) * winner
            )
            pheromone += parameters.evaporation * (laid - pheromone)
            np.clip(pheromone, floor, 1.0 - floor, out=pheromone)
            idle = 0 if evaluator.best is not before else idle + 1

    return Evaluator(problem, control).conduct(search)


def _send(
    problem: BinaryProblem,
    evaluator: Evaluator,
    pheromone: Floats,
    rng: np.random.Generator,
    ants: int,
) -> Bits:
    """Send the ants; return the best solution that one of them brings."""
    winner: tuple[Score, Bits] | None = None
    for _ in range(ants):
        evaluator.poll()
        bits = problem.columns.draw(pheromone, rng)
        problem.repair(bits, rng)
        score = evaluator.evaluate(bits)
        if winner is None or score.better_than(winner[0]):
            winner = score, bits
    assert winner is not None, "there is at least one ant"
    return winner[1]
