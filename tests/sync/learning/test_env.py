"""The environment of training follows the rules that the checker applies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.arrays import Ints
from optkit.sync.check.checker import check
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.env import rollout
from optkit.sync.learning.episode_arrays import episode_arrays
from optkit.sync.learning.episode_sampling import stack_episodes
from optkit.sync.problem.held_values import held_values
from optkit.sync.problem.objective import solution
from optkit.sync.problem.problem_data import problem_data
from tests.sync.instances import document, random_instance
from tests.sync.learning.episodes import numpy_rollout, random_problems, random_reports


def verified(
    instance: SyncInstance, reports: list[Ints], sent: Any
) -> optkit.Verification:
    """Return the checker's result for reports and the notifications sent, (T, L)."""
    slots = [np.flatnonzero(column) for column in sent.T]
    return check(instance, solution(instance, reports, slots))


@pytest.mark.parametrize("seed", range(60))
def test_costs_and_rewards_equal_the_checkers(seed: int) -> None:
    """The environment's cost (14) and reward (19) are those of the checker."""
    instance = random_instance(seed)
    data, rng = problem_data(instance), np.random.default_rng(seed)
    reports = random_reports(data, rng)
    episode = episode_arrays(data, held_values(data, reports))
    wanted = rng.random((data.slots, data.links)) < rng.uniform()
    outcomes = numpy_rollout(episode, wanted)
    sent = np.array([o.sent for o in outcomes]).reshape(data.slots, data.links)
    verification = verified(instance, reports, sent)
    assert verification.feasible
    report_cost = data.weight_report * sum(map(len, reports)) / data.devices
    cost = sum(float(o.cost.sum()) for o in outcomes) + report_cost
    assert cost == pytest.approx(verification.objective, rel=1e-9, abs=1e-9)
    if data.links:
        reward = sum(float(o.reward) for o in outcomes)
        assert reward == pytest.approx(verification.metrics["reward"], rel=1e-9)


def test_a_limit_forces_notifications_of_a_silent_policy() -> None:
    """A policy that never notifies still keeps all limits, by force."""
    forced = 0
    for seed in range(40):
        instance = random_instance(seed, slots=30)
        data = problem_data(instance)
        reports = random_reports(data, np.random.default_rng(seed))
        episode = episode_arrays(data, held_values(data, reports))
        silent = np.zeros((data.slots, data.links), dtype=bool)
        outcomes = numpy_rollout(episode, silent)
        sent = np.array([o.sent for o in outcomes]).reshape(silent.shape)
        free = np.array([o.free for o in outcomes]).reshape(silent.shape)
        assert not (sent & free).any()
        assert verified(instance, reports, sent).feasible
        forced += int(sent.sum())
    assert forced > 100


def test_a_policy_that_always_notifies_breaks_no_limit() -> None:
    """A notification that would break a limit later is not sent, whatever actors want.

    On this slow link a notification in slot 3 would leave the pair past its limit one slot
    later, when the age after another notification is past it too.
    """
    raw = document(slots=30, max_pair_age=5.2)
    for link in raw["links"]:
        link["rate"] = 1 / 1.4
    instance = SyncInstance.parse(raw)
    data = problem_data(instance)
    reports = [np.arange(4, 30), np.arange(3, 30)]
    episode = episode_arrays(data, held_values(data, reports))
    outcomes = numpy_rollout(episode, np.ones((30, data.links), dtype=bool))
    sent = np.array([outcome.sent for outcome in outcomes])
    assert verified(instance, reports, sent).feasible


@pytest.mark.slow
@pytest.mark.usefixtures("quick_compilation")
def test_the_compiled_environment_equals_the_plain_one() -> None:
    """In JAX, outcomes of every slot are those of NumPy, to single precision."""
    import jax

    problems = random_problems(8)
    episodes = [episode_arrays(*problem) for problem in problems]
    wanted = np.random.default_rng(0).random((8, 40, problems[0][0].links)) < 0.2
    _, compiled = jax.jit(
        jax.vmap(lambda e, actions: rollout(e, lambda _, s, now: (now, None), actions))
    )(stack_episodes(episodes), wanted)
    for index, episode in enumerate(episodes):
        plain = numpy_rollout(episode, wanted[index])
        for name in ("sent", "free", "age", "error", "cost", "reward"):
            expected = np.array([getattr(o, name) for o in plain], dtype=float)
            actual = np.asarray(getattr(compiled, name)[index], dtype=float)
            np.testing.assert_allclose(actual, expected, rtol=2e-5, atol=2e-5)
