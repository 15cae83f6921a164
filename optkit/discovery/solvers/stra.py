"""STRA: the symmetric trust-region heuristic of the paper, in its ten steps.

The paper's text keeps the headings of the steps and little of what stood below them. What
the headings fix is the paper's; how a step is done is ours:

====  ==========================================  ======================================
step  the paper's heading                         here
====  ==========================================  ======================================
1     initialisation                              :meth:`Stra.initialise`
2     initial trust-region vector (X, W, Y)       :func:`initial_vector`
3     combinatorial problem: the lower level      ``LeaderProblem.evaluate``
4     for t = 1, 2, …                             ``TrustRegion.run``, ``.batch``
5     two elements are exchanged                  ``TrustRegion.exchange_elements``
6     the vector is corrected                     ``LeaderProblem.evaluate``
7     symmetric test of both levels               ``TrustRegion.symmetric_test``
8     the trust region is adjusted                ``TrustRegion.adjust_radius``
9     convergence                                 ``TrustRegion.converged``
10    output                                      ``Found``, to the run's incumbent
====  ==========================================  ======================================

Ours are: the moves besides the exchange (open one, close one), the weights of elements,
the control of the radius (widen after success, narrow after failure, as trust-region
methods do), the greedy first vector, and the patience. W and Y are not moved by hand:
given X, each node connects to the nearest open agent and the follower answers exactly, so
the corrected vector is the best one for the leader with this X.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import (
    Bits,
    Control,
    SearchResult,
    TrustRegionParameters,
    trust_region_search,
)


class StraOptions(Options):
    """Options of STRA; a batch of trials is an iteration."""

    radius: int = Field(
        TrustRegionParameters.radius,
        ge=1,
        le=1_000,
        description="Δ, elementary moves in a trial at most, at first",
    )
    max_radius: int = Field(
        TrustRegionParameters.max_radius, ge=1, le=1_000, description="bound on Δ"
    )
    batch: int = Field(
        TrustRegionParameters.batch,
        ge=1,
        le=1_000_000,
        description="B, trials between two changes of the radius",
    )
    patience: int = Field(
        20,
        ge=1,
        description="L, batches without improvement after which a scope is done",
    )
    reward: float = Field(
        TrustRegionParameters.reward,
        ge=1.0,
        le=1e3,
        description="factor on the weights of exchanged elements after success",
    )
    penalty: float = Field(
        TrustRegionParameters.penalty,
        gt=1e-12,
        le=1.0,
        description="factor on the weights of exchanged elements after failure",
    )
    lightest: float = Field(
        TrustRegionParameters.lightest,
        ge=1e-3,
        le=1.0,
        description="bound on the weights from below",
    )
    heaviest: float = Field(
        TrustRegionParameters.heaviest,
        ge=1.0,
        le=1e3,
        description="bound on the weights from above",
    )
    restarts: int = Field(
        10,
        ge=0,
        description="times a scope is searched anew from its best, shaken; 0 as printed",
    )
    strict: bool = Field(
        TrustRegionParameters.strict,
        description="accept only what is worse at neither level and better at one",
    )


@register
class Stra(SearchSolver):
    """Exchanges of elements within a radius that success widens, both levels tested."""

    name = "stra"
    reference = f"{PAPER}, Sec. IV"
    Options = StraOptions

    def initialise(self) -> TrustRegionParameters:
        """Step 1: radius, batch, patience and weights."""
        return TrustRegionParameters(**self.options.model_dump())

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Do the ten steps in one scope."""
        return trust_region_search(
            leader, rng, control, self.initialise(), initial_vector(leader, rng)
        )


def initial_vector(leader: LeaderProblem, rng: np.random.Generator) -> Bits:
    """Step 2: agents by a greedy cover, or those of the initial solution handed in."""
    return leader.start(rng)
