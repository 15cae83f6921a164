"""STRA: the symmetric trust-region heuristic of the paper, in its ten steps.

The paper's text keeps the headings of the steps and little of what stood below them. What
the headings fix is the paper's; how a step is done is ours:

====  ==========================================  ======================================
step  the paper's heading                         here
====  ==========================================  ======================================
1     initialisation                              ``TrustRegionParameters``
2     initial trust-region vector (X, W, Y)       ``LeaderProblem.start``
3     combinatorial problem: the lower level      ``LeaderProblem.evaluate``
4     for t = 1, 2, …                             ``TrustRegion.run``, ``.batch``
5     two elements are exchanged                  ``TrustRegion.exchange_elements``
6     the vector is corrected                     ``LeaderProblem.evaluate``
7     symmetric test of both levels               ``TrustRegion.symmetric_test``
8     the trust region is adjusted                ``TrustRegion.adjust_radius``
9     convergence                                 ``TrustRegion.converged``
10    output                                      ``SearchResult``
====  ==========================================  ======================================

These parts are ours: the moves besides the exchange (open one, close one), the weights of
elements, the control of the radius (widen after success, narrow after failure, as
trust-region methods do), the greedy first vector, and the patience. W and Y are not moved
by hand: given X, each node connects to the nearest open agent and the follower responds
exactly, so the corrected vector is the best one for the leader with this X.
"""

from optkit.core.solving.registry import register
from optkit.discovery.solvers.base import PAPER
from optkit.discovery.solvers.search_base import SearchSolver
from optkit.search import TrustRegionParameters, options_from, trust_region_search


@register
class Stra(SearchSolver):
    """Exchanges of elements within a radius that success widens, both levels tested."""

    name = "stra"
    reference = f"{PAPER}, Sec. IV"
    Parameters = TrustRegionParameters
    Options = options_from(TrustRegionParameters, patience=20, restarts=10)
    engine = staticmethod(trust_region_search)
