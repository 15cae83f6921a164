"""Ant colony on the leader's choices."""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import ColonyParameters, colony_search, options_from


@register
class Aco(SearchSolver):
    """Ants open bits by their pheromone, and the best ants lay more."""

    name = "aco"
    reference = f"{PAPER}, Table 5; Blum and Dorigo 2004"
    Parameters = ColonyParameters
    Options = options_from(ColonyParameters)
    engine = staticmethod(colony_search)
