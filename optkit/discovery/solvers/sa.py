"""Simulated annealing on the leader's choices."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import AnnealingParameters, Control, SearchResult, anneal


class SaOptions(Options):
    """Options of the simulated annealing."""

    acceptance: float = Field(
        AnnealingParameters.acceptance,
        gt=0.0,
        lt=1.0,
        description="probability at first of accepting a mean worsening",
    )
    probe: int = Field(
        AnnealingParameters.probe,
        ge=1,
        le=100_000,
        description="neighbours of the start that the mean worsening is taken from",
    )
    cooling: float = Field(
        AnnealingParameters.cooling,
        gt=0.0,
        le=1.0,
        description="last temperature as a share of the first",
    )
    level: int = Field(
        AnnealingParameters.level, ge=1, description="moves tried at each temperature"
    )
    effort: int = Field(
        AnnealingParameters.effort,
        ge=1,
        description="moves for each bit, where no evaluation limit says how many in all",
    )


@register
class Sa(SearchSolver):
    """Random moves, uphill ones by chance, the colder the rarer."""

    name = "sa"
    reference = f"{PAPER}, Table 5; Kirkpatrick, Gelatt and Vecchi 1983"
    Options = SaOptions

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        return anneal(
            leader, rng, control, AnnealingParameters(**self.options.model_dump())
        )
