"""Scoring a policy during training, on slots that training never sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from optkit.sync.exact.notifications import best_notifications
from optkit.sync.learning.agents import Agents
from optkit.sync.learning.bernoulli_policy import agents_to_links
from optkit.sync.learning.env import EnvState, rollout
from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.episode_sampling import EpisodeSource, stack_episodes
from optkit.sync.learning.networks import Actor, actor_logits
from optkit.sync.learning.observations import observe

EPISODES = 16
"""Number of validation episodes."""


@dataclass(frozen=True)
class Score:
    """The quality of a frozen policy, which takes the more likely of both actions.

    Parameters
    ----------
    gap
        Its cost above the clairvoyant optimum for the same reports, as a share of that
        optimum; the mean over episodes.
    cost
        Its cost (14), the mean over episodes.
    reward
        Its return, the sum of the reward (19) over slots; the mean over episodes.
    """

    gap: float
    cost: float
    reward: float


def make_validator(
    agents: Agents, source: EpisodeSource, rng: np.random.Generator
) -> Callable[[Actor], Score]:
    """Return a function that scores an actor on validation episodes sampled now."""
    sampled = [source.sample(rng, validation=True) for _ in range(EPISODES)]
    best = np.array([best_notifications(e.data, e.held).cost.sum() for e in sampled])
    episodes = stack_episodes([episode.arrays for episode in sampled])

    @jax.jit
    def run(actor: Actor) -> tuple[Any, Any]:
        def decide(episode: EpisodeArrays, state: EnvState, _: Any) -> tuple[Any, Any]:
            obs = observe(jnp, agents, episode, state)
            actions = actor_logits(jnp, actor, obs) > 0.0
            return agents_to_links(agents, actions, len(episode.fee)), None

        def run_episode(episode: EpisodeArrays) -> tuple[Any, Any]:
            slots = jnp.arange(len(episode.notified_age))
            _, outcome = rollout(episode, decide, slots)
            return outcome.cost.sum(), outcome.reward.sum()

        return jax.vmap(run_episode)(episodes)

    def score(actor: Actor) -> Score:
        cost, reward = (np.asarray(x, dtype=float) for x in run(actor))
        gap = float((cost / np.maximum(best, 1e-12) - 1.0).mean())
        return Score(gap, float(cost.mean()), float(reward.mean()))

    return score
