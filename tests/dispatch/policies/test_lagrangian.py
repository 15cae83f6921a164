"""The policy by prices of expected arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.core.arrays import Floats
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.lagrangian import expected_prices
from optkit.dispatch.policies.lagrangian.expected_kernels import (
    costs_within,
    expected_admissions,
)
from optkit.dispatch.policies.lagrangian.policy import LagrangianPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import ProblemData, problem_data

CONSTANTS = (3, 4, 5, 2.0, 1.5)
"""Queue limit, slots per interval, intervals, overflow penalty, drop penalty."""


def queue(seed: int) -> tuple[Floats, tuple[Any, ...]]:
    """Return prices and the other arguments of a random queue with three sources."""
    rng = np.random.default_rng(seed)
    _, per, intervals, *_ = CONSTANTS
    delay = rng.integers(0, 6, 3)
    transit = delay / per
    late = np.minimum(transit[:, None], intervals - np.arange(intervals) - 0.5)
    rate = rng.uniform(0.02, 0.3, 3)
    prices = rng.uniform(0.5, 5.0, (3, intervals))
    return prices, (rate, transit, delay, late, 1.0 / rng.uniform(1.0, 6.0))


def admissions(prices: Floats, rest: tuple[Any, ...]) -> tuple[float, Floats, Floats]:
    """Return the cost, the expected admissions, and the costs by length."""
    limit, _, intervals, *_ = CONSTANTS
    admitted = np.empty_like(prices)
    values = np.empty((intervals + 1, limit + 1))
    cost = expected_admissions(prices, *rest, CONSTANTS, admitted, values)
    return cost, admitted, values


@pytest.mark.parametrize("seed", range(10))
def test_admissions_are_the_derivative_of_the_cost(seed: int) -> None:
    """A job's price counts once for each expected admission: both passes agree."""
    prices, rest = queue(seed)
    _, admitted, _ = admissions(prices, rest)
    step = 1e-6
    for index in np.ndindex(*prices.shape):
        moved = prices.copy()
        moved[index] += step
        higher, _, _ = admissions(moved, rest)
        moved[index] -= 2 * step
        lower, _, _ = admissions(moved, rest)
        slope = (higher - lower) / (2 * step)
        assert slope == pytest.approx(-admitted[index], abs=1e-5)


def test_costs_within_an_interval_lead_to_its_beginning() -> None:
    """The first slot's costs and its joins give the costs at the interval's beginning."""
    _, per, intervals, _, drop = CONSTANTS
    for seed in range(10):
        prices, (rate, transit, delay, late, ends) = queue(seed)
        _, _, values = admissions(prices, (rate, transit, delay, late, ends))
        for interval in range(intervals):
            costs = costs_within(
                interval,
                prices,
                rate,
                transit,
                delay,
                ends,
                CONSTANTS,
                values[interval + 1],
            )
            joining = np.append(np.diff(costs[0]), drop)
            begin = costs[0].copy()
            for source in range(3):
                arrival = interval * per - delay[source]
                if arrival >= 0:
                    fixed = transit[source] - prices[source, arrival // per]
                    begin += rate[source] * np.minimum(fixed + joining, 0.0)
            assert begin == pytest.approx(values[interval])


def test_a_hand_computed_queue() -> None:
    """One interval of one slot: a job is admitted if its boundary costs less than it pays.

    It joins with probability 0.2 and is still there at the boundary with 1 − 1/4.
    """
    one = np.ones(1)
    arguments = (0.2 * one, 0.0 * one, np.zeros(1, dtype=np.int64), np.zeros((1, 1)))
    for price, cost in ((0.7, 0.0), (0.8, 0.2 * (0.75 - 0.8))):
        admitted, values = np.empty((1, 1)), np.empty((2, 3))
        least = expected_admissions(
            np.full((1, 1), price),
            *arguments,
            0.25,
            (2, 1, 1, 5.0, 0.0),
            admitted,
            values,
        )
        assert least == pytest.approx(cost)
        assert admitted[0, 0] == pytest.approx(0.2 if cost else 0.0)


def test_a_long_run_begins_and_ends_like_its_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where only some intervals are planned, the middle of the plan is repeated."""
    options = {"aps": 3, "servers": 2, "types": 1, "slots": 4, "intervals": 20}
    instance = generate(GeneratorOptions.model_validate(options), 1)
    data = problem_data(DispatchInstance.parse(instance))
    assert expected_prices.effort(data) == (150, 20)
    whole = expected_prices.LengthCosts(data, 0)
    assert whole.values.shape[1] == 21
    monkeypatch.setattr(expected_prices, "MOST_WORK", 0.0)
    assert expected_prices.effort(data) == (50, 8)
    part = expected_prices.LengthCosts(data, 0)
    costs = [part.within(interval) for interval in range(20)]
    assert all((costs[k] == costs[4]).all() for k in range(4, 17))
    assert not (costs[16] == costs[17]).all()
    # Before the last boundary only the jobs that are queued then count.
    assert costs[-1] == pytest.approx(whole.within(19), abs=1.0)


def _mean_cost(paths: list[ProblemData], policies: list[Policy]) -> float:
    runs = zip(paths, policies, strict=True)
    return float(np.mean([objective(d, simulate(d, p).system) for d, p in runs]))


@pytest.mark.slow
def test_it_costs_less_where_more_arrives_than_can_be_served() -> None:
    """Past capacity, with free drops, its mean cost is below that of ``rollout``."""
    options = GeneratorOptions.model_validate(
        {
            "aps": 5,
            "servers": 4,
            "types": 1,
            "slots": 10,
            "intervals": 40,
            "arrival": 0.12,
            "service": 14.0,
            "queue_limit": 20,
            "overflow_penalty": 40.0,
            "drop_penalty": 0.0,
        }
    )
    paths = [
        problem_data(DispatchInstance.parse(generate(options, seed)))
        for seed in range(4)
    ]
    rollout = _mean_cost(paths, [RolloutPolicy(d, 0.9, 50.0) for d in paths])
    priced = _mean_cost(paths, [LagrangianPolicy(d, 0.9, 50.0, 0.5) for d in paths])
    assert priced < 0.97 * rollout
