"""The PettingZoo environment: its interface, its information, and the objective."""

from __future__ import annotations

import copy
import dataclasses
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import UnavailableError, UsageError
from optkit.dispatch.data.generate import GeneratorOptions, generate
from optkit.dispatch.instance import DispatchInstance
from optkit.dispatch.learning.environment import parallel_env
from optkit.dispatch.policies.base import Policy
from optkit.dispatch.policies.simulation import simulate
from optkit.dispatch.problem.observation import Observation
from optkit.dispatch.problem.problem_data import problem_data
from optkit.dispatch.solution import DispatchSolution
from optkit.dispatch.solvers.base import PolicySolver
from optkit.dispatch.solvers.baselines import QueueAware, Selfish
from optkit.dispatch.solvers.joint import Joint
from optkit.dispatch.solvers.mdp import Mdp

pytest.importorskip("pettingzoo", reason="the extra rl is not installed")


SMALL: dict[str, Any] = {
    "aps": 5,
    "servers": 4,
    "types": 2,
    "slots": 8,
    "intervals": 12,
    "arrival": 0.15,
    "service": 6.0,
    "upload_intervals": 1.5,
    "queue_limit": 4,
}


def network(seed: int = 3, **settings: Any) -> DispatchInstance:
    """Return a small network with crowded queues and signals at different times."""
    options = GeneratorOptions.model_validate({**SMALL, **settings})
    document = generate(options, seed)
    late = np.zeros(options.slots + 1)
    late[[0, 3, options.slots]] = 0.25, 0.5, 0.25
    document["signal_latency_pmf"] = [late.tolist()] * options.aps
    return DispatchInstance.parse(document)


def same(first: Observation, second: Observation) -> bool:
    """Say whether two observations hold the same, whatever the order of jobs."""
    jobs = [
        sorted(zip(*dataclasses.astuple(view.transit), strict=True))
        for view in (first, second)
    ]
    rest = [
        [np.array(getattr(view, field.name)).tolist()
         for field in dataclasses.fields(view) if field.name != "transit"]
        for view in (first, second)
    ]  # fmt: skip
    return jobs[0] == jobs[1] and rest[0] == rest[1]


class Recorder(Policy):
    """A policy that keeps what it was shown."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.observations: list[list[Observation]] = []

    def start(self) -> np.ndarray:
        """Return the other's start."""
        return self.policy.start()

    def decide(self, observations: Any) -> np.ndarray:
        """Return the other's decision."""
        self.observations.append(list(observations))
        return self.policy.decide(observations)


SOLVERS: dict[str, type[PolicySolver]] = {
    solver.name: solver for solver in (Selfish, QueueAware, Mdp, Joint)
}


def policy_of(name: str, instance: DispatchInstance) -> Policy:
    """Return the policy of a solver."""
    return SOLVERS[name]().policy(problem_data(instance), np.random.default_rng(0))


def test_interface() -> None:
    """PettingZoo's own tests of interface and seeds pass."""
    from pettingzoo.test import parallel_api_test, parallel_seed_test

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for resample in (False, True):
            parallel_api_test(parallel_env(network(), resample=resample), 30)
            parallel_seed_test(
                lambda r=resample: parallel_env(network(), resample=r), 20
            )


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SOLVERS))
def test_policies_cost_the_same_here_and_as_solvers(name: str) -> None:
    """A policy sees, decides and costs the same in the environment and as a solver."""
    instance = network(drop_penalty=5.0, overflow_penalty=3.0)
    recorder = Recorder(policy_of(name, instance))
    ended = simulate(problem_data(instance), recorder)
    solved = optkit.solve(instance, name)
    env, policy = parallel_env(instance), policy_of(name, instance)
    arrays, _ = env.reset()
    total = 0.0
    for expected in recorder.observations:
        views = [env.observation(agent, arrays[agent]) for agent in env.agents]
        assert all(map(same, views, expected))
        later = policy.decide(views)
        actions = {
            agent: np.searchsorted(env.servers(agent), later[k])
            for k, agent in enumerate(env.agents)
        }
        for agent in env.agents:
            assert env.observation_space(agent).contains(arrays[agent])
        arrays, rewards, _, truncated, _ = env.step(actions)
        assert len(set(rewards.values())) == 1
        total += next(iter(rewards.values()))
    assert not env.agents
    assert all(truncated.values())
    assert (env.system.target == ended.system.target).all()
    target = problem_data(instance).in_instance_order(env.system.target)
    assert isinstance(solved.solution, DispatchSolution)
    assert solved.solution.target == target
    assert solved.objective == pytest.approx(-total / instance.intervals, rel=1e-12)


