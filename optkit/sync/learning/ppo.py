"""MAPPO and MAA2C (Sec. III-B, eqs 20 to 25): updates of the networks from episodes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax

from optkit.sync.learning.agents import Agents
from optkit.sync.learning.bernoulli_policy import (
    agents_to_links,
    critic_values,
    entropy,
    links_to_agents,
    log_probability,
)
from optkit.sync.learning.env import EnvState, SlotOutcome, rollout
from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.networks import Actor, Layers, actor_logits
from optkit.sync.learning.observations import MIN_FEE, observe
from optkit.sync.learning.options import TrainingOptions


class Networks(NamedTuple):
    """The trained networks: θ and φ."""

    actor: Actor
    critic: Layers


class Batch(NamedTuple):
    """Decisions of E episodes; T slots, G agents, K links per agent.

    Parameters
    ----------
    obs
        (T, E, G, inputs).
    actions, action_mask
        (T, E, G, K) bool: the sampled actions, and where they were the policy's choice.
    log_prob
        (T, E, G): log-probability of the actions when they were sampled.
    advantages, targets
        (T, E, G): Â, and the targets y of the critic.
    """

    obs: Any
    actions: Any
    action_mask: Any
    log_prob: Any
    advantages: Any
    targets: Any


def gae(
    rewards: Any, values: Any, *, discount: float, gae_lambda: float
) -> tuple[Any, Any]:
    """Return generalised advantage estimates, and the values of the next slots.

    Parameters
    ----------
    rewards, values
        (T, …): r and V(ν_t). The value after the last slot is taken to be that of the last
        slot, since an episode is a window of a process that goes on.
    discount, gae_lambda
        γ and λ.

    Returns
    -------
    advantages
        (T, …): Â (eq 21), sums of the errors ψ (eq 20).
    next_values
        (T, …): V(ν_{t+1}).
    """
    next_values = jnp.concatenate([values[1:], values[-1:]])
    errors = rewards + discount * next_values - values

    def backwards(later: Any, error: Any) -> tuple[Any, Any]:
        advantage = error + discount * gae_lambda * later
        return advantage, advantage

    start = jnp.zeros_like(errors[0])
    _, advantages = jax.lax.scan(backwards, start, errors, reverse=True)
    return advantages, next_values


def clipped_surrogate(
    log_prob: Any, old_log_prob: Any, advantages: Any, clip: float
) -> Any:
    """Return the clipped surrogate of each decision, to be maximised (eqs 22 and 23).

    Parameters
    ----------
    log_prob, old_log_prob
        Log-probabilities of the actions under the present policy, and under the one that
        took them.
    advantages
        Â.
    clip
        ε.
    """
    ratio = jnp.exp(log_prob - old_log_prob)
    bounded = jnp.clip(ratio, 1.0 - clip, 1.0 + clip)
    return jnp.minimum(ratio * advantages, bounded * advantages)


def critic_loss(values: Any, targets: Any) -> Any:
    """Return the mean squared error of the critic (eq 25)."""
    return jnp.square(targets - values).mean()


def make_optimiser(options: TrainingOptions) -> optax.GradientTransformation:
    """Return the optimiser of actors and critic; its rate falls to 0 at the end."""
    minibatches, epochs = minibatches_and_epochs(options)
    steps = options.updates * minibatches * epochs
    return optax.chain(
        optax.clip_by_global_norm(options.max_grad_norm),
        optax.adam(optax.cosine_decay_schedule(options.learning_rate, steps), eps=1e-5),
    )


def minibatches_and_epochs(options: TrainingOptions) -> tuple[int, int]:
    """Return the numbers of minibatches and epochs; A2C uses each batch once, unsplit."""
    if options.method == "maa2c":
        return 1, 1
    return options.minibatches, options.epochs


def minibatch_permutations(
    options: TrainingOptions, rows: int, rng: np.random.Generator
) -> Any:
    """Return, (epochs, rows used), the order of the rows of a batch in each epoch.

    They are sampled with NumPy, since sorting takes longest to compile.
    """
    minibatches, epochs = minibatches_and_epochs(options)
    used = max(rows // minibatches, 1) * minibatches
    if minibatches == 1:
        return np.tile(np.arange(rows, dtype=np.int32), (epochs, 1))
    permutations = [rng.permutation(rows)[:used] for _ in range(epochs)]
    return np.stack(permutations).astype(np.int32)


def action_uniforms(
    agents: Agents, episodes: EpisodeArrays, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return, (E, T, G, K), uniform numbers that decide the actions of E episodes."""
    count, slots, _ = episodes.notified_age.shape
    return rng.random((count, slots, *agents.link.shape), dtype=np.float32)


def sample_actions(
    agents: Agents, actor: Actor, episode: EpisodeArrays, state: EnvState, uniforms: Any
) -> tuple[Any, Any]:
    """Return sampled actions per link, and the observations, actions and logits of agents.

    Parameters
    ----------
    agents
        The agents.
    actor
        θ.
    episode, state
        The episode, and its state before the decisions.
    uniforms
        (G, K): numbers uniform in [0, 1).
    """
    obs = observe(jnp, agents, episode, state)
    logits = actor_logits(jnp, actor, obs)
    actions = uniforms < jax.nn.sigmoid(logits)
    return agents_to_links(agents, actions, len(episode.fee)), (obs, actions, logits)


