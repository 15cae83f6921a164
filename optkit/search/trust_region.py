"""Symmetric trust-region search: exchanges within a radius that success widens.

The radius is the number of elementary moves that a trial may make at once. A batch of
trials that improves the current solution widens it, one that does not narrows it. Each bit
has a weight, by which it is drawn: it rises when a trial that flipped the bit is
accepted, and falls when it is rejected. "Symmetric" is the test of a trial, which looks at
both levels of a bilevel problem alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits
from optkit.search.evaluator import Control, CountedWalk, Evaluator, Found
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import patience, require
from optkit.search.problem import BinaryProblem, Flips, Score, less


@dataclass(frozen=True)
class TrustRegionParameters:
    """Parameters of the trust-region search; an iteration is a batch of trials.

    Parameters
    ----------
    radius
        Elementary moves in a trial, at most, at the beginning.
    max_radius
        Bound on the radius.
    batch
        ContractCases between two changes of the radius.
    patience
        Batches without improvement, one after the other, after which the search ends; at
        most 10 and one a bit.
    reward, penalty
        Factors on the weights of the bits that an accepted, a rejected trial flipped.
    lightest, heaviest
        Bounds on the weights.
    restarts
        Times that the search begins anew after its patience has ended: from the best
        solution, shaken by as many moves as the first radius has; at most once for every
        four bits.
    strict
        Whether a trial must be no worse at any level and better at one, instead of
        better in the value.
    """

    radius: int = 2
    max_radius: int = 6
    batch: int = 6
    patience: int = 40
    reward: float = 1.3
    penalty: float = 0.85
    lightest: float = 0.25
    heaviest: float = 4.0
    restarts: int = 0
    strict: bool = False

    def __post_init__(self) -> None:
        require(
            self,
            radius=(1, math.inf),
            max_radius=(1, math.inf),
            batch=(1, math.inf),
            patience=(1, math.inf),
            reward=(1.0, math.inf),
            penalty=(1e-12, 1.0),
            lightest=(1e-12, 1.0),
            heaviest=(1.0, math.inf),
            restarts=(0, math.inf),
        )


def trust_region_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: TrustRegionParameters | None = None,
    start: Bits | None = None,
) -> Found:
    """Improve a solution by exchanges within a trust region.

    Parameters
    ----------
    problem
        The problem.
    rng
        The one source of randomness.
    control
        Limits and callbacks.
    parameters
        See :class:`TrustRegionParameters`.
    start
        Where to begin; None for the problem's own start.

    References
    ----------
    Zhou et al., dispersed computing resource discovery, Sec. IV (the steps' headings);
    the control of the radius is that of classical trust-region methods.
    """
    parameters = parameters or TrustRegionParameters()

    def search(evaluator: Evaluator) -> None:
        TrustRegion(evaluator, rng, parameters, start).run()

    return Evaluator(problem, control).conduct(search)


class TrustRegion:
    """The state of one trust-region search.

    Parameters
    ----------
    evaluator
        Door to the problem.
    rng
        The one source of randomness.
    parameters
        Parameters.
    start
        Where to begin; None for the problem's own start.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        rng: np.random.Generator,
        parameters: TrustRegionParameters,
        start: Bits | None,
    ) -> None:
        problem = evaluator.problem
        self.evaluator, self.rng, self.parameters = evaluator, rng, parameters
        self.radius = min(parameters.radius, parameters.max_radius)
        self.idle = 0
        self.weights = np.ones(problem.columns.size)
        self.moves = Neighbourhood(
            problem, rng, self.weights, max(1.0, parameters.heaviest)
        )
        self.walk: CountedWalk = evaluator.walk(
            problem.start(rng) if start is None else start
        )

    def run(self) -> None:
        """Search until no batch has improved for a while; then as often again as wanted."""
        restarts = min(self.parameters.restarts, self.moves.size // 4)
        for restart in range(restarts + 1):
            if self.moves.empty:
                return
            if restart:
                self.shake()
            while not self.converged():
                self.evaluator.iterate()
                self.adjust_radius(self.batch())

    def shake(self) -> None:
        """Begin anew near the best solution: the first radius, equal weights."""
        parameters = self.parameters
        bits = self.evaluator.best_bits().copy()
        bits[list(self.moves.compound(bits, parameters.radius))] ^= True
        self.walk = self.evaluator.walk(bits)
        self.radius = min(parameters.radius, parameters.max_radius)
        self.weights[:] = 1.0
        self.idle = 0

    def converged(self) -> bool:
        """Say whether the search is over."""
        return self.idle >= patience(self.parameters.patience, self.moves.size)

    def batch(self) -> bool:
        """Do a batch of trials; say whether one was accepted."""
        improved = False
        for _ in range(self.parameters.batch):
            flips = self.exchange_elements()
            score = self.walk.trial(flips)
            accepted = self.symmetric_test(score)
            if accepted:
                self.walk.apply(flips, score)
                improved = True
            self.adjust_weights(flips, accepted)
        return improved

    def exchange_elements(self) -> Flips:
        """Return a trial: 1 to radius moves, bits drawn by their weights."""
        moves = 1 + int(self.rng.random() * self.radius)
        return self.moves.compound(self.walk.bits, moves)

    def symmetric_test(self, trial: Score) -> bool:
        """Say whether a trial replaces the current solution.

        Between feasible solutions the strict test asks every level; otherwise, and while
        something is violated, the whole is what counts.
        """
        here = self.walk.score
        if not (self.parameters.strict and trial.feasible and here.feasible):
            return trial.better_than(here)
        pairs = list(zip(trial.levels, here.levels, strict=True))
        worse = any(less(before, after) for after, before in pairs)
        return not worse and any(less(after, before) for after, before in pairs)

    def adjust_weights(self, flips: Flips, accepted: bool) -> None:
        """Raise the weights of bits whose flip was accepted, lower the others'."""
        parameters = self.parameters
        factor = parameters.reward if accepted else parameters.penalty
        for e in flips:
            self.weights[e] = min(
                parameters.heaviest, max(parameters.lightest, self.weights[e] * factor)
            )

    def adjust_radius(self, improved: bool) -> None:
        """Widen the region after a batch that improved, narrow it after another."""
        if improved:
            self.radius = min(self.parameters.max_radius, self.radius + 1)
            self.idle = 0
        else:
            self.radius = max(1, self.radius - 1)
            self.idle += 1
