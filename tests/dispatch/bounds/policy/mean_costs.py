"""Mean costs of policies over services drawn anew, held against the policy bound."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from optkit.core.arrays import Floats
from optkit.core.solving.registry import solver_class
from optkit.dispatch.bounds.policy.price_ascent import PriceAscent
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.problem_data import (
    ProblemData,
    model_data,
    model_only,
    problem_data,
)
from optkit.dispatch.problem.simulator import Simulator
from optkit.dispatch.solvers.base import PolicySolver

POLICIES = (
    "lagrangian",
    "rollout",
    "adaptive-rollout",
    "joint",
    "mdp",
    "queue-aware",
    "selfish",
    "random",
)

STEPS = 100
"""Steps of a search for prices."""

SUSPICIOUS = 0.05
"""A test with a smaller p is made again, with services of its own."""

AGAIN = 10
"""How many times as many draws it then has."""

ROUNDING = 1e-9
"""Relative difference below which two costs are equal."""


def wide_instance(seed: int) -> DispatchInstance:
    """Return a small random instance, with parameters from wide ranges.

    Load from light to far past capacity; services of one slot up to several intervals;
    queues of one job up to many; one server, where no policy has a choice; uploads of no
    time, or longer than the path; signals at any slot; networks that change.
    """
    rng = np.random.default_rng([19, seed])
    slots = int(rng.integers(1, 11))
    options: dict[str, Any] = {
        "aps": int(rng.integers(1, 6)),
        "servers": int(rng.integers(1, 5)),
        "types": int(rng.integers(1, 4)),
        "cloud": bool(rng.integers(2)),
        "cloud_speed": float(rng.uniform(0.5, 6.0)),
        "attachment": int(rng.integers(1, 4)),
        "intervals": int(rng.integers(2, 13)),
        "slots": slots,
        "arrival": float(10 ** rng.uniform(-2.0, -0.2)),
        "arrival_spread": float(rng.choice([0.0, 0.5, 1.0])),
        "service": float(rng.choice([1.0, rng.uniform(1.0, 4.0 * slots + 1.0)])),
        "upload_intervals": float(rng.choice([0.0, rng.uniform(0.1, 4.0)])),
        "signal_slot": int(rng.integers(0, slots + 1)),
        "queue_limit": int(rng.choice([1, 2, 3, 5, 10, 40])),
        "discount": float(rng.uniform(0.0, 0.99)),
        "overflow_penalty": float(rng.choice([0.0, 1.0, 20.0])),
        "drop_penalty": float(rng.choice([0.0, 1.0, 20.0])),
    }
    document = generate(GeneratorOptions.model_validate(options), 2 * seed)
    if rng.random() < 0.3:  # some uploads take no time at all
        laws = next(laws for laws in document["upload_pmf"][0] if laws)
        laws[0] = [0.5, 0.5]
    if rng.random() < 0.3:
        other = generate(GeneratorOptions.model_validate(options), 2 * seed + 1)
        kept = ("candidates", "upload_pmf", "arrival_probability")
        document["changes"] = [
            {
                "interval": int(rng.integers(1, options["intervals"])),
                **{key: other[key] for key in kept},
            }
        ]
    return DispatchInstance.parse(document)


def with_services(data: ProblemData, service_u: Floats) -> ProblemData:
    """Return the same path with other services, in every network that is in force."""
    later = tuple(
        replace(change, data=replace(change.data, service_u=service_u))
        for change in data.later
    )
    return replace(data, service_u=service_u, later=later)


def policy_bound_of(data: ProblemData, steps: int = STEPS) -> float:
    """Return the bound on the mean cost of every policy, per interval."""
    total = 0.0
    for kind in range(data.shape[2]):
        prices = PriceAscent.of(data, kind).search(steps)
        assert prices is not None  # nothing stops it
        total += prices.bound
    return total / data.intervals


def sampled_costs(
    instance: DispatchInstance, name: str, draws: int, seed: Sequence[int]
) -> Floats:
    """Return a policy's cost per interval for each of some draws of services."""
    data, rng = problem_data(instance), np.random.default_rng(seed)
    solver = solver_class("dispatch", name)({})
    assert isinstance(solver, PolicySolver)
    fresh = solver.policy(model_data(instance), rng)

    costs = np.empty(draws)
    for draw in range(draws):
        world = with_services(data, rng.random(len(data.slot)))
        costs[draw] = objective(world, _run(solver, fresh, world, rng))
    return costs


def _run(
    solver: PolicySolver[Any],
    fresh: Policy,
    world: ProblemData,
    rng: np.random.Generator,
) -> Simulator:
    """Return the system at the end of a path, for a policy as new."""
    # A generator is shared, so that random policies do not repeat themselves.
    policy = copy.deepcopy(fresh, {id(rng): rng})

    def renewed(before: Policy, network: ProblemData) -> Policy:
        return solver.renewed(before, model_only(network), rng)

    return simulate(world, policy, renewed=renewed).system


@dataclass(frozen=True)
class MeanTest:
    """A one-sided test whether a policy's mean is below the bound.

    Parameters
    ----------
    seed, policy
        Of the instance; the policy's name.
    bound, mean
        Per interval.
    error
        Standard error of the mean.
    p
        Of the hypothesis that the mean is not below the bound.
    """

    seed: int
    policy: str
    bound: float
    mean: float
    error: float
    p: float


def mean_test(seed: int, policy: str, bound: float, costs: Floats) -> MeanTest:
    """Return the test of a policy on an instance, by Student's t."""
    mean = float(costs.mean())
    error = float(costs.std(ddof=1)) / len(costs) ** 0.5
    below = bound - mean
    if error > 0.0:
        p = float(stats.t.cdf(-below / error, len(costs) - 1))
    else:
        p = 0.0 if below > ROUNDING * max(1.0, abs(bound)) else 1.0
    return MeanTest(seed, policy, bound, mean, error, p)


def mean_tests(
    seed: int,
    draws: int,
    policies: Iterable[str] = POLICIES,
    factor: float = 1.0,
) -> list[MeanTest]:
    """Return the tests of all policies on one random instance.

    A suspicious one is replaced by a test with more draws, which are independent of those
    that made it suspicious.

    Parameters
    ----------
    seed
        Of the instance.
    draws
        Of services, for each policy.
    policies
        Their names.
    factor
        By which the bound is made too large, to see whether that is noticed.
    """
    instance = wide_instance(seed)
    bound = factor * policy_bound_of(problem_data(instance))
    results = []
    for number, name in enumerate(policies):
        costs = sampled_costs(instance, name, draws, (1, seed, number))
        result = mean_test(seed, name, bound, costs)
        if result.p < SUSPICIOUS:
            costs = sampled_costs(instance, name, AGAIN * draws, (2, seed, number))
            result = mean_test(seed, name, bound, costs)
        results.append(result)
    return results
