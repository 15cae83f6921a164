"""The best fixed split: each access point shares out its jobs at random, in fixed shares.

Under a fixed random split every queue is independent: arrivals at rate Σ_k λ_k x_{k,m}, at
most one departure per slot. Its cost from the empty system on, with later slots counting
less and less, follows from one tridiagonal system; the number of jobs in transit follows
from Little's law. The split with the least sum is the base policy that
:mod:`optkit.dispatch.policies.rollout` improves on. A horizon is needed where more arrives
than can be served: in the long run some queue is then full whatever is done, but the
sample path may end long before.

Shares are kept by pair of an access point and a candidate: on large networks there are
far fewer pairs than access points times servers.
"""

from __future__ import annotations

import numpy as np

from optkit.core.arrays import Floats, Ints
from optkit.core.runtime import stopping
from optkit.dispatch.policies.static_split_kernels import empty_queue_costs
from optkit.dispatch.problem.closed_form_values import queue_costs
from optkit.dispatch.problem.problem_data import ProblemData

STEPS = 400
"""Most steps of a descent."""

STEPS_WITHOUT_GAIN = 20
"""The descent ends if no type gains within so many steps."""

GAIN = 1e-5
"""Smallest relative gain that counts."""

NUDGE = 1e-6
"""Relative step of the difference quotient of a queue's cost."""

EXCESS = 1e6
"""Cost of each arrival per slot beyond one, which is more than any queue can take."""


def queued_cost(data: ProblemData, arrival: Floats, horizon: float) -> Floats:
    """Return (M, J): mean cost of each queue with Bernoulli arrivals, empty at first.

    Parameters
    ----------
    data
        The model.
    arrival
        (M, J): arrival probability per slot; values above one count as one.
    horizon
        In intervals: slot n has the weight a^n with a = 1 − 1/(horizon · t_B), and the
        mean is taken with these weights.
    """
    stopping.check()  # long queues take long, and the search asks for hundreds of these
    per = data.slots_per_interval
    cost: Floats = empty_queue_costs(
        np.minimum(arrival, 1.0),
        1.0 / data.service,
        queue_costs(data.queue_limit, data.overflow_penalty),
        data.drop_penalty * per,
        1.0 - 1.0 / (horizon * per),
    )
    return cost + np.maximum(arrival - 1.0, 0.0) * EXCESS


def split_cost(data: ProblemData, share: Floats, horizon: float) -> Floats:
    """Return (J,): mean cost of each type under a split, jobs in transit included.

    Parameters
    ----------
    data
        The model.
    share
        (pairs, J): shares of each access point's jobs, in the order of ``data.pair``.
    horizon
        How far ahead to look, in intervals.
    """
    arrival = _joins(data, share)
    cost: Floats = queued_cost(data, arrival, horizon).sum(axis=0)
    return cost + _in_transit(data, share)


def even(data: ProblemData) -> Floats:
    """Return (pairs, J): the split that sends equally much to each candidate."""
    point, _ = data.pair_ends
    share: Floats = np.repeat(
        1.0 / np.bincount(point)[point, None], data.shape[2], axis=1
    )
    return share


def flooded(data: ProblemData, server: int) -> Floats:
    """Return (pairs, J): all jobs that may go to one server do; others are split evenly."""
    share = even(data)
    point, goes_to = data.pair_ends
    share[data.candidate[point, server]] = 0.0
    share[goes_to == server] = 1.0
    return share


def best_split(data: ProblemData, horizon: float) -> Floats:
    """Return (K, M, J): share of each access point's jobs of a type that a server gets.

    A full queue costs the same however much more is sent to it, unless drops are charged
    enough, so the cost is not convex. Where more arrives than all servers can take, giving
    one queue up and sparing the others may be far better than any split near the even one,
    and no small step leads there. Each type therefore descends twice, from the even split
    and from the cheapest split that floods one server, and keeps the better result.

    Parameters
    ----------
    data
        The model.
    horizon
        How far ahead it looks, in intervals.
    """
    flood, cheapest = even(data), np.full(data.shape[2], np.inf)
    for server in range(data.shape[1]):
        share = flooded(data, server)
        cost = split_cost(data, share, horizon)
        better = cost < cheapest
        flood[:, better] = share[:, better]
        cheapest = np.minimum(cheapest, cost)
    best, least = _descend(data, even(data), horizon)
    other, cost = _descend(data, flood, horizon)
    better = cost < least
    best[:, better] = other[:, better]
    split = np.zeros(data.shape)
    split[data.candidate] = np.where(best < 1e-6, 0.0, best)
    return split


def _descend(data: ProblemData, share: Floats, horizon: float) -> tuple[Floats, Floats]:
    """Return the best split on the way down from ``share``, and (J,) its cost.

    Splits are (pairs, J).
    """
    point, server = data.pair_ends
    begins = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
    # Types share nothing: each descends at its own pace.
    best, least = share.copy(), np.full(data.shape[2], np.inf)
    pace = np.full(data.shape[2], 2.0)
    before = least
    for number in range(STEPS):
        if number % STEPS_WITHOUT_GAIN == 1:
            if np.all(before - least <= GAIN * least):
                break
            before = least
        arrival = _joins(data, share)
        cost = queued_cost(data, arrival, horizon)
        total = cost.sum(axis=0) + _in_transit(data, share)
        better = total < least
        best[:, better] = share[:, better]
        least = np.minimum(least, total)
        pace = np.where(better, pace, np.maximum(0.05, 0.97 * pace))
        step = np.maximum(NUDGE * arrival, 1e-9)
        price = (queued_cost(data, arrival + step, horizon) - cost) / step
        marginal = data.mean_upload_of_pairs + price[server]
        lowest = np.minimum.reduceat(marginal, begins, axis=0)
        # Multiplicative weights: shares stay shares, and expensive ones fade.
        scale = np.maximum(np.abs(lowest), 1.0)[point]
        with np.errstate(over="ignore"):
            excess = pace * (marginal - lowest[point]) / scale
            factor = np.exp(-np.minimum(excess, 50.0))
        weighted = np.maximum(share, 1e-9) * factor
        share = weighted / _totals(data, weighted)[point]
    return best, least


def _joins(data: ProblemData, share: Floats) -> Floats:
    """Return (M, J): jobs that join each queue per slot under a split."""
    point, server = data.pair_ends
    return _added_up(server, data.arrival[point] * share, data.shape[1])


def _totals(data: ProblemData, values: Floats) -> Floats:
    """Return (K, J): sums over the candidates of each access point."""
    if data.shape[2] == 1:
        # NumPy adds up whole rows in another order; shares are to stay what they were.
        rows = np.zeros(data.candidate.shape)
        rows[data.candidate] = values[:, 0]
        total: Floats = rows.sum(axis=1, keepdims=True)
        return total
    point, _ = data.pair_ends
    return _added_up(point, values, data.shape[0])


def _added_up(row: Ints, values: Floats, rows: int) -> Floats:
    """Return (rows, J): sums of the values that belong to each row, one after another."""
    kinds = values.shape[1]
    place = row[:, None] * kinds + np.arange(kinds)
    total = np.bincount(place.ravel(), values.ravel(), rows * kinds)
    return np.asarray(total.reshape(rows, kinds), dtype=np.float64)


def _in_transit(data: ProblemData, share: Floats) -> Floats:
    """Return (J,): mean number of jobs in transit under a split (Little's law)."""
    point, _ = data.pair_ends
    sent = data.arrival[point] * share * data.mean_upload_of_pairs
    total: Floats = _added_up(np.zeros(len(sent), dtype=np.int64), sent, 1)[0]
    return total
