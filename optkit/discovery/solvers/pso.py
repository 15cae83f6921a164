"""Binary particle swarm on the leader's choices."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import Control, SearchResult, SwarmParameters, swarm_search


class PsoOptions(Options):
    """Options of the binary particle swarm."""

    particles: int = Field(
        SwarmParameters.particles, ge=1, le=100_000, description="particles"
    )
    inertia: float = Field(
        SwarmParameters.inertia,
        ge=0.0,
        le=1.0,
        description="share of its velocity that a particle keeps",
    )
    cognitive: float = Field(
        SwarmParameters.cognitive,
        ge=0.0,
        le=1e6,
        description="most that the own best position pulls",
    )
    social: float = Field(
        SwarmParameters.social,
        ge=0.0,
        le=1e6,
        description="most that the best position of all pulls",
    )
    fastest: float = Field(
        SwarmParameters.fastest,
        ge=0.0,
        le=700.0,
        description="bound on velocities, the log odds of a bit",
    )
    patience: int = Field(
        SwarmParameters.patience,
        ge=1,
        description="iterations without a better solution after which a scope is done",
    )


@register
class Pso(SearchSolver):
    """Particles sample choices between their own best and the best of all."""

    name = "pso"
    reference = f"{PAPER}, Table 5; Kennedy and Eberhart 1997"
    Options = PsoOptions

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        return swarm_search(
            leader, rng, control, SwarmParameters(**self.options.model_dump())
        )
