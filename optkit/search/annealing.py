"""Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983), cooled over the budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits
from optkit.search.evaluator import Control, CountedWalk, Evaluator, SearchResult
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import EngineParameters, parameter
from optkit.search.problem import BinaryProblem, Score


@dataclass(frozen=True)
class AnnealingParameters(EngineParameters):
    """Parameters of simulated annealing; an iteration is one temperature.

    The length of a run is the limit on evaluations where there is one, and ``effort``
    otherwise; so the last temperature is always reached.
    """

    acceptance: float = parameter(
        0.2, "probability of accepting a mean worsening at first", gt=0.0, lt=1.0
    )
    probe: int = parameter(
        20,
        "neighbours of the start over which the mean worsening is taken",
        ge=1,
        le=100_000,
    )
    cooling: float = parameter(
        1e-2, "last temperature as a share of the first", gt=0.0, le=1.0
    )
    level: int = parameter(20, "moves tried at each temperature", ge=1)
    effort: int = parameter(
        100, "moves per bit, if there is no limit on evaluations", ge=1
    )


def anneal(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: AnnealingParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Walk at random, and accept worsening moves less and less often.

    Temperatures fall geometrically. A move to more violation is never accepted, one to
    less always is; the temperature decides between solutions of equal violation.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness.
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
            evaluator.begin_iteration()
            temperature = first * parameters.cooling ** (level / max(1, levels - 1))
            for _ in range(parameters.level):
                flips = moves.draw(walk.bits)
                score = walk.trial(flips)
                if _accepted(walk.score, score, temperature, rng):
                    walk.apply(flips, score)

    return Evaluator(problem, control).run(search)


def _first_temperature(
    walk: CountedWalk, moves: Neighbourhood, parameters: AnnealingParameters
) -> float:
    """Return the temperature at which a mean worsening has the wanted probability."""
    current = walk.score
    worsenings = []
    for _ in range(parameters.probe):
        score = walk.trial(moves.draw(walk.bits))
        if score.violation == current.violation and score.value > current.value:
            worsenings.append(score.value - current.value)
    if not worsenings:
        return 0.0
    return float(np.mean(worsenings)) / -math.log(parameters.acceptance)


def _levels(evaluator: Evaluator, parameters: AnnealingParameters, bits: int) -> int:
    """Return the number of temperatures that the budget allows."""
    left = evaluator.evaluations_left()
    length = parameters.effort * bits if left is None else left
    levels = math.ceil(length / parameters.level)
    iterations = evaluator.iterations_left()
    return levels if iterations is None else min(levels, iterations)


def _accepted(
    current: Score, trial: Score, temperature: float, rng: np.random.Generator
) -> bool:
    if trial.violation != current.violation:
        return trial.violation < current.violation
    worsening = trial.value - current.value
    if worsening <= 0.0:
        return True
    return temperature > 0.0 and rng.random() < math.exp(-worsening / temperature)
