"""The compiled half of learning: the numbers of the plain half, and right gradients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.sync.exact.notifications import best_notifications
from optkit.sync.learning.agents import Agents, agents
from optkit.sync.learning.checkpoint import Checkpoint
from optkit.sync.learning.episode_arrays import Scenario, scenario
from optkit.sync.learning.episode_sampling import stacked
from optkit.sync.learning.frozen import notifications
from optkit.sync.learning.networks import Actor, logits
from optkit.sync.learning.observing import observe
from optkit.sync.problem.held_values import HeldValues, held_values
from optkit.sync.problem.problem_data import ProblemData, problem_data
from tests.sync.learning.test_env import play, random_reports

jax = pytest.importorskip("jax", reason="the extra rl is not installed")
pytest.importorskip("optax", reason="the extra rl is not installed")


@pytest.fixture(autouse=True)
def quick_compilation() -> Iterator[None]:
    """Compile for a short life."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


def cases(count: int) -> list[tuple[ProblemData, HeldValues]]:
    """Return instances of one shape with random reports, limits tight in half of them."""
    found = []
    for seed in range(count):
        instance = optkit.generate(
            "sync",
            seed=seed,
            slots=40,
            routers=3,
            devices=5,
            max_device_age=4.0 + 8.0 * (seed % 2),
            max_pair_age=5.0 + 15.0 * (seed % 2),
            error=("held", "true")[seed // 2 % 2],
            weight_cost=(0.1, 1.0)[seed % 2],
        )
        seen = problem_data(instance)
        reports = random_reports(seen, np.random.default_rng(seed))
        found.append((seen, held_values(seen, reports)))
    return found


def random_actor(team: Agents, seed: int) -> Actor:
    """Return an actor that decides one thing here and another there."""
    rng = np.random.default_rng(seed)
    actor = team.actor(rng, "undecided")
    *inner, (weights, biases) = actor.layers
    drawn = rng.normal(0, 1, weights.shape).astype(np.float32)
    return Actor((*inner, (drawn, biases)), actor.skip)


def test_the_compiled_environment_equals_the_plain_one() -> None:
    """Protects training from a world of its own: cost and reward slot by slot."""
    from optkit.sync.learning.environment import play as compiled

    known = cases(8)
    episodes = [scenario(*case) for case in known]
    wanted = np.random.default_rng(0).random((8, 40, known[0][0].links)) < 0.2
    _, seen = jax.jit(
        jax.vmap(lambda one, bits: compiled(one, lambda e, s, now: (now, None), bits))
    )(stacked(episodes), wanted)
    for index, episode in enumerate(episodes):
        plain = play(episode, wanted[index])
        # Training computes in single precision.
        for name in ("sent", "free", "age", "error", "cost", "reward"):
            expected = np.array([getattr(o, name) for o in plain], dtype=float)
            got = np.asarray(getattr(seen, name)[index], dtype=float)
            np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("layout", ["shared", "router"])
def test_a_frozen_policy_does_what_it_did_in_training(layout: Any) -> None:
    """Protects solving without JAX: NumPy sets the bits that JAX sets."""
    from optkit.sync.learning.bernoulli_policy import by_link
    from optkit.sync.learning.environment import play as compiled

    jnp = jax.numpy
    known = cases(6)
    first = known[0][0]
    team = agents(layout, first.source, first.routers)
    actor = random_actor(team, 1)

    def decide(episode: Scenario, state: Any, _: Any) -> tuple[Any, Any]:
        mu = logits(jnp, actor, observe(jnp, team, episode, state))
        return by_link(team, mu > 0.0, first.links), jnp.abs(mu).min()

    margin, seen = jax.jit(
        jax.vmap(lambda one: compiled(one, decide, jnp.arange(first.slots)))
    )(stacked([scenario(*case) for case in known]))
    # A logit that is 0 but for rounding may fall either way.
    assert float(np.asarray(margin).min()) > 1e-6
    checkpoint = Checkpoint(actor, {"layout": layout, "link": team.link.tolist()})
    counts = []
    for index, case in enumerate(known):
        sent = notifications(checkpoint, *case)
        bits = np.asarray(seen.sent[index])
        for link, slots in enumerate(sent):
            assert slots.tolist() == np.flatnonzero(bits[:, link]).tolist()
            counts.append(len(slots))
    assert 0 < sum(counts) < len(counts) * first.slots


def test_expected_costs_are_those_of_the_replay_and_of_the_optimum() -> None:
    """Protects policy-gradient: its sum over states is the cost, its least the optimum."""
    from optkit.sync.learning.exact_gradient import (
        LinkEpisode,
        draw_links,
        expected_cost,
        least_cost,
        tabulate,
    )
    from optkit.sync.problem.prices import unit_prices

    known = cases(6)
    episodes = [scenario(*case) for case in known]
    # Both limits are below the longest silence that is tabulated, so nothing is cut.
    one = stacked(episodes)
    _, longest = draw_links(one, 1, np.random.default_rng(0))
    wanted = np.random.default_rng(5).random((40, longest)) < 0.3

    def both(link: LinkEpisode) -> tuple[Any, Any]:
        table = tabulate(link, longest)
        return expected_cost(table, wanted.astype(np.float32)), least_cost(table)

    run = jax.jit(both)
    for episode, (seen, what) in zip(episodes, known, strict=True):
        best = best_notifications(seen, what).cost
        fee = unit_prices(seen).fee
        for link in range(seen.links):
            part = LinkEpisode(
                *(np.float32(a[:, link]) for a in (episode.value, episode.real)),
                np.float32(episode.told[:, link]),
                *(np.float32(x) for x in (fee[link], episode.age_price)),
                *(np.float32(x) for x in (episode.error_price, episode.limit)),
            )
            expected, least = (float(x) * fee[link] for x in run(part))
            assert least == pytest.approx(best[link], rel=1e-4)
            assert expected == pytest.approx(_follow(episode, link, wanted), rel=1e-4)


def test_a_step_along_the_exact_gradient_lowers_the_expected_cost() -> None:
    """Protects policy-gradient: with its optimiser an actor gets better on a batch."""
    from optkit.sync.learning.exact_gradient import draw_links, update
    from optkit.sync.learning.options import TrainingOptions

    known = cases(2)
    episodes = stacked([scenario(*case) for case in known])
    links, longest = draw_links(episodes, 6, np.random.default_rng(0))
    options = TrainingOptions(method="policy-gradient", updates=20, learning_rate=0.01)
    rule, improve = update(options)
    team = agents("shared", known[0][0].source, known[0][0].routers)
    actor = team.actor(np.random.default_rng(0), "undecided")
    state, costs = rule.init(actor), []
    for _ in range(10):
        actor, state, excess = improve(actor, state, links, longest)
        costs.append(float(excess))
    assert min(costs) > 0.0
    assert costs[-1] < 0.8 * costs[0]


def _follow(episode: Scenario, link: int, wanted: Any) -> float:
    """Return what a link costs that notifies where a table by slot and silence says."""
    from optkit.sync.learning.rules import reset, step

    state, total, silence = reset(np, episode), 0.0, 1
    for row in wanted:
        bits = np.zeros(len(episode.fee), dtype=bool)
        bits[link] = row[silence - 1] or silence == len(row)
        state, outcome = step(np, episode, state, bits)
        silence = 1 if outcome.sent[link] else silence + 1
        total += float(outcome.cost[link])
    return total


def test_advantages_are_the_sums_of_the_paper() -> None:
    """Protects (20) and (21): the recursion equals the printed double sum."""
    from optkit.sync.learning.losses import advantages

    rng = np.random.default_rng(0)
    rewards, values = rng.normal(size=(2, 7, 3))
    estimate, following = advantages(rewards, values, discount=0.9, trace=0.8)
    assert np.allclose(following[:-1], values[1:])
    errors = rewards + 0.9 * np.asarray(following) - values
    for t in range(7):
        expected = sum((0.9 * 0.8) ** k * errors[t + k] for k in range(7 - t))
        np.testing.assert_allclose(estimate[t], expected, rtol=1e-4, atol=1e-5)


def test_the_surrogate_gains_nothing_outside_its_clip() -> None:
    """Protects (23): past 1 ± ε a step in the same direction is worth nothing more."""
    from optkit.sync.learning.losses import clipped_surrogate

    slope = jax.grad(lambda new, gain: clipped_surrogate(new, 0.0, gain, 0.2))
    assert float(slope(np.log(1.3), 1.0)) == 0.0
    assert float(slope(np.log(0.7), -1.0)) == 0.0
    assert float(slope(np.log(1.3), -1.0)) == pytest.approx(-1.3, rel=1e-5)
    assert float(slope(np.log(1.1), 1.0)) == pytest.approx(1.1, rel=1e-5)


def test_probabilities_and_entropies_are_those_of_independent_bits() -> None:
    """Protects (18) and (24): summed over all actions, and without the forced bits."""
    from optkit.sync.learning.bernoulli_policy import entropy, log_probability

    mu = np.array([0.3, -1.2, 2.0])
    every = np.array(np.meshgrid(*[[False, True]] * 3)).reshape(3, -1).T
    log = np.asarray(log_probability(mu, every, np.ones(3, dtype=bool)))
    assert np.exp(log).sum() == pytest.approx(1.0, rel=1e-5)
    expected = -(np.exp(log) * log).sum()
    assert float(entropy(mu, np.ones(3, dtype=bool))) == pytest.approx(
        expected, rel=1e-5
    )
    counted = np.array([True, False, True])
    without = log_probability(mu[counted], every[:, counted], True)
    assert np.allclose(log_probability(mu, every, counted), without)


def test_the_environment_is_a_parallel_env() -> None:
    """Protects users of PettingZoo: its own test passes, and the return is the reward."""
    pettingzoo = pytest.importorskip("pettingzoo.test", reason="no pettingzoo here")
    from optkit.sync.learning.parallel_env import notification_env

    instance = optkit.generate("sync", seed=4, slots=25, routers=3, devices=3)
    env = notification_env(instance)
    pettingzoo.parallel_api_test(env, num_cycles=60)
    seen, _ = env.reset(seed=1)
    total, rng, sent = 0.0, np.random.default_rng(2), []
    while env.agents:
        actions = {a: rng.random(env.action_space(a).n) < 0.3 for a in env.agents}
        seen, rewards, _, _, infos = env.step(actions)
        assert all(env.observation_space(a).contains(seen[a]) for a in seen)
        total += next(iter(rewards.values()))
        sent.append(np.concatenate([infos[a]["sent"] for a in infos]))
    assert len(sent) == 25
    assert total < 0.0


def test_compiled_programs_are_kept_where_that_is_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects training on machines whose cache folder cannot be written to."""
    from optkit.sync.learning.jax_cache import keep_compiled

    before = jax.config.jax_compilation_cache_dir
    try:
        jax.config.update("jax_compilation_cache_dir", None)
        blocked = tmp_path / "file"
        blocked.write_text("no folder")
        monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
        assert keep_compiled() is None
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert keep_compiled() == tmp_path / "optkit" / "jax"
        assert keep_compiled() == tmp_path / "optkit" / "jax"
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
