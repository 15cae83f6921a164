"""Search engines for binary problems, shared by families.

A problem is a choice of bits in columns (:class:`BinaryProblem`), and an engine knows
nothing else of it. All engines move through the same neighbourhood, evaluate through the
same :class:`~optkit.search.evaluator.Evaluator`, draw from one numpy generator and return a
:class:`SearchResult`, so that equal budgets mean equal work, and the same seed the same
trajectory::

    from optkit.search import Control, tabu_search

    result = tabu_search(problem, numpy.random.default_rng(1), Control(evaluations=1000))
"""

from optkit.search.annealing import AnnealingParameters, anneal
from optkit.search.colony import ColonyParameters, colony_search
from optkit.search.columns import Bits, Columns
from optkit.search.evaluator import Control, Evaluator, SearchResult, StopReason
from optkit.search.genetic import GeneticParameters, genetic_search
from optkit.search.moves import Neighbourhood
from optkit.search.options import options_from
from optkit.search.problem import BinaryProblem, Flips, PlainWalk, Score, Walk
from optkit.search.swarm import SwarmParameters, swarm_search
from optkit.search.tabu import TabuParameters, tabu_search
from optkit.search.trust_region import TrustRegionParameters, trust_region_search

__all__ = [
    "AnnealingParameters",
    "BinaryProblem",
    "Bits",
    "ColonyParameters",
    "Columns",
    "Control",
    "Evaluator",
    "Flips",
    "GeneticParameters",
    "Neighbourhood",
    "PlainWalk",
    "Score",
    "SearchResult",
    "StopReason",
    "SwarmParameters",
    "TabuParameters",
    "TrustRegionParameters",
    "Walk",
    "anneal",
    "colony_search",
    "genetic_search",
    "options_from",
    "swarm_search",
    "tabu_search",
    "trust_region_search",
]
