"""Tabu search on the leader's choices, the closest rival of STRA in the paper."""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import TabuParameters, options_from, tabu_search


@register
class Tabu(SearchSolver):
    """The best of a sample of neighbours, even if worse, and a memory of the flips."""

    name = "tabu"
    reference = f"{PAPER}, Table 5; Glover 1989"
    Parameters = TabuParameters
    Options = options_from(TabuParameters)
    engine = staticmethod(tabu_search)
