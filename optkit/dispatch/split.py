"""The best split that looks at nothing: how each access point shares out its jobs for good.

Under a fixed random split every queue is on its own: arrivals at rate Σ_k λ_k x_{k,m}, at
most one departure a slot. Its stationary mean cost is known in closed form, and so is the
mean number in transit (Little's law). The split that makes their sum least is the base
policy that :mod:`optkit.dispatch.rollout` improves on.
"""

from __future__ import annotations

import numpy as np

from optkit.dispatch.value import queue_costs
from optkit.dispatch.world import Floats, World

ROUNDS = 400
"""Steps of the descent; the mean cost is within 0.1 % of its limit by then."""

NUDGE = 1e-6
"""Relative step of the difference quotient of a queue's cost."""


def stationary_cost(world: World, arrival: Floats) -> Floats:
    """Return (M, J): mean cost a boundary of each queue with Bernoulli arrivals.

    Parameters
    ----------
    world
        The model.
    arrival
        (M, J): arrival probability per slot; values above one count as one.
    """
    rate = 1.0 / world.service
    chance = np.clip(arrival, 0.0, 1.0 - 1e-9)
    up, down = (1.0 - rate) * chance, rate * (1.0 - chance)
    limit = world.queue_limit
    # π(l) ∝ Π up/down; from the full queue it goes down at the full rate.
    with np.errstate(divide="ignore"):
        ratio = np.log(up) - np.log(down)
        last = np.log(up) - np.log(rate)
    steps = np.arange(limit, dtype=float)
    weight = np.empty((*chance.shape, limit + 1))
    with np.errstate(invalid="ignore"):
        weight[..., :limit] = np.where(steps == 0.0, 0.0, ratio[..., None] * steps)
        weight[..., limit] = np.where(limit > 1, ratio * (limit - 1), 0.0) + last
    weight -= weight.max(axis=-1, keepdims=True)
    law = np.exp(weight)
    law /= law.sum(axis=-1, keepdims=True)
    cost = queue_costs(limit, world.overflow_penalty)
    drops = world.drop_penalty * world.slots_per_interval * arrival * law[..., limit]
    return np.asarray(law @ cost + drops + np.maximum(arrival - 1.0, 0.0) * 1e6)


def best_split(world: World) -> Floats:
    """Return (K, M, J): share of each access point's jobs of a type that a server gets."""
    upload = np.where(world.candidate[:, :, None], world.mean_upload, 0.0)
    allowed = world.candidate[:, :, None] & np.ones(world.shape[2], dtype=bool)
    share = allowed / allowed.sum(axis=1, keepdims=True)
    best, least = share, np.inf
    pace = 2.0
    for _ in range(ROUNDS):
        arrival = np.einsum("kj,kmj->mj", world.arrival, share)
        cost = stationary_cost(world, arrival)
        travel = np.einsum("kj,kmj,kmj->", world.arrival, share, upload)
        total = float(cost.sum() + travel)
        if total < least:
            best, least = share, total
        else:
            pace = max(0.05, 0.97 * pace)
        step = np.maximum(NUDGE * arrival, 1e-9)
        price = (stationary_cost(world, arrival + step) - cost) / step
        marginal = upload + price[None]
        lowest = np.where(allowed, marginal, np.inf).min(axis=1, keepdims=True)
        # Multiplicative weights: shares stay shares, and what is dear fades.
        scale = np.maximum(np.abs(lowest), 1.0)
        with np.errstate(over="ignore"):
            factor = np.exp(-np.minimum(pace * (marginal - lowest) / scale, 50.0))
        grown = np.where(allowed, np.maximum(share, 1e-9) * factor, 0.0)
        share = grown / grown.sum(axis=1, keepdims=True)
    return np.where(best < 1e-6, 0.0, best)
