"""The best fixed split, and the policy that is one step better."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.policies.baselines import QueueAwarePolicy, SelfishPolicy
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.rollout_kernels import joining_costs, marginal_costs
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.policies.static_split import (
    best_split,
    even,
    flooded,
    queued_cost,
    split_cost,
)
from optkit.dispatch.problem.closed_form_values import queue_costs
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.observation import Observer
from optkit.dispatch.problem.problem_data import ProblemData, problem_data
from optkit.dispatch.problem.queue_kernels import next_law
from optkit.dispatch.problem.simulator import Simulator


def small(seed: int, **settings: object) -> ProblemData:
    """Return a small network of the paper's kind."""
    options = GeneratorOptions.model_validate(
        {"aps": 6, "servers": 5, "types": 2, "intervals": 80, **settings}
    )
    return problem_data(DispatchInstance.parse(generate(options, seed)))


def kernel(arrivals: np.ndarray, rate: float, limit: int) -> np.ndarray:
    """Return the one-slot kernel of a queue."""
    return np.array([next_law(row, arrivals, rate)[0] for row in np.eye(limit + 1)])


def test_queued_cost_is_that_of_the_empty_queue() -> None:
    """Protects the split's objective: one value of (I − a P)^{-1} g, without a matrix."""
    for limit in (1, 2, 5):
        data = small(1, queue_limit=limit, overflow_penalty=7.0)
        arrival = np.random.default_rng(limit).random(data.service.shape) * 0.2
        got = queued_cost(data, arrival, 3.0)
        weight = 1 - 1 / (3.0 * data.slots_per_interval)
        for index in np.ndindex(*arrival.shape):
            chance, rate = float(arrival[index]), 1 / float(data.service[index])
            one = kernel(np.array([1 - chance, chance]), rate, limit)
            cost = queue_costs(limit, 7.0)
            cost[-1] += data.drop_penalty * data.slots_per_interval * chance
            value = np.linalg.solve(np.eye(limit + 1) - weight * one, cost)
            assert got[index] == pytest.approx((1 - weight) * value[0])


def test_split_is_the_best_on_a_grid() -> None:
    """Protects the base policy: no split of a fine grid is better by more than 0.1 %."""
    data = small(2, aps=1, servers=2, types=1, attachment=1, arrival=0.05)
    assert data.candidate.all()
    travel = data.mean_upload[0, :, 0]

    def cost(share: np.ndarray) -> float:
        rate = data.arrival[0, 0]
        queued = queued_cost(data, rate * share[:, None], 50.0).sum()
        return float(queued + rate * share @ travel)

    found = cost(best_split(data, 50.0)[0, :, 0])
    grid = [cost(np.array([x, 1 - x])) for x in np.linspace(0, 1, 1001)]
    assert found <= min(grid) * 1.001


def test_split_is_never_worse_than_its_starts() -> None:
    """Protects the descent: below the even split and every flooded server, type by type."""
    for seed, settings in enumerate(
        (
            {"arrival": 0.15, "drop_penalty": 0.0},  # far more than can be served
            {"arrival": 0.15},
            {"arrival": 0.03},
            {"arrival": 0.03, "cloud": False},
        )
    ):
        data = small(seed, **settings)
        starts = [flooded(data, server) for server in range(data.shape[1])]
        least = np.min([split_cost(data, share, 50.0) for share in starts], axis=0)
        least = np.minimum(least, split_cost(data, even(data), 50.0))
        split = best_split(data, 50.0)
        assert split.sum(axis=1) == pytest.approx(np.ones_like(data.arrival), abs=1e-4)
        assert not split[~data.candidate].any()
        assert (split_cost(data, split, 50.0) <= least * (1 + 1e-6)).all()


