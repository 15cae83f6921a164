"""The best split that looks at nothing: how each access point shares out its jobs for good.

Under a fixed random split every queue is on its own: arrivals at rate Σ_k λ_k x_{k,m}, at
most one departure a slot. What it costs from the empty system on, later slots counting
less and less, follows from one tridiagonal system; what is in transit from Little's law.
The split that makes their sum least is the base policy that
:mod:`optkit.dispatch.policies.rollout`
improves on. A horizon is needed where more arrives than can be served: in the long run
some queue is full then whatever is done, but that run may be longer than anybody looks.

Import where needed: it loads numba.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optkit.core.arrays import Floats
from optkit.core.runtime.compiled import compiled
from optkit.dispatch.problem.closed_form_values import queue_costs
from optkit.dispatch.problem.problem_data import World

ROUNDS = 400
"""Most steps of a descent."""

PATIENCE = 20
"""Steps in which some type has to gain, or the descent is over."""

GAIN = 1e-5
"""Relative gain that counts."""

NUDGE = 1e-6
"""Relative step of the difference quotient of a queue's cost."""

EXCESS = 1e6
"""Cost of a unit of arrivals past one a slot, which no queue could take."""


def queued_cost(world: World, arrival: Floats, horizon: float) -> Floats:
    """Return (M, J): mean cost of each queue with Bernoulli arrivals, empty at first.

    Parameters
    ----------
    world
        The model.
    arrival
        (M, J): arrival probability per slot; values above one count as one.
    horizon
        In intervals: slot n has the weight a^n with a = 1 − 1/(horizon · t_B), and the
        mean is taken with these weights.
    """
    per = world.slots_per_interval
    cost: Floats = compiled(_queued_costs)(
        np.minimum(arrival, 1.0),
        1.0 / world.service,
        queue_costs(world.queue_limit, world.overflow_penalty),
        world.drop_penalty * per,
        1.0 - 1.0 / (horizon * per),
    )
    return cost + np.maximum(arrival - 1.0, 0.0) * EXCESS


def split_cost(world: World, share: Floats, horizon: float) -> Floats:
    """Return (J,): mean cost of each type under a split, what is in transit included.

    Parameters
    ----------
    world
        The model.
    share
        (K, M, J): shares, zero where a server is no candidate.
    horizon
        How far ahead to look, in intervals.
    """
    arrival = np.einsum("kj,kmj->mj", world.arrival, share)
    cost: Floats = queued_cost(world, arrival, horizon).sum(axis=0)
    return cost + _travel(world, share)


def even(world: World) -> Floats:
    """Return (K, M, J): the split that sends as much to each candidate."""
    allowed = world.candidate[:, :, None] & np.ones(world.shape[2], dtype=bool)
    share: Floats = allowed / allowed.sum(axis=1, keepdims=True)
    return share


def flooded(world: World, server: int) -> Floats:
    """Return (K, M, J): all that may go to one server does, all else is split evenly."""
    share = even(world)
    senders = world.candidate[:, server]
    share[senders] = 0.0
    share[senders, server] = 1.0
    return share


def best_split(world: World, horizon: float) -> Floats:
    """Return (K, M, J): share of each access point's jobs of a type that a server gets.

    A full queue costs the same however much more is sent to it, unless drops are charged
    enough, so the cost is not convex: where more arrives than all can serve, giving one
    queue up and sparing the others may be far better than any split near the even one,
    and no small step leads there. Each type therefore descends twice, from the even split
    and from the cheapest that floods a server, and keeps the better end.

    Parameters
    ----------
    world
        The model.
    horizon
        How far ahead it looks, in intervals.
    """
    flood, cheapest = even(world), np.full(world.shape[2], np.inf)
    for server in range(world.shape[1]):
        share = flooded(world, server)
        cost = split_cost(world, share, horizon)
        better = cost < cheapest
        flood[:, :, better] = share[:, :, better]
        cheapest = np.minimum(cheapest, cost)
    best, least = _descend(world, even(world), horizon)
    other, cost = _descend(world, flood, horizon)
    better = cost < least
    best[:, :, better] = other[:, :, better]
    return np.where(best < 1e-6, 0.0, best)


def _descend(world: World, share: Floats, horizon: float) -> tuple[Floats, Floats]:
    """Return the best split met on the way down from one, and (J,) its cost."""
    upload = _uploads(world)
    allowed = world.candidate[:, :, None]
    # Types share nothing: each descends at its own pace.
    best, least = share.copy(), np.full(world.shape[2], np.inf)
    pace = np.full(world.shape[2], 2.0)
    before = least
    for done in range(ROUNDS):
        if done % PATIENCE == 1:
            if np.all(before - least <= GAIN * least):
                break
            before = least
        arrival = np.einsum("kj,kmj->mj", world.arrival, share)
        cost = queued_cost(world, arrival, horizon)
        total = cost.sum(axis=0) + _travel(world, share)
        better = total < least
        best[:, :, better] = share[:, :, better]
        least = np.minimum(least, total)
        pace = np.where(better, pace, np.maximum(0.05, 0.97 * pace))
        step = np.maximum(NUDGE * arrival, 1e-9)
        price = (queued_cost(world, arrival + step, horizon) - cost) / step
        marginal = upload + price[None]
        lowest = np.where(allowed, marginal, np.inf).min(axis=1, keepdims=True)
        # Multiplicative weights: shares stay shares, and what is dear fades.
        scale = np.maximum(np.abs(lowest), 1.0)
        with np.errstate(over="ignore"):
            factor = np.exp(-np.minimum(pace * (marginal - lowest) / scale, 50.0))
        grown = np.where(allowed, np.maximum(share, 1e-9) * factor, 0.0)
        share = grown / grown.sum(axis=1, keepdims=True)
    return best, least


def _uploads(world: World) -> Floats:
    """Return (K, M, J): mean uploads in slots, zero where a server is no candidate."""
    mean: Floats = np.where(world.candidate[:, :, None], world.mean_upload, 0.0)
    return mean


def _travel(world: World, share: Floats) -> Floats:
    """Return (J,): mean number of jobs in transit under a split (Little's law)."""
    sent: Floats = np.einsum("kj,kmj,kmj->j", world.arrival, share, _uploads(world))
    return sent


def _queued_costs(
    arrival: Any, rate: Any, cost: Any, penalty: float, weight: float
) -> Any:
    """Solve (I − a P) x = g for the empty queue, from the full one down, times 1 − a."""
    limit = len(cost) - 1
    found = np.empty(arrival.shape)
    for m in range(arrival.shape[0]):
        for j in range(arrival.shape[1]):
            come, serve = arrival[m, j], rate[m, j]
            down = weight * serve * (1.0 - come)
            up = weight * (1.0 - serve) * come
            stay = 1.0 - weight + down + up
            # x[l] = alpha + beta x[l − 1]; a full queue gains nothing by an arrival.
            beta = weight * serve / (1.0 - weight * (1.0 - serve))
            alpha = (cost[limit] + penalty * come) / (1.0 - weight * (1.0 - serve))
            for length in range(limit - 1, 0, -1):
                pivot = stay - up * beta
                alpha = (cost[length] + up * alpha) / pivot
                beta = down / pivot
            empty = (cost[0] + up * alpha) / (1.0 - weight + up - up * beta)
            found[m, j] = (1.0 - weight) * empty
    return found
