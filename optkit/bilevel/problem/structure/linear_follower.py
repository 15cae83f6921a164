"""Recognise the linear followers that are better described by multipliers than by cuts."""

from __future__ import annotations

import numpy as np

from optkit.bilevel.problem.problem_data import ProblemData

NARROW = 3.0
"""Largest difference of the bounds of an integer column that is narrow."""


def prefers_kkt(problem: ProblemData) -> bool:
    """Say whether ``kkt`` suits a program better than value-function cuts.

    Its nodes are linear programs, and need no bound on the follower's objective. It falls
    behind only where the leader's columns are integers of a wide range and the follower has
    bounds: there, branching on integers takes longer than the cuts do. `NARROW` comes from
    the linear kinds of ``benchmarks/bilevel_mibs.py --solver kkt branch-and-cut``.
    """
    if not problem.follower_is_linear:
        return False
    if problem.continuous_linking():
        return True  # nothing else takes them
    upper, lower, linking = problem.upper, problem.lower, problem.linking
    width = problem.column_upper - problem.column_lower
    return bool(
        not problem.integer[upper].all()
        or not np.isfinite(width[lower]).all()
        or (width[linking] <= NARROW).all()
    )
