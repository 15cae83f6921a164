"""No policy's mean cost is below the bound, on instances of any kind."""

from __future__ import annotations

import numpy as np
from statsmodels.stats.multitest import multipletests

from optkit.dispatch.problem.problem_data import problem_data
from tests.dispatch.bounds.policy.mean_costs import (
    MeanTest,
    mean_test,
    mean_tests,
    wide_instance,
)

LEVEL = 0.01

SEEDS = range(12)
"""Instances of the fast sample."""


def fewest(results: list[MeanTest]) -> float:
    """Return the smallest p, corrected for the number of tests."""
    return float(min(multipletests([result.p for result in results], method="holm")[1]))


def test_no_mean_is_below_the_bound() -> None:
    """Over services drawn anew, none of our policies falls below it beyond chance."""
    policies = ("rollout", "selfish")
    results = [r for seed in SEEDS for r in mean_tests(seed, 20, policies)]
    assert fewest(results) > LEVEL
    # It is no formality: on many instances it leaves little.
    near = [r for r in results if r.bound > 0.0 and r.mean < 1.05 * r.bound]
    assert len(near) > len(results) / 4


def test_a_bound_that_is_too_large_is_noticed() -> None:
    """Five per cent more than is true are enough to be found out."""
    results = [r for seed in SEEDS for r in mean_tests(seed, 20, ("selfish",), 1.05)]
    assert fewest(results) < LEVEL


def test_the_instances_are_of_every_kind() -> None:
    """There are changing networks, single servers, full queues and services of one slot."""
    instances = [wide_instance(seed) for seed in range(60)]
    assert any(instance.changes for instance in instances)
    assert any(len(instance.servers) == 1 for instance in instances)
    assert any(instance.queue_limit == 1 for instance in instances)
    data = [problem_data(instance) for instance in instances]
    assert any((world.service == 1.0).any() for world in data)
    assert any((world.upload[..., 0] > 0.0).any() for world in data)
    loads = [len(world.slot) / max(1, world.horizon) for world in data]
    assert min(loads) < 0.05
    assert max(loads) > 2.0


def test_costs_without_spread_are_compared_as_they_are() -> None:
    """Where nothing is random, a mean below the bound is a violation, rounding is none."""
    assert mean_test(0, "p", 2.0, np.array([2.0 - 1e-12] * 5)).p == 1.0
    assert mean_test(0, "p", 2.0, np.array([1.9] * 5)).p == 0.0