def test_forbidden_information_is_not_seen() -> None:
    """Strangers, the future and service times show in no observation."""
    hidden = 0
    for seed in range(4):
        settings = {"aps": 9, "servers": 7, "attachment": 1, "cloud": False}
        instance = network(seed, **settings)
        data = problem_data(instance)
        conflict = data.candidate.astype(int) @ data.candidate.T.astype(int) > 0
        watcher = int(np.argmin(conflict.sum(axis=1)))
        until = 6 * data.slots_per_interval
        document = copy.deepcopy(instance.model_dump(mode="json", by_alias=True))
        jobs, rng = document["jobs"], np.random.default_rng(seed)
        for job, (slot, ap) in enumerate(zip(jobs["slot"], jobs["ap"], strict=True)):
            if slot >= until or not conflict[watcher, ap]:
                jobs["upload_u"][job] = rng.random()
                jobs["service_u"][job] = rng.random()
            if slot >= until:
                jobs["ap"][job] = int(rng.integers(9))
        for row in document["signal_u"][6:]:
            row[:] = rng.random(9).tolist()
        second = DispatchInstance.parse(document)
        envs = [parallel_env(each) for each in (instance, second)]
        agent = instance.aps[watcher]
        arrays = [env.reset()[0] for env in envs]
        for step in range(7):
            if step == 6:  # the signal of an interval is drawn in it
                arrays[1][agent]["signal_slot"] = arrays[0][agent]["signal_slot"]
            shown = [
                env.observation(agent, g[agent])
                for env, g in zip(envs, arrays, strict=True)
            ]
            assert same(*shown), (seed, step)
            hidden += (envs[0].system.queues != envs[1].system.queues).any()
            for space in map(envs[0].action_space, envs[0].agents):
                space.seed(step)
            actions = {a: envs[0].action_space(a).sample() for a in envs[0].agents}
            arrays = [env.step(actions)[0] for env in envs]
    assert hidden > 8


def test_actions_take_effect_at_the_signal_and_not_before() -> None:
    """Until its signal slot, an access point's jobs follow its previous action."""
    instance = network(arrival=0.4)
    env = parallel_env(instance)
    env.reset()
    data = problem_data(instance)
    start = np.array([np.flatnonzero(row)[0] for row in data.candidate])
    last = [len(env.servers(agent)) - 1 for agent in env.agents]
    env = parallel_env(instance, start=np.repeat(start[:, None], 2, axis=1))
    env.reset()
    env.step({agent: np.full(2, last[k]) for k, agent in enumerate(env.agents)})
    per = data.slots_per_interval
    jobs = np.flatnonzero(data.slot < per)
    before = data.slot[jobs] < data.signal[0, data.ap[jobs]]
    assert before.any()
    assert not before.all()
    final = np.array([np.flatnonzero(row)[-1] for row in data.candidate])
    expected = np.where(before, start[data.ap[jobs]], final[data.ap[jobs]])
    assert (env.system.target[jobs] == expected).all()


def test_new_paths_are_drawn_and_repeated() -> None:
    """Episodes differ, seeds reproduce them, and the network stays."""
    instance = network()
    env = parallel_env(instance, resample=True)

    def episode(seed: int | None) -> list[float]:
        env.reset(seed=seed)
        rewards = []
        while env.agents:
            still = {a: np.zeros(2, dtype=np.int64) for a in env.agents}
            rewards.append(env.step(still)[1][env.possible_agents[0]])
        return rewards

    first, second = episode(5), episode(None)
    assert first != second
    assert [episode(5), episode(None)] == [first, second]
    fixed = parallel_env(instance)
    shown = [fixed.reset(seed=seed)[0] for seed in (1, 2)]
    assert same(*(fixed.observation("a0", each["a0"]) for each in shown))


def test_wrong_actions_are_explained() -> None:
    """Missing, foreign and late actions are refused with an explanation."""
    env = parallel_env(network(intervals=1))
    env.reset()
    still = {agent: np.zeros(2, dtype=np.int64) for agent in env.agents}
    with pytest.raises(UsageError, match="no action for 'a4'"):
        env.step({agent: still[agent] for agent in env.agents[:-1]})
    with pytest.raises(UsageError, match=r"'a1', \[0, 9\], is not in its space"):
        env.step({**still, "a1": np.array([0, 9])})
    env.step(still)
    with pytest.raises(UsageError, match="episode has ended"):
        env.step(still)
    with pytest.raises(UsageError, match="no candidate"):
        parallel_env(network(), start=np.full((5, 2), 77))
    with pytest.raises(UsageError, match="shape"):
        parallel_env(network(), start=np.zeros(3))


def test_the_entry_point_stays_a_function() -> None:
    """Making an environment does not hide the function that makes it."""
    from optkit.dispatch.learning import environment

    parallel_env(network())
    assert environment.parallel_env is optkit.dispatch.parallel_env is parallel_env


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PettingZoo the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(
        sys.modules, "optkit.dispatch.learning.parallel_env", raising=False
    )
    with pytest.raises(UnavailableError, match=r"optkit\[rl\]"):
        parallel_env(network())