def test_harm_is_what_one_more_job_costs() -> None:
    """Protects the price of joining: the difference of two values, slot by slot."""
    rng = np.random.default_rng(6)
    limit, per, rate, discount, penalty = 6, 4, 0.3, 0.9, 2.5
    arrivals = np.array([0.8, 0.2])
    stage = queue_costs(limit, 3.0)
    marginal = marginal_costs(arrivals, rate, per, discount, stage, penalty)
    one = kernel(arrivals, rate, limit)
    full = np.zeros(limit + 1)
    full[limit] = penalty * arrivals[1]

    def value(slot: int) -> np.ndarray:
        total, weight, power = np.zeros(limit + 1), 1.0, np.eye(limit + 1)
        for now in range(slot, slot + 250 * per):
            total += weight * (power @ full)
            power = power @ one
            if (now + 1) % per == 0:
                total += weight * (power @ stage)
                weight *= discount
        return total

    for slot in range(per):
        exact = value(slot)
        assert marginal[slot, :limit] == pytest.approx(np.diff(exact), rel=1e-9)
        assert marginal[slot, limit] == penalty
    slots = rng.dirichlet(np.ones(2), size=9)
    price = np.empty(9)
    joining_costs(2, slots, rate, marginal, price)
    law = np.eye(limit + 1)[2]
    for slot in range(9):
        assert price[slot] == pytest.approx(law @ marginal[slot % per])
        law = law @ kernel(slots[slot], rate, limit)


def test_rollout_keeps_the_barrier() -> None:
    """Protects fairness: jobs go the same way whatever is planted out of sight."""
    data = small(3, aps=8, attachment=1, cloud=False, arrival=0.1)
    state = Simulator(data)
    jobs = state.arrivals(150)
    first = np.array([np.flatnonzero(row)[0] for row in data.candidate])
    state.advance(150, first[data.ap[jobs]])
    actions = np.repeat(first[:, None], 2, axis=1)
    observer = Observer(data)
    hidden = 0
    for ap in range(8):
        routes = []
        for planted in (False, True):
            queues = state.queues
            if planted:
                hidden += int((~data.candidate[ap]).sum())
                queues[~data.candidate[ap]] = 40
            policy = RolloutPolicy(data, 0.95, 50.0)
            policy.decide(observer.observe(6, actions, queues, state.transit))
            routes.append([policy.route(ap, n % 2, 170 + n, 0) for n in range(20)])
        assert routes[0] == routes[1]
    assert hidden


def test_an_observation_acts_from_its_signal_slot_on() -> None:
    """Protects causality: before its signal, what is observed moves no job."""
    data = small(3, arrival=0.1, signal_slot=16)
    calm, crowded = RolloutPolicy(data, 0.95, 50.0), RolloutPolicy(data, 0.95, 50.0)
    state = Simulator(data)
    observer = Observer(data)
    queues = state.queues
    calm.decide(observer.observe(0, calm.start(), queues, state.transit))
    early = [calm.route(0, 0, slot, 0) for slot in range(16)]
    queues[early[-1], 0] = 60
    crowded.decide(observer.observe(0, calm.start(), queues, state.transit))
    assert [crowded.route(0, 0, slot, 0) for slot in range(16)] == early
    assert crowded.route(0, 0, 16, 0) != early[-1]


def test_rollout_is_the_best_policy_here() -> None:
    """Protects the reason for the solver: below all others in mean over paired paths."""
    for settings in ({"arrival": 0.03}, {"service": 40.0, "signal_slot": 1}):
        cost: dict[str, list[float]] = {}
        for seed in range(3):
            data = small(seed, **settings)
            policies = {
                "rollout": RolloutPolicy(data, 0.95, 50.0),
                "queue-aware": QueueAwarePolicy(data),
                "mdp": MdpPolicy(data, 1),
                "selfish": SelfishPolicy(data),
            }
            for name, policy in policies.items():
                found = objective(data, simulate(data, policy).system)
                cost.setdefault(name, []).append(found)
        mean = {name: np.mean(values) for name, values in cost.items()}
        assert min(mean, key=lambda name: mean[name]) == "rollout", mean
        assert mean["mdp"] < mean["selfish"]
