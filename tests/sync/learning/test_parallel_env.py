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


def test_seeds_and_mistakes() -> None:
    """PettingZoo's seed test passes; a step past the end and odd actions are errors."""
    from optkit.sync.learning.parallel_env import notification_env

    instance = optkit.generate("sync", seed=4, slots=5, routers=3, devices=3)
    pettingzoo.parallel_seed_test(lambda: notification_env(instance), num_cycles=20)
    env = notification_env(instance)
    first, *_ = env.possible_agents
    none = {a: np.zeros(env.action_space(a).n, dtype=int) for a in env.possible_agents}
    with pytest.raises(optkit.UsageError, match="call reset"):
        env.step(none)
    env.reset(seed=1)
    for wrong in ({"nobody": [0]}, {first: [0, 0, 0]}, {first: [0, 2]}, {first: None}):
        with pytest.raises(optkit.UsageError, match=r"no agent|not in its space"):
            env.step(wrong)
    while env.agents:
        env.step(none)
    with pytest.raises(optkit.UsageError, match="The episode has ended"):
        env.step(none)
