"""Binary particle swarm (Kennedy and Eberhart 1997): velocities are log odds of bits."""

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
class SwarmParameters(EngineParameters):
    """Parameters of the binary particle swarm; an iteration moves every particle once.

    The probability of either value of a bit is at least 1/(1 + e^fastest). Patience
    counts at most 10 iterations plus one per bit.
    """

    particles: int = parameter(20, "number of particles", ge=1, le=100_000)
    inertia: float = parameter(
        1.0, "share of its velocity that a particle keeps", ge=0.0, le=1.0
    )
    cognitive: float = parameter(
        2.0,
        "largest pull of a particle's own best position in one iteration",
        ge=0.0,
        le=1e6,
    )
    social: float = parameter(
        2.0,
        "largest pull of the best position of all in one iteration",
        ge=0.0,
        le=1e6,
    )
    fastest: float = parameter(
        4.0, "largest velocity, which is the log odds of a bit", ge=0.0, le=700.0
    )
    patience: int = parameter(
        60, "iterations without a better solution after which a search ends", ge=1
    )


def swarm_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: SwarmParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Let particles sample solutions between their own best and the best of all.

    A bit is open with the logistic probability of its velocity, the columns are kept
    legal, and the problem repairs the rest. A particle begins with velocities that make
    its first position likely.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness.
    control
        Limits and callbacks.
    parameters
        See :class:`SwarmParameters`.
    start
        Position of the first particle; None for the problem's own start.

    References
    ----------
    J. Kennedy, R. C. Eberhart, "A discrete binary version of the particle swarm
    algorithm", IEEE SMC 1997.
    """
    parameters = parameters or SwarmParameters()

    def search(evaluator: Evaluator) -> None:
        swarm: list[_Particle] = []
        for bits in initial_population(problem, rng, parameters.particles, start):
            swarm.append(_Particle(bits, evaluator.evaluate(bits), parameters.fastest))
            if not len(problem.columns.movable()):
                return
        limit = idle_limit(parameters.patience, problem.columns.size)
        for _ in evaluator.iterations(limit):
            for particle in swarm:
                evaluator.check_stop()
                particle.accelerate(evaluator.best_bits(), rng, parameters)
                bits = _sample_position(problem, particle.velocity, rng)
                particle.move(bits, evaluator.evaluate(bits))

    return Evaluator(problem, control).run(search)


class _Particle:
    """A particle: its position, its velocity, and the best position it has been at."""

    def __init__(self, bits: Bits, score: Score, fastest: float) -> None:
        self.bits = self.best_bits = bits
        self.best = score
        self.velocity: Floats = np.where(bits, fastest, -fastest)

    def accelerate(
        self, leader: Bits, rng: np.random.Generator, parameters: SwarmParameters
    ) -> None:
        """Change the velocity towards the particle's own best and the leader."""
        position = self.bits.astype(np.float64)
        own, other = rng.random((2, len(position)))
        self.velocity = np.clip(
            parameters.inertia * self.velocity
            + parameters.cognitive * own * (self.best_bits - position)
            + parameters.social * other * (leader - position),
            -parameters.fastest,
            parameters.fastest,
        )

    def move(self, bits: Bits, score: Score) -> None:
        """Take a new position."""
        self.bits = bits
        if score.better_than(self.best):
            self.best_bits, self.best = bits, score


def _sample_position(
    problem: BinaryProblem, velocity: Floats, rng: np.random.Generator
) -> Bits:
    """Sample a position; legal and repaired."""
    bits = problem.columns.draw(1.0 / (1.0 + np.exp(-velocity)), rng)
    problem.repair(bits, rng)
    return bits
