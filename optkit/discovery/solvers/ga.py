"""Genetic algorithm on the leader's choices, with DEAP's operators."""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import GeneticParameters, genetic_search, options_from


@register
class Ga(SearchSolver):
    """Tournament, uniform crossover of columns, mutation by the shared moves."""

    name = "ga"
    reference = f"{PAPER}, Table 5; DEAP"
    Parameters = GeneticParameters
    Options = options_from(GeneticParameters)
    engine = staticmethod(genetic_search)
