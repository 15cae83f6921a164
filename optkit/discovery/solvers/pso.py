"""Binary particle swarm on the leader's choices."""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import SwarmParameters, options_from, swarm_search


@register
class Pso(SearchSolver):
    """Particles sample choices between their own best and the best of all."""

    name = "pso"
    reference = f"{PAPER}, Table 5; Kennedy and Eberhart 1997"
    Parameters = SwarmParameters
    Options = options_from(SwarmParameters)
    engine = staticmethod(swarm_search)
