"""The best fixed split: its cost, and that nothing near is better."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.policies.static_split import (
    best_split,
    even,
    flooded,
    queued_cost,
    split_cost,
)
from optkit.dispatch.problem.closed_form_values import queue_costs
from tests.dispatch.instances import paper_data, queue_kernel


def test_queued_cost_is_that_of_the_empty_queue() -> None:
    """A queue's cost is the empty queue's entry of (I − a P)^{-1} g."""
    for limit in (1, 2, 5):
        data = paper_data(1, queue_limit=limit, overflow_penalty=7.0)
        arrival = np.random.default_rng(limit).random(data.service.shape) * 0.2
        costs = queued_cost(data, arrival, 3.0)
        weight = 1 - 1 / (3.0 * data.slots_per_interval)
        for index in np.ndindex(*arrival.shape):
            chance, rate = float(arrival[index]), 1 / float(data.service[index])
            matrix = queue_kernel(np.array([1 - chance, chance]), rate, limit)
            cost = queue_costs(limit, 7.0)
            cost[-1] += data.drop_penalty * data.slots_per_interval * chance
            value = np.linalg.solve(np.eye(limit + 1) - weight * matrix, cost)
            assert costs[index] == pytest.approx((1 - weight) * value[0])


def test_split_is_the_best_on_a_grid() -> None:
    """No split of a fine grid is better by more than 0.1 %."""
    data = paper_data(2, aps=1, servers=2, types=1, attachment=1, arrival=0.05)
    assert data.candidate.all()
    travel = data.mean_upload[0, :, 0]

    def cost(share: np.ndarray) -> float:
        rate = data.arrival[0, 0]
        queued = queued_cost(data, rate * share[:, None], 50.0).sum()
        return float(queued + rate * share @ travel)

    best = cost(best_split(data, 50.0)[0, :, 0])
    grid = [cost(np.array([x, 1 - x])) for x in np.linspace(0, 1, 1001)]
    assert best <= min(grid) * 1.001


def test_split_is_never_worse_than_its_starts() -> None:
    """The split is no worse than the even one and every flooded server, by type."""
    for seed, settings in enumerate(
        (
            {"arrival": 0.15, "drop_penalty": 0.0},  # far more than can be served
            {"arrival": 0.15},
            {"arrival": 0.03},
            {"arrival": 0.03, "cloud": False},
        )
    ):
        data = paper_data(seed, **settings)
        starts = [flooded(data, server) for server in range(data.shape[1])]
        least = np.min([split_cost(data, share, 50.0) for share in starts], axis=0)
        least = np.minimum(least, split_cost(data, even(data), 50.0))
        split = best_split(data, 50.0)
        assert split.sum(axis=1) == pytest.approx(np.ones_like(data.arrival), abs=1e-4)
        assert not split[~data.candidate].any()
        split = split[data.candidate]
        assert (split_cost(data, split, 50.0) <= least * (1 + 1e-6)).all()
