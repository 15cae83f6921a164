"""Genetic algorithm on the leader's choices, with DEAP's operators."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import Control, SearchResult, GeneticParameters, genetic_search


class GaOptions(Options):
    """Options of the genetic algorithm."""

    population: int = Field(
        GeneticParameters.population, ge=2, le=100_000, description="individuals"
    )
    tournament: int = Field(
        GeneticParameters.tournament,
        ge=1,
        le=1_000,
        description="individuals of which the best becomes a parent",
    )
    crossover: float = Field(
        GeneticParameters.crossover,
        ge=0.0,
        le=1.0,
        description="probability that two parents exchange groups",
    )
    mutation: float = Field(
        GeneticParameters.mutation,
        ge=0.0,
        le=1.0,
        description="probability that a child is moved to a neighbour",
    )
    elite: int = Field(
        GeneticParameters.elite, ge=0, le=10_000, description="individuals carried over"
    )
    patience: int = Field(
        GeneticParameters.patience,
        ge=1,
        description="generations without a better solution after which a scope is done",
    )


@register
class Ga(SearchSolver):
    """Tournament, uniform crossover of groups, mutation by the moves that all share."""

    name = "ga"
    reference = f"{PAPER}, Table 5; DEAP"
    Options = GaOptions

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        return genetic_search(
            leader, rng, control, GeneticParameters(**self.options.model_dump())
        )
