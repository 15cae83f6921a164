"""The rollout policy: what it may know, and that it is worth it."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from optkit.dispatch.policies.baselines import QueueAwarePolicy, SelfishPolicy
from optkit.dispatch.policies.mdp import MdpPolicy
from optkit.dispatch.policies.rollout import RolloutPolicy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.objective import objective
from optkit.dispatch.problem.observation import Observer
from optkit.dispatch.problem.simulator import Simulator
from tests.dispatch.instances import paper_data


def test_rollout_keeps_the_barrier() -> None:
    """Jobs go the same way whatever is planted out of sight."""
    data = paper_data(3, aps=8, attachment=1, cloud=False, arrival=0.1)
    state = Simulator(data)
    jobs = state.arrivals(150)
    first = np.array([np.flatnonzero(row)[0] for row in data.candidate])
    state.advance(150, first[data.ap[jobs]])
    actions = np.repeat(first[:, None], 2, axis=1)
    observer = Observer(data)
    fresh = RolloutPolicy(data, 0.95, 50.0)
    hidden = 0
    for ap in range(8):
        routes = []
        for planted in (False, True):
            queues = state.queues
            if planted:
                hidden += int((~data.candidate[ap]).sum())
                queues[~data.candidate[ap]] = 40
            policy = copy.deepcopy(fresh)
            policy.decide(observer.observe(6, actions, queues, state.transit))
            routes.append([policy.route(ap, n % 2, 170 + n, 0) for n in range(20)])
        assert routes[0] == routes[1]
    assert hidden


def test_an_observation_acts_from_its_signal_slot_on() -> None:
    """An observation moves no job before its signal slot."""
    data = paper_data(3, arrival=0.1, signal_slot=16)
    calm = RolloutPolicy(data, 0.95, 50.0)
    crowded = copy.deepcopy(calm)
    state = Simulator(data)
    observer = Observer(data)
    queues = state.queues
    calm.decide(observer.observe(0, calm.start(), queues, state.transit))
    early = [calm.route(0, 0, slot, 0) for slot in range(16)]
    queues[early[-1], 0] = 60
    crowded.decide(observer.observe(0, calm.start(), queues, state.transit))
    assert [crowded.route(0, 0, slot, 0) for slot in range(16)] == early
    assert crowded.route(0, 0, 16, 0) != early[-1]


@pytest.mark.slow
def test_rollout_is_the_best_policy_here() -> None:
    """Rollout has the least mean cost over paired paths."""
    for settings in ({"arrival": 0.03}, {"service": 40.0, "signal_slot": 1}):
        cost: dict[str, list[float]] = {}
        for seed in range(3):
            data = paper_data(seed, **settings)
            policies = {
                "rollout": RolloutPolicy(data, 0.95, 50.0),
                "queue-aware": QueueAwarePolicy(data),
                "mdp": MdpPolicy(data, 1),
                "selfish": SelfishPolicy(data),
            }
            for name, policy in policies.items():
                result = objective(data, simulate(data, policy).system)
                cost.setdefault(name, []).append(result)
        mean = {name: np.mean(values) for name, values in cost.items()}
        assert min(mean, key=lambda name: mean[name]) == "rollout", mean
        assert mean["mdp"] < mean["selfish"]
