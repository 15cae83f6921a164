"""Judging a policy while it trains, on slots that training never sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from optkit.sync.exact.notifications import best_notifications
from optkit.sync.learning.agents import Agents
from optkit.sync.learning.bernoulli_policy import by_link
from optkit.sync.learning.environment import play
from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.episode_sampling import Source, stacked
from optkit.sync.learning.networks import Actor, logits
from optkit.sync.learning.observing import observe
from optkit.sync.learning.rules import State

EPISODES = 16
"""Episodes that a policy is judged by."""


@dataclass(frozen=True)
class Score:
    """How a policy does, frozen: each bit where it is the likelier.

    Parameters
    ----------
    gap
        Its cost above the clairvoyant optimum for the same reports, as a share of that;
        the mean over episodes.
    cost
        Its cost (14), the mean over episodes.
    reward
        Its return, Σ of the reward (19) over slots; the mean over episodes.
    """

    gap: float
    cost: float
    reward: float


def judge(
    agents: Agents, source: Source, rng: np.random.Generator
) -> Callable[[Actor], Score]:
    """Return the function that judges an actor on validation episodes drawn now."""
    drawn = [source.draw(rng, validation=True) for _ in range(EPISODES)]
    best = np.array([best_notifications(d.data, d.held).cost.sum() for d in drawn])
    episodes = stacked([d.scenario for d in drawn])

    @jax.jit
    def run(actor: Actor) -> tuple[Any, Any]:
        def decide(episode: Scenario, state: State, _: Any) -> tuple[Any, Any]:
            bits = logits(jnp, actor, observe(jnp, agents, episode, state)) > 0.0
            return by_link(agents, bits, len(episode.fee)), None

        def one(episode: Scenario) -> tuple[Any, Any]:
            _, outcome = play(episode, decide, jnp.arange(len(episode.told)))
            return outcome.cost.sum(), outcome.reward.sum()

        return jax.vmap(one)(episodes)

    def score(actor: Actor) -> Score:
        cost, reward = (np.asarray(x, dtype=float) for x in run(actor))
        gap = float((cost / np.maximum(best, 1e-12) - 1.0).mean())
        return Score(gap, float(cost.mean()), float(reward.mean()))

    return score
