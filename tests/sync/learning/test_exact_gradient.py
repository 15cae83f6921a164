"""The exact gradient: its expected costs, and that it improves an actor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.sync.exact.notifications import best_notifications
from optkit.sync.learning.agents import make_agents
from optkit.sync.learning.env import reset, step
from optkit.sync.learning.episode_arrays import EpisodeArrays, episode_arrays
from optkit.sync.learning.episode_sampling import stack_episodes
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.problem.prices import unit_prices
from tests.sync.learning.episodes import random_problems

jax = pytest.importorskip("jax", reason="the extra rl is not installed")
pytest.importorskip("optax", reason="the extra rl is not installed")
pytestmark = pytest.mark.usefixtures("quick_compilation")


def test_expected_and_least_costs_are_those_of_the_instance() -> None:
    """The sum over states is the replayed cost, and its least value the optimum."""
    from optkit.sync.learning.exact_gradient import (
        LinkEpisode,
        expected_cost,
        least_cost,
        sample_links,
        tabulate,
    )

    problems = random_problems(6)
    episodes = [episode_arrays(*problem) for problem in problems]
    # Both limits are below the longest silence of the table, so nothing is cut off.
    _, longest = sample_links(stack_episodes(episodes), 1, np.random.default_rng(0))
    wanted = np.random.default_rng(5).random((40, longest)) < 0.3

    def both(link: LinkEpisode) -> tuple[Any, Any]:
        table = tabulate(link, longest)
        return expected_cost(table, wanted.astype(np.float32)), least_cost(table)

    run = jax.jit(both)
    for episode, (data, held) in zip(episodes, problems, strict=True):
        best = best_notifications(data, held).cost
        fee = unit_prices(data).fee
        for link in range(data.links):
            part = LinkEpisode(
                *(np.float32(a[:, link]) for a in (episode.value, episode.reference)),
                np.float32(episode.notified_age[:, link]),
                *(np.float32(x) for x in (fee[link], episode.age_price)),
                *(np.float32(x) for x in (episode.error_price, episode.limit)),
            )
            expected, least = (float(x) * fee[link] for x in run(part))
            assert least == pytest.approx(best[link], rel=1e-4)
            assert expected == pytest.approx(_replayed(episode, link, wanted), rel=1e-4)


def _replayed(episode: EpisodeArrays, link: int, wanted: Any) -> float:
    """Return the cost of a link that notifies by a table over slot and silence."""
    state, total, silence = reset(np, episode), 0.0, 1
    for row in wanted:
        actions = np.zeros(len(episode.fee), dtype=bool)
        actions[link] = row[silence - 1] or silence == len(row)
        state, outcome = step(np, episode, state, actions)
        silence = 1 if outcome.sent[link] else silence + 1
        total += float(outcome.cost[link])
    return total


@pytest.mark.slow
def test_steps_along_the_gradient_lower_the_expected_cost() -> None:
    """With its optimiser, an actor improves on a batch of links."""
    from optkit.sync.learning.exact_gradient import make_update_step, sample_links

    problems = random_problems(2)
    episodes = stack_episodes([episode_arrays(*problem) for problem in problems])
    links, longest = sample_links(episodes, 6, np.random.default_rng(0))
    options = TrainingOptions(method="policy-gradient", updates=20, learning_rate=0.01)
    optimiser, update_step = make_update_step(options)
    data = problems[0][0]
    agents = make_agents("shared", data.source, data.routers)
    actor = agents.actor(np.random.default_rng(0), "undecided")
    state, costs = optimiser.init(actor), []
    for _ in range(10):
        actor, state, excess = update_step(actor, state, links, longest)
        costs.append(float(excess))
    assert min(costs) > 0.0
    assert costs[-1] < 0.8 * costs[0]