def agent_rewards(
    agents: Agents, episodes: EpisodeArrays, outcome: SlotOutcome, kind: str
) -> Any:
    """Return the agents' rewards, (E, T, G).

    Parameters
    ----------
    agents
        The agents.
    episodes
        E episodes.
    outcome
        Their outcomes, (E, T, …).
    kind
        ``paper``: all agents get the reward (19). ``cost``: each gets what its own links
        add to the objective (14), in fees. No agent's decision affects the terms of
        another, so this loses nothing and removes much noise.
    """
    if kind == "paper":
        shared = outcome.reward[..., None]
        return jnp.broadcast_to(shared, (*outcome.reward.shape, len(agents.link)))
    fee = jnp.maximum(episodes.fee, MIN_FEE)[:, None]
    return -links_to_agents(agents, outcome.cost / fee).sum(-1)


def make_update_step(
    agents: Agents, options: TrainingOptions
) -> Callable[..., tuple[Networks, Any, Any]]:
    """Return the compiled function that runs episodes and learns from them.

    Its arguments are the networks, the optimiser's state, the episodes, the numbers of
    :func:`action_uniforms` and the rows of :func:`minibatch_permutations`. It returns the
    new networks and optimiser's state, and the means over episodes of the return (the sum
    of (19) over slots) and of the cost (14).
    """
    optimiser = make_optimiser(options)
    minibatches, _ = minibatches_and_epochs(options)

    def collect(
        networks: Networks, episodes: EpisodeArrays, uniforms: Any
    ) -> tuple[Batch, Any]:
        decide = partial(sample_actions, agents, networks.actor)
        (obs, actions, logits), outcome = jax.vmap(
            lambda episode, numbers: rollout(episode, decide, numbers)
        )(episodes, uniforms)
        action_mask = links_to_agents(agents, outcome.free) & agents.present
        rewards = agent_rewards(agents, episodes, outcome, options.reward)
        scale = 1.0 - options.discount
        values = critic_values(agents, networks.critic, obs) / scale
        rewards, values = _slots_first((rewards, values))
        advantages, next_values = gae(
            rewards, values, discount=options.discount, gae_lambda=options.gae_lambda
        )
        # The printed target (25) looks one slot ahead.
        one_step = rewards + options.discount * next_values
        targets = one_step if options.target == "one-step" else advantages + values
        obs, actions, logits, action_mask = _slots_first(
            (obs, actions, logits, action_mask)
        )
        batch = Batch(
            obs,
            actions,
            action_mask,
            log_probability(logits, actions, action_mask),
            (advantages - advantages.mean()) / (advantages.std() + 1e-8),
            targets * scale,
        )
        returned = (outcome.reward.sum(-1).mean(), outcome.cost.sum((-1, -2)).mean())
        return batch, returned

    def loss(networks: Networks, batch: Batch) -> Any:
        logits = actor_logits(jnp, networks.actor, batch.obs)
        log_prob = log_probability(logits, batch.actions, batch.action_mask)
        if options.method == "maa2c":
            gain = log_prob * batch.advantages
        else:
            gain = clipped_surrogate(
                log_prob, batch.log_prob, batch.advantages, options.clip
            )
        policy_entropy = entropy(logits, batch.action_mask)
        values = critic_values(agents, networks.critic, batch.obs)
        return (
            -gain.mean()
            - options.entropy * policy_entropy.mean()
            + options.critic_weight * critic_loss(values, batch.targets)
        )

    def train_minibatch(
        carry: tuple[Networks, Any], batch: Batch
    ) -> tuple[tuple[Networks, Any], None]:
        networks, state = carry
        grads = jax.grad(loss)(networks, batch)
        change, state = optimiser.update(grads, state, networks)
        return (optax.apply_updates(networks, change), state), None

    def train_epoch(carry: Any, permutation: Any, batch: Batch) -> tuple[Any, None]:
        def split(x: Any) -> Any:
            return x[permutation].reshape(minibatches, -1, *x.shape[1:])

        return jax.lax.scan(train_minibatch, carry, jax.tree.map(split, batch))

    @jax.jit
    def update_step(
        networks: Networks,
        state: Any,
        episodes: EpisodeArrays,
        uniforms: Any,
        permutations: Any,
    ) -> tuple[Networks, Any, Any]:
        batch, returned = collect(networks, episodes, uniforms)
        # A minibatch holds whole slots of whole networks: the critic sees them jointly.
        flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), batch)
        (networks, state), _ = jax.lax.scan(
            lambda carry, permutation: train_epoch(carry, permutation, flat),
            (networks, state),
            permutations,
        )
        return networks, state, returned

    return update_step


def _slots_first(arrays: Any) -> Any:
    """Return arrays, (E, T, …), with the slots on the first axis, (T, E, …)."""
    return jax.tree.map(lambda x: jnp.swapaxes(x, 0, 1), arrays)
