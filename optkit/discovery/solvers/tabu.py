"""Tabu search on the leader's choices, the paper's nearest rival of STRA."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from optkit.core.options import Options
from optkit.core.solving.registry import register
from optkit.discovery.heuristics.leader_problem import LeaderProblem
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import Control, SearchResult, TabuParameters, tabu_search


class TabuOptions(Options):
    """Options of the tabu search."""

    neighbours: int = Field(
        TabuParameters.neighbours, ge=1, le=10_000, description="neighbours a step"
    )
    tenure: int = Field(
        TabuParameters.tenure,
        ge=0,
        le=10_000,
        description="steps for which a flipped bit stays as it is",
    )
    patience: int = Field(
        TabuParameters.patience,
        ge=1,
        description="steps without a better solution after which a scope is done",
    )


@register
class Tabu(SearchSolver):
    """The best of a sample of neighbours, even if worse, and a memory of the flips."""

    name = "tabu"
    reference = (
        "Zhou et al., dispersed computing resource discovery, Table 5; Glover 1989"
    )
    Options = TabuOptions

    def search(
        self, leader: LeaderProblem, rng: np.random.Generator, control: Control
    ) -> SearchResult:
        """Search one scope."""
        return tabu_search(
            leader, rng, control, TabuParameters(**self.options.model_dump())
        )
