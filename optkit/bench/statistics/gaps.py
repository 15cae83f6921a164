"""Gaps of a run to the best-known solution, over its time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PPoly

from optkit.core.consistency import agree

Trajectory = Sequence[tuple[float, float | None, float | None]]
"""Points (seconds, objective, bound), as in results."""


def primal_gap(objective: float | None, best: float) -> float:
    """Return the primal gap of an objective, between 0 and 1 (Berthold 2013).

    0 if the two are equal, 1 if there is no objective or the signs differ, otherwise
    ``|objective - best| / max(|objective|, |best|)``. Unlike a gap relative to one of the
    two it is bounded, so it can be integrated over time and averaged over instances.
    Values within the tolerance of the harness are equal; otherwise two proofs of the same
    optimum that differ in their last digits would get different ranks.

    Parameters
    ----------
    objective
        The objective; None if there is no solution.
    best
        The best-known objective.
    """
    if objective is None:
        return 1.0
    if agree(objective, best):
        return 0.0
    # Compared one by one, because the product of the two may underflow.
    if (objective < 0) != (best < 0):
        return 1.0
    return abs(objective - best) / max(abs(objective), abs(best))


def primal_integral(trajectory: Trajectory, best: float, horizon: float) -> float:
    """Return the primal integral, in seconds: the primal gap integrated up to ``horizon``.

    It rewards good solutions that come early. It depends on the horizon, so only runs
    with the same time limit are comparable.

    Parameters
    ----------
    trajectory
        Points of the run; the gap is that of the latest objective.
    best
        The best-known objective.
    horizon
        Seconds.
    """
    if horizon <= 0:
        return 0.0
    times, gaps = [0.0], [1.0]
    for seconds, objective, _ in trajectory:
        if objective is None or seconds >= horizon:
            continue
        gap = primal_gap(objective, best)
        if seconds <= times[-1]:
            gaps[-1] = gap
        else:
            times.append(seconds)
            gaps.append(gap)
    steps = PPoly(np.array([gaps]), np.array([*times, horizon]))
    return float(steps.integrate(0.0, horizon))


def time_to(trajectory: Trajectory, best: float, within: float) -> float:
    """Return when a run first had a primal gap of at most ``within``; infinity if never."""
    for seconds, objective, _ in trajectory:
        if objective is not None and primal_gap(objective, best) <= within:
            return seconds
    return math.inf
