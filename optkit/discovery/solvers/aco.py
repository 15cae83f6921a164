"""Ant colony on the leader's choices."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import ColonyParameters, Control, SearchResult, colony_search


class AcoOptions(Options):
    """Options of the ant colony."""

    ants: int = Field(ColonyParameters.ants, ge=1, le=100_000, description="ants")
    evaporation: float = Field(
        ColonyParameters.evaporation,
        ge=0.0,
        le=1.0,
        description="share of the pheromone that each iteration replaces",
    )
    elite: float = Field(
        ColonyParameters.elite,
        ge=0.0,
        le=1.0,
        description="share of the new pheromone that the best of all leaves",
    )
    changes: float = Field(
        ColonyParameters.changes,
        gt=1e-12,
        le=1e6,
        description="bits that an ant changes where the pheromone is sure of all",
    )
    patience: int = Field(
        ColonyParameters.patience,
        ge=1,
        description="iterations without a better solution after which a scope is done",
    )


@register
class Aco(SearchSolver):
    """Ants open bits by their pheromone, and the best ones lay more."""

    name = "aco"
    reference = f"{PAPER}, Table 5; Blum and Dorigo 2004"
    Options = AcoOptions

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        return colony_search(
            leader, rng, control, ColonyParameters(**self.options.model_dump())
        )
