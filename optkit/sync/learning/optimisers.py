"""MAPPO and MAA2C: how one batch of episodes changes actors and critic (Sec. III-B)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax

from optkit.sync.learning.agents import Agents
from optkit.sync.learning.bernoulli_policy import (
    by_agent,
    by_link,
    entropy,
    log_probability,
    values,
)
from optkit.sync.learning.environment import play
from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.features import NO_FEE
from optkit.sync.learning.losses import advantages, clipped_surrogate, critic_loss
from optkit.sync.learning.networks import Actor, Layers, logits
from optkit.sync.learning.observing import observe
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.learning.rules import Outcome, State


class Networks(NamedTuple):
    """Everything that is trained: θ and φ."""

    actor: Actor
    critic: Layers


class Batch(NamedTuple):
    """Decisions of E episodes; T slots, G agents, K bits.

    Parameters
    ----------
    seen
        (T, E, G, inputs).
    bits, counted
        (T, E, G, K) bool: what was drawn, and where it was the policy's choice.
    log_old
        (T, E, G): log-probability when it was drawn.
    advantage, target
        (T, E, G): Â and y.
    """

    seen: Any
    bits: Any
    counted: Any
    log_old: Any
    advantage: Any
    target: Any


def sampler(agents: Agents, actor: Actor) -> Callable[..., Any]:
    """Return the decisions of actors that draw their bits, for the environment."""

    def decide(episode: Scenario, state: State, drawn: Any) -> tuple[Any, Any]:
        seen = observe(jnp, agents, episode, state)
        mu = logits(jnp, actor, seen)
        bits = drawn < jax.nn.sigmoid(mu)
        return by_link(agents, bits, len(episode.fee)), (seen, bits, mu)

    return decide


def optimiser(options: TrainingOptions) -> optax.GradientTransformation:
    """Return the optimiser of actors and critic, its rate falling to 0 at the end."""
    minibatches, epochs = passes(options)
    steps = options.updates * minibatches * epochs
    return optax.chain(
        optax.clip_by_global_norm(options.gradient_norm),
        optax.adam(optax.cosine_decay_schedule(options.learning_rate, steps), eps=1e-5),
    )


def passes(options: TrainingOptions) -> tuple[int, int]:
    """Return minibatches and epochs: A2C takes each batch once, as a whole."""
    if options.method == "maa2c":
        return 1, 1
    return options.minibatches, options.epochs


def orders(options: TrainingOptions, rows: int, rng: np.random.Generator) -> Any:
    """Return, (epochs, rows used), in which order each epoch takes the rows of a batch.

    They are drawn here since sorting is what takes longest to compile.
    """
    minibatches, epochs = passes(options)
    used = max(rows // minibatches, 1) * minibatches
    if minibatches == 1:
        return np.tile(np.arange(rows, dtype=np.int32), (epochs, 1))
    drawn = [rng.permutation(rows)[:used] for _ in range(epochs)]
    return np.stack(drawn).astype(np.int32)


def uniforms(
    agents: Agents, episodes: Scenario, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return, (E, T, G, K), the numbers that draw the bits of E episodes."""
    count, slots, _ = episodes.told.shape
    return rng.random((count, slots, *agents.link.shape), dtype=np.float32)


def rewards(agents: Agents, episodes: Scenario, outcome: Outcome, kind: str) -> Any:
    """Return the agents' rewards, (E, T, G).

    Parameters
    ----------
    agents
        Who acts.
    episodes
        E episodes.
    outcome
        Their outcomes, (E, T, …).
    kind
        ``paper``: everybody gets the reward (19). ``cost``: each gets what its own links
        add to the objective (14), in fees; these are the terms of a sum in which no
        agent's decision touches another's, so nothing is lost and much noise is.
    """
    if kind == "paper":
        shared = outcome.reward[..., None]
        return jnp.broadcast_to(shared, (*outcome.reward.shape, len(agents.link)))
    fee = jnp.maximum(episodes.fee, NO_FEE)[:, None]
    return -by_agent(agents, outcome.cost / fee).sum(-1)


def update(
    agents: Agents, options: TrainingOptions
) -> Callable[..., tuple[Networks, Any, Any]]:
    """Return the compiled function that plays episodes and learns from them.

    It is called with networks, the optimiser's state, episodes, numbers uniform in [0, 1)
    that draw the bits (:func:`uniforms`) and the rows of the minibatches (:func:`orders`),
    and returns new networks and state, and the mean over
    episodes of the return (Σ of (19) over slots) and of the cost (14).
    """
    rule = optimiser(options)
    minibatches, _ = passes(options)

    def collect(
        networks: Networks, episodes: Scenario, drawn: Any
    ) -> tuple[Batch, Any]:
        decide = sampler(agents, networks.actor)
        (seen, bits, mu), outcome = jax.vmap(lambda one, u: play(one, decide, u))(
            episodes, drawn
        )
        counted = by_agent(agents, outcome.free) & agents.present
        gains = rewards(agents, episodes, outcome, options.reward)
        scale = 1.0 - options.discount
        judged = values(agents, networks.critic, seen) / scale
        slotwise = jax.tree.map(lambda x: jnp.swapaxes(x, 0, 1), (gains, judged))
        estimate, following = advantages(
            *slotwise, discount=options.discount, trace=options.trace
        )
        gains, judged = slotwise
        # The printed target (25) looks one slot ahead.
        one_step = gains + options.discount * following
        target = one_step if options.target == "one-step" else estimate + judged
        seen, bits, mu, counted = jax.tree.map(
            lambda x: jnp.swapaxes(x, 0, 1), (seen, bits, mu, counted)
        )
        batch = Batch(
            seen,
            bits,
            counted,
            log_probability(mu, bits, counted),
            (estimate - estimate.mean()) / (estimate.std() + 1e-8),
            target * scale,
        )
        returned = (outcome.reward.sum(-1).mean(), outcome.cost.sum((-1, -2)).mean())
        return batch, returned

    def loss(networks: Networks, batch: Batch) -> Any:
        mu = logits(jnp, networks.actor, batch.seen)
        log_new = log_probability(mu, batch.bits, batch.counted)
        if options.method == "maa2c":
            gain = log_new * batch.advantage
        else:
            gain = clipped_surrogate(
                log_new, batch.log_old, batch.advantage, options.clip
            )
        spread = entropy(mu, batch.counted)
        judged = values(agents, networks.critic, batch.seen)
        return (
            -gain.mean()
            - options.entropy * spread.mean()
            + options.critic_weight * critic_loss(judged, batch.target)
        )

    def learn(
        carry: tuple[Networks, Any], batch: Batch
    ) -> tuple[tuple[Networks, Any], None]:
        networks, state = carry
        slope = jax.grad(loss)(networks, batch)
        change, state = rule.update(slope, state, networks)
        return (optax.apply_updates(networks, change), state), None

    def epoch(carry: Any, order: Any, batch: Batch) -> tuple[Any, None]:
        def cut(x: Any) -> Any:
            return x[order].reshape(minibatches, -1, *x.shape[1:])

        return jax.lax.scan(learn, carry, jax.tree.map(cut, batch))

    @jax.jit
    def whole(
        networks: Networks, state: Any, episodes: Scenario, drawn: Any, orders: Any
    ) -> tuple[Networks, Any, Any]:
        batch, returned = collect(networks, episodes, drawn)
        # A minibatch holds whole slots of whole networks: the critic sees them jointly.
        flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), batch)
        (networks, state), _ = jax.lax.scan(
            lambda carry, order: epoch(carry, order, flat), (networks, state), orders
        )
        return networks, state, returned

    return whole
