"""The bound by prices and groups alone, for solvers that have no better one."""

from __future__ import annotations

import math
from collections.abc import Callable

from optkit.discovery.bounds.facility_location import are_loops_ready
from optkit.discovery.bounds.scope_lagrangian import ScopeLagrangian
from optkit.discovery.bounds.trivial import trivial_bounds
from optkit.discovery.problem.problem_data import ProblemData

SOURCE = "prices on the accuracy rows, group by group"

ROUNDS = 20
"""Most prices tried in each scope."""

ROUNDING = 1e-10
"""Share of a bound that is given up for rounding."""


def priced_bound(problem: ProblemData, should_stop: Callable[[], bool]) -> float | None:
    """Return a lower bound on the objective of any solution.

    Parameters
    ----------
    problem
        The instance.
    should_stop
        Asked between two prices; afterwards scopes count with a trivial bound.

    Returns
    -------
    float or None
        None where a scope turns out to have no solution.
    """
    links = int(problem.usable.sum())
    bounds: list[float] = []
    for scope, bound in enumerate(trivial_bounds(problem).tolist()):
        if not should_stop():
            lagrangian = ScopeLagrangian(problem, scope)
            if not lagrangian.feasible:
                return None
            if lagrangian.enumerated or are_loops_ready(links, should_stop):
                first = lagrangian.without_prices()
                if first is None:
                    return None
                for point in lagrangian.points(first, bound, ROUNDS):
                    bound = max(bound, point.value)
                    if should_stop():
                        break
        bounds.append(bound)
    return math.fsum(bounds) - ROUNDING * math.fsum(map(abs, bounds))
