"""Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983), cooled over the budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits
from optkit.search.evaluator import Control, CountedWalk, Evaluator, Found
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import require
from optkit.search.problem import BinaryProblem, Score


@dataclass(frozen=True)
class AnnealingParameters:
    """Parameters of simulated annealing; an iteration is one temperature.

    Parameters
    ----------
    acceptance
        Probability with which a mean worsening is accepted at first; it sets the first
        temperature.
    probe
        Neighbours of the start that the mean worsening is taken from.
    cooling
        Last temperature as a share of the first.
    level
        Moves tried at each temperature.
    effort
        Moves of a run for each bit that can move, without a limit on evaluations; with
        one, that limit is the run's length. So the last temperature is always reached.
    """

    acceptance: float = 0.2
    probe: int = 20
    cooling: float = 1e-2
    level: int = 20
    effort: int = 100

    def __post_init__(self) -> None:
        require(
            self,
            acceptance=(1e-12, 1.0 - 1e-12),
            probe=(1, math.inf),
            cooling=(1e-300, 1.0),
            level=(1, math.inf),
            effort=(1, math.inf),
        )


def anneal(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: AnnealingParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Walk at random, and the colder, the less willingly uphill.

    Temperatures fall geometrically. More violation is never accepted, less always; the
    temperature decides between solutions of equal violation.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness.
    control
        Limits and callbacks.
    parameters
        See :class:`AnnealingParameters`.
    start
        Where to begin; None for the problem's own start.

    References
    ----------
    S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
    Science 220, 1983.
    """
    parameters = parameters or AnnealingParameters()

    def search(evaluator: Evaluator) -> None:
        walk = evaluator.walk(problem.start(rng) if start is None else start)
        moves = Neighbourhood(problem, rng)
        if moves.empty:
            return
        first = _first_temperature(walk, moves, parameters)
        levels = _levels(evaluator, parameters, moves.size)
        for level in range(levels):
            evaluator.iterate()
            temperature = first * parameters.cooling ** (level / max(1, levels - 1))
            for _ in range(parameters.level):
                flips = moves.draw(walk.bits)
                score = walk.trial(flips)
                if _accepted(walk.score, score, temperature, rng):
                    walk.apply(flips, score)

    return Evaluator(problem, control).conduct(search)


def _first_temperature(
    walk: CountedWalk, moves: Neighbourhood, parameters: AnnealingParameters
) -> float:
    """Return the temperature at which a mean worsening has the wanted probability."""
    here = walk.score
    worsenings = []
    for _ in range(parameters.probe):
        score = walk.trial(moves.draw(walk.bits))
        if score.violation == here.violation and score.value > here.value:
            worsenings.append(score.value - here.value)
    if not worsenings:
        return 0.0
    return float(np.mean(worsenings)) / -math.log(parameters.acceptance)


def _levels(evaluator: Evaluator, parameters: AnnealingParameters, bits: int) -> int:
    """Return the number of temperatures that the budget allows."""
    left = evaluator.left()
    length = parameters.effort * bits if left is None else left
    levels = math.ceil(length / parameters.level)
    most = evaluator.iterations_left()
    return levels if most is None else min(levels, most)


def _accepted(
    here: Score, there: Score, temperature: float, rng: np.random.Generator
) -> bool:
    if there.violation != here.violation:
        return there.violation < here.violation
    worse = there.value - here.value
    if worse <= 0.0:
        return True
    return temperature > 0.0 and rng.random() < math.exp(-worse / temperature)
