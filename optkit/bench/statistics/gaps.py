"""How far a run was from the best known solution, at each moment of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PPoly

from optkit.core.consistency import agree

Trajectory = Sequence[tuple[float, float | None, float | None]]
"""Points (seconds, objective, bound), as results hold them."""


def primal_gap(objective: float | None, best: float) -> float:
    """Return the primal gap of an objective, between 0 and 1 (Berthold 2013).

    0 where the two are equal, 1 where there is no objective or the signs differ, else
    ``|objective - best| / max(|objective|, |best|)``. Unlike a gap relative to one of the
    two it is bounded, so it can be integrated over time and averaged over instances.
    Equal is what the harness takes for equal: else two proofs of one optimum that differ
    in their last digits would get different ranks.

    Parameters
    ----------
    objective
        The objective; None where nothing has been found.
    best
        The best objective that is known.
    """
    if objective is None:
        return 1.0
    if agree(objective, best):
        return 0.0
    # By the signs: a product of the two may underflow.
    if (objective < 0) != (best < 0):
        return 1.0
    return abs(objective - best) / max(abs(objective), abs(best))


def primal_integral(trajectory: Trajectory, best: float, horizon: float) -> float:
    """Return the primal integral, in seconds: the primal gap integrated up to ``horizon``.

    It rewards good solutions that come early. It depends on the horizon, so it compares
    runs with the same time limit only.

    Parameters
    ----------
    trajectory
        Points of the run; the gap is that of the last objective so far.
    best
        The best objective that is known.
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
