"""Binary particle swarm (Kennedy and Eberhart 1997): velocities are odds of a bit."""

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
class SwarmParameters:
    """Parameters of the binary particle swarm; an iteration moves every particle once.

    Parameters
    ----------
    particles
        Number of particles.
    inertia
        Share of its velocity that a particle keeps.
    cognitive, social
        Most that the particle's own best, and the swarm's best, pull at once.
    fastest
        Bound on the velocity: the chance of either bit is at least 1/(1 + e^fastest).
    patience
        Iterations without a better solution after which the search ends; at most 10 and
        one a bit.
    """

    particles: int = 20
    inertia: float = 1.0
    cognitive: float = 2.0
    social: float = 2.0
    fastest: float = 4.0
    patience: int = 60

    def __post_init__(self) -> None:
        require(
            self,
            particles=(1, math.inf),
            inertia=(0.0, 1.0),
            cognitive=(0.0, math.inf),
            social=(0.0, math.inf),
            fastest=(0.0, 700.0),
            patience=(1, math.inf),
        )


def swarm_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: SwarmParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Let particles sample solutions between their own best and the best of all.

    A bit is open with the logistic probability of its velocity, the columns are kept
    legal, and the problem repairs the rest. A particle begins with velocities that make
    its first position likely.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness.
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
        for bits in crowd(problem, rng, parameters.particles, start):
            swarm.append(_Particle(bits, evaluator.evaluate(bits), parameters.fastest))
            if not len(problem.columns.movable()):
                return
        most_idle = patience(parameters.patience, problem.columns.size)
        idle = 0
        while idle < most_idle:
            evaluator.iterate()
            before = evaluator.best
            for particle in swarm:
                evaluator.poll()
                particle.pull(evaluator.best_bits(), rng, parameters)
                bits = _position(problem, particle.velocity, rng)
                particle.moved(bits, evaluator.evaluate(bits))
            idle = 0 if evaluator.best is not before else idle + 1

    return Evaluator(problem, control).conduct(search)


class _Particle:
    """A particle: where it is, how fast, and the best place it has been."""

    def __init__(self, bits: Bits, score: Score, fastest: float) -> None:
        self.bits = self.best_bits = bits
        self.best = score
        self.velocity: Floats = np.where(bits, fastest, -fastest)

    def pull(
        self, leader: Bits, rng: np.random.Generator, parameters: SwarmParameters
    ) -> None:
        """Change the velocity towards its own best and the leader."""
        here = self.bits.astype(np.float64)
        own, other = rng.random((2, len(here)))
        self.velocity = np.clip(
            parameters.inertia * self.velocity
            + parameters.cognitive * own * (self.best_bits - here)
            + parameters.social * other * (leader - here),
            -parameters.fastest,
            parameters.fastest,
        )

    def moved(self, bits: Bits, score: Score) -> None:
        """Take its new place."""
        self.bits = bits
        if score.better_than(self.best):
            self.best_bits, self.best = bits, score


def _position(
    problem: BinaryProblem, velocity: Floats, rng: np.random.Generator
) -> Bits:
    """Sample a position; legal and repaired."""
    bits = problem.columns.draw(1.0 / (1.0 + np.exp(-velocity)), rng)
    problem.repair(bits, rng)
    return bits
