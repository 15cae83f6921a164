"""The bound on the mean of every policy, against exact values of tiny systems."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from optkit import solve
from optkit.core.arrays import Floats
from optkit.core.solving.limits import Limits
from optkit.dispatch.bounds.policy import price_ascent
from optkit.dispatch.bounds.policy.price_ascent import PriceAscent, step_count
from optkit.dispatch.check.policy_bound import policy_bound
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.solvers.rollout import Rollout
from tests.dispatch.bounds.policy.known_future import least_mean_cost, random_tiny
from tests.dispatch.instances import random_instance, tiny


def in_order(instance: DispatchInstance, prices: list[Floats]) -> list[float]:
    """Return the prices of all types, by job in the order of the instance."""
    data = problem_data(instance)
    listed = np.empty(len(data.slot))
    for kind, price in enumerate(prices):
        listed[data.job[PriceAscent.of(data, kind).joins.index]] = price
    return listed.tolist()


@pytest.mark.slow
def test_no_price_bounds_more_than_the_least_mean_cost() -> None:
    """On 300 tiny systems the bound is below the least mean, and mostly close to it."""
    shares = []
    for seed in range(300):
        instance = random_tiny(seed)
        least = least_mean_cost(instance)
        ascent = PriceAscent.of(problem_data(instance), 0)
        rng = np.random.default_rng(seed)
        found = ascent.search(60)
        assert found is not None
        tried = [found.price, rng.uniform(-2.0, 9.0, len(found.price))]
        for price in tried:
            bound = ascent.bound(price)[0] / instance.intervals
            assert bound <= least + 1e-9, seed
        shares.append((found.bound / instance.intervals + 1e-9) / (least + 1e-9))
    assert np.median(shares) > 0.97
    assert np.quantile(shares, 0.1) > 0.8


@pytest.mark.parametrize("seed", range(40))
def test_checker_and_search_compute_the_same(seed: int) -> None:
    """Two programs that share no code give the same bound at the same prices."""
    instance = random_instance(seed)
    data = problem_data(instance)
    ascents = [PriceAscent.of(data, kind) for kind in range(data.shape[2])]
    rng = np.random.default_rng(seed)
    prices = [rng.uniform(0.0, 6.0, len(a.joins.index)) for a in ascents]
    total = sum(a.bound(p)[0] for a, p in zip(ascents, prices, strict=True))
    checked = policy_bound(instance, in_order(instance, prices))
    assert checked is not None
    assert checked <= total / data.intervals
    assert checked == pytest.approx(total / data.intervals, rel=1e-9, abs=1e-9)


def test_the_gradient_bounds_all_other_prices() -> None:
    """The bound is concave in the prices, and its subgradient is one."""
    for seed in range(40):
        ascent = PriceAscent.of(problem_data(random_tiny(seed)), 0)
        rng = np.random.default_rng(seed)
        count = len(ascent.joins.index)
        here, there = rng.uniform(0.0, 6.0, (2, count))
        value, gradient = ascent.bound(here)
        assert ascent.bound(there)[0] <= value + gradient @ (there - here) + 1e-9


def test_a_hand_computed_case() -> None:
    """One queue, one job: its transit, then boundaries until a service of c slots ends.

    The job arrives in slot 0 and joins in slot 0. It is queued at the boundaries before
    slots 2, 4 and 6 with probability (1 − 1/c)^2, ^4 and ^6.
    """
    document = random_tiny(0).model_dump(mode="json", by_alias=True)
    document |= {
        "slots_per_interval": 2,
        "servers": document["servers"][:1],
        "candidates": [["s0"], ["s0"]],
        "upload_pmf": [[[[1.0]]], [[[1.0]]]],
        "mean_service_slots": [[4.0]],
        "queue_limit": 2,
        "jobs": {
            "slot": [0],
            "ap": [0],
            "type": [0],
            "upload_u": [0.5],
            "service_u": [0.5],
        },
    }
    instance = DispatchInstance.parse(document)
    stay = 0.75
    mean = (stay**2 + stay**4 + stay**6) / 3
    assert policy_bound(instance, [100.0]) == pytest.approx(mean)
    # With a price below its cost the job is refused, and only the price counts.
    assert policy_bound(instance, [0.3]) == pytest.approx(0.1)


def test_policies_cost_more_on_average() -> None:
    """Over services drawn again and again, ``rollout`` and others stay above the bound."""
    instance = random_tiny(7)
    data = problem_data(instance)
    found = PriceAscent.of(data, 0).search(60)
    assert found is not None
    rng, costs = np.random.default_rng(1), []
    for _ in range(150):
        drawn = dataclasses.replace(data, service_u=rng.random(len(data.slot)))
        policy = Rollout().policy(drawn, rng)
        costs.append(objective(drawn, simulate(drawn, policy).system))
    error = np.std(costs) / np.sqrt(len(costs))
    assert np.mean(costs) + 4 * error > found.bound / data.intervals > 0.0


def test_the_solution_carries_the_prices() -> None:
    """The checker computes the metric from the solution; the option turns it off."""
    result = solve(tiny(), "rollout")
    assert isinstance(result.solution, DispatchSolution)
    assert result.solution.policy_prices is not None
    bound = policy_bound(tiny(), result.solution.policy_prices)
    assert bound is not None
    assert bound > 0.0
    assert result.metrics["policy_bound"] == bound
    assert "prices" in result.metrics["policy_bound_source"]
    without = solve(tiny(), "rollout", options={"policy_bound": False})
    assert without.solution is not None
    assert "policy_prices" not in without.solution.document()
    assert "policy_bound" not in without.metrics
    assert without.objective == result.objective


def test_a_search_that_is_stopped_leaves_no_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where time runs out, the answer comes without the bound."""
    monkeypatch.setattr(PriceAscent, "search", lambda *_: None)
    result = solve(tiny(), "selfish", limits=Limits(time=60.0))
    assert result.solution is not None
    assert "policy_bound" not in result.metrics
    ascent = PriceAscent.of(problem_data(tiny()), 0)
    monkeypatch.undo()
    assert ascent.search(10, lambda: True) is None


def test_larger_instances_get_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of the search is limited by counts, not by a clock."""
    data = problem_data(tiny())
    assert step_count(data) == price_ascent.MOST_STEPS
    monkeypatch.setattr(price_ascent, "SMALL_WORK", 1.0)
    assert step_count(data) == price_ascent.FEWEST_SMALL_STEPS
    monkeypatch.setattr(price_ascent, "SMALL", 0.0)
    assert step_count(data) == price_ascent.MOST_STEPS
    monkeypatch.setattr(price_ascent, "MOST_WORK", 1.0)
    assert step_count(data) == price_ascent.FEWEST_STEPS
