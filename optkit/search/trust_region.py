"""Symmetric trust-region search: exchanges within a radius that success widens.

The radius is the number of elementary moves that a trial may make at once. A batch of
trials that improves the current solution widens it, one that does not narrows it. Bits are
drawn by their weights: the weight of a bit rises when a trial that flipped it is accepted,
and falls when such a trial is rejected. "Symmetric" is the test of a trial, which treats
both levels of a bilevel problem alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optkit.search.columns import Bits
from optkit.search.evaluator import Control, CountedWalk, Evaluator, SearchResult
from optkit.search.moves import Neighbourhood
from optkit.search.parameters import EngineParameters, idle_limit, parameter
from optkit.search.problem import BinaryProblem, Flips, Score, less


@dataclass(frozen=True)
class TrustRegionParameters(EngineParameters):
    """Parameters of the trust-region search; an iteration is a batch of trials.

    Patience counts at most 10 batches plus one per bit. A restart begins at the best
    solution, changed by as many moves as the first radius has; there is at most one
    restart per four bits.
    """

    radius: int = parameter(
        2, "Δ, largest number of elementary moves per trial at first", ge=1, le=1_000
    )
    max_radius: int = parameter(6, "upper limit of Δ", ge=1, le=1_000)
    batch: int = parameter(
        6, "B, trials between two changes of the radius", ge=1, le=1_000_000
    )
    patience: int = parameter(
        40,
        "L, batches without improvement after which a search ends or restarts",
        ge=1,
    )
    reward: float = parameter(
        1.3, "factor on the weights of the bits of an accepted trial", ge=1.0, le=1e3
    )
    penalty: float = parameter(
        0.85, "factor on the weights of the bits of a rejected trial", gt=1e-12, le=1.0
    )
    lightest: float = parameter(0.25, "smallest weight", ge=1e-3, le=1.0)
    heaviest: float = parameter(4.0, "largest weight", ge=1.0, le=1e3)
    restarts: int = parameter(
        0,
        "restarts from the best solution, slightly changed; 0: none, as in the paper",
        ge=0,
    )
    strict: bool = parameter(
        False,
        "accept only trials that are worse for neither level and better for"
        " at least one",
    )


def trust_region_search(
    problem: BinaryProblem,
    rng: np.random.Generator,
    control: Control,
    parameters: TrustRegionParameters | None = None,
    start: Bits | None = None,
) -> SearchResult:
    """Improve a solution by exchanges within a trust region.

    Parameters
    ----------
    problem
        The problem.
    rng
        The only source of randomness.
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

    return Evaluator(problem, control).run(search)


class TrustRegion:
    """State of one trust-region search.

    Parameters
    ----------
    evaluator
        Evaluates solutions of the problem.
    rng
        The only source of randomness.
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
        """Search until patience ends; then restart as often as wanted."""
        restarts = min(self.parameters.restarts, self.moves.size // 4)
        for restart in range(restarts + 1):
            if self.moves.empty:
                return
            if restart:
                self.restart()
            while not self.converged():
                self.evaluator.begin_iteration()
                self.adjust_radius(self.batch())

    def restart(self) -> None:
        """Begin anew near the best solution: first radius, equal weights."""
        parameters = self.parameters
        bits = self.evaluator.best_bits().copy()
        bits[list(self.moves.compound(bits, parameters.radius))] ^= True
        self.walk = self.evaluator.walk(bits)
        self.radius = min(parameters.radius, parameters.max_radius)
        self.weights[:] = 1.0
        self.idle = 0

    def converged(self) -> bool:
        """Say whether too many batches in a row brought no improvement."""
        return self.idle >= idle_limit(self.parameters.patience, self.moves.size)

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

        The strict test compares every level, if both solutions are feasible. Otherwise
        the scores as a whole are compared.
        """
        current = self.walk.score
        if not (self.parameters.strict and trial.feasible and current.feasible):
            return trial.better_than(current)
        pairs = list(zip(trial.levels, current.levels, strict=True))
        worse = any(less(before, after) for after, before in pairs)
        return not worse and any(less(after, before) for after, before in pairs)

    def adjust_weights(self, flips: Flips, accepted: bool) -> None:
        """Raise the weights of the bits of an accepted trial, lower those of another."""
        parameters = self.parameters
        factor = parameters.reward if accepted else parameters.penalty
        for bit in flips:
            self.weights[bit] = min(
                parameters.heaviest,
                max(parameters.lightest, self.weights[bit] * factor),
            )

    def adjust_radius(self, improved: bool) -> None:
        """Widen the region after a batch that improved, narrow it after another."""
        if improved:
            self.radius = min(self.parameters.max_radius, self.radius + 1)
            self.idle = 0
        else:
            self.radius = max(1, self.radius - 1)
            self.idle += 1
