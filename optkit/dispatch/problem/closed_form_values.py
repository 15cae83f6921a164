"""The cost of a state if all access points keep their actions, in closed form.

W† is the discounted number of jobs in transit (eq 17), W‡ the discounted length of a queue
with its overflow penalty (eq 18), both under the policy that never changes an action. The
in-transit term is exact. The queue term takes the arrivals of one slot as one Bernoulli
draw, the paper's approximation, or as the sum of independent ones (Poisson-binomial).
"""

from __future__ import annotations

import math

import numpy as np

from optkit.core.arrays import Floats


def survival(law: Floats) -> Floats:
    """Return P(U ≥ x) for x = 0 … Ξ; laws lie along the last axis."""
    tail: Floats = np.flip(np.cumsum(np.flip(law, -1), -1), -1)
    return np.clip(tail, 0.0, 1.0)


def transit_values(law: Floats, per: int, discount: float) -> Floats:
    """Return the discounted number of future boundaries in transit, by age.

    Parameters
    ----------
    law
        (…, Ξ + 1): upload laws.
    per
        Slots of an interval, t_B.
    discount
        γ < 1.

    Returns
    -------
    ndarray
        (…, Ξ + 1). Entry x ≥ 1 is for one job of age x at a boundary, that boundary
        included: Σ_i γ^i P(U ≥ x + i t_B) / P(U ≥ x). Entry 0 is for a source of one job
        per slot that starts at the boundary: Σ_i γ^i Σ_{x ≤ i t_B} P(U ≥ x). These are
        the rows of (I − γ Γ^{t_B})^{-1} summed over the ages (the paper's W̃†).
    """
    alive = survival(law)
    longest = law.shape[-1] - 1
    values = np.zeros_like(alive)
    for age in range(1, longest + 1):
        later = alive[..., age::per]
        weight = discount ** np.arange(later.shape[-1])
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (later @ weight) / alive[..., age]
        values[..., age] = np.where(alive[..., age] > 0.0, share, 0.0)
    held = np.cumsum(np.concatenate([0.0 * alive[..., :1], alive[..., 1:]], -1), -1)
    steps = math.ceil(longest / per)
    for step in range(steps):
        values[..., 0] += discount**step * held[..., min(step * per, longest)]
    values[..., 0] += discount**steps / (1.0 - discount) * held[..., longest]
    return values


def queue_costs(limit: int, overflow_penalty: float) -> Floats:
    """Return (L + 1,): stage cost of a queue by length: its jobs, and β if it is full."""
    cost = np.arange(limit + 1.0)
    cost[limit] += overflow_penalty
    return cost
