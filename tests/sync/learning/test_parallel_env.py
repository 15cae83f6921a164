"""The environment with the interface of PettingZoo."""

from __future__ import annotations

import numpy as np
import pytest

import optkit

pettingzoo = pytest.importorskip("pettingzoo.test", reason="no pettingzoo here")


def test_it_is_a_parallel_env() -> None:
    """PettingZoo's own test passes, and observations lie in their spaces."""
    from optkit.sync.learning.parallel_env import notification_env

    instance = optkit.generate("sync", seed=4, slots=25, routers=3, devices=3)
    env = notification_env(instance)
    pettingzoo.parallel_api_test(env, num_cycles=60)
    obs, _ = env.reset(seed=1)
    total, rng, sent = 0.0, np.random.default_rng(2), []
    while env.agents:
        actions = {a: rng.random(env.action_space(a).n) < 0.3 for a in env.agents}
        obs, rewards, _, _, infos = env.step(actions)
        assert all(env.observation_space(a).contains(obs[a]) for a in obs)
        total += next(iter(rewards.values()))
        sent.append(np.concatenate([infos[a]["sent"] for a in infos]))
    assert len(sent) == 25
    assert total < 0.0
