"""Simulated annealing on the leader's choices."""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import AnnealingParameters, anneal, options_from


@register
class Sa(SearchSolver):
    """Random moves; worsening moves are accepted less and less often."""

    name = "sa"
    reference = f"{PAPER}, Table 5; Kirkpatrick, Gelatt and Vecchi 1983"
    Parameters = AnnealingParameters
    Options = options_from(AnnealingParameters)
    engine = staticmethod(anneal)
