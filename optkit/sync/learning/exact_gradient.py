"""Training on the exact gradient of the expected cost.

A policy does not affect the loads. So the state of a link is given by the slot and the
number of slots k since its last notification, and the expected cost of a random policy is a
sum over these states: the probability of a state, carried forward from slot to slot, times
the cost there. All of it is a smooth function of the policy's weights; its gradient needs
no sampled actions, no critic and no estimate of an advantage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.networks import Actor, actor_logits
from optkit.sync.learning.observations import (
    MEMORY,
    MIN_FEE,
    LinkState,
    link_features,
    silence_cost,
)
from optkit.sync.learning.options import TrainingOptions

MAX_SILENCE = 50
"""Longest silence in the table; where limits allow more, it ends in a notification."""


class LinkEpisode(NamedTuple):
    """One link's part of an episode: :class:`EpisodeArrays` without the axis of links."""

    value: Any
    reference: Any
    notified_age: Any
    fee: Any
    age_price: Any
    error_price: Any
    limit: Any


def sample_links(
    episodes: EpisodeArrays, count: int, rng: np.random.Generator
) -> tuple[LinkEpisode, int]:
    """Return random links of E episodes, and the longest silence for their tables.

    Parameters
    ----------
    episodes
        E stacked episodes.
    count
        Number of links.
    rng
        Random numbers.
    """
    episode_count, slots, links = episodes.notified_age.shape
    which = rng.integers(episode_count, size=count)
    link = rng.integers(links, size=count)
    sampled = LinkEpisode(
        value=episodes.value[which, :, link],
        reference=episodes.reference[which, :, link],
        notified_age=episodes.notified_age[which, :, link],
        fee=np.maximum(episodes.fee[which, link], np.float32(MIN_FEE)),
        age_price=episodes.age_price[which],
        error_price=episodes.error_price[which],
        limit=episodes.limit[which],
    )
    longest = min(float(episodes.limit.max()) + 1.0, MAX_SILENCE)
    return sampled, int(min(longest, slots))


class StateTable(NamedTuple):
    """All states of a link; T slots, A lengths of silence k = 1 … A.

    Parameters
    ----------
    obs
        (T, A, inputs): observations.
    silent_cost
        (T, A): cost of the slot if the link stays silent, in fees.
    notified_cost
        (T,): cost of the slot with a notification, in fees.
    forced
        (T, A) bool: where the limit leaves no choice.
    """

    obs: Any
    silent_cost: Any
    notified_cost: Any
    forced: Any


def tabulate(link: LinkEpisode, longest: int) -> StateTable:
    """Return all states of one link, with silences of up to ``longest`` slots."""
    slots = len(link.notified_age)
    now = jnp.arange(slots)
    notified_in = now[:, None] - jnp.arange(1, longest + 1)  # -1: never
    start = jnp.maximum(notified_in, 0)
    silence = now[:, None] - notified_in
    age = jnp.where(notified_in < 0, -1.0, link.notified_age[start]) + silence
    back = jnp.maximum(now[:, None] - jnp.arange(MEMORY + 1), 0)
    age_price, error_price = link.age_price / link.fee, link.error_price / link.fee
    copy = link.value[start]
    state = LinkState(
        past=link.value[back][:, None],
        past_notified_age=link.notified_age[back][:, None],
        copy=copy,
        silent_age=age,
        rent=0.0,
        age_price=age_price,
        error_price=error_price,
        limit=link.limit,
    )

    def accumulate(before: Any, added: Any) -> tuple[Any, Any]:
        rent = jnp.concatenate([jnp.zeros(1), before[:-1]])
        return rent + added, rent

    _, rent = jax.lax.scan(accumulate, jnp.zeros(longest), silence_cost(jnp, state))
    error = jnp.abs(link.reference[:, None] - copy).sum(-1)
    notified_error = jnp.abs(link.reference - link.value).sum(-1)
    return StateTable(
        obs=link_features(jnp, state._replace(rent=rent)),
        silent_cost=age_price * age + error_price * error,
        notified_cost=1.0
        + age_price * link.notified_age
        + error_price * notified_error,
        forced=(age > link.limit).at[:, -1].set(True),
    )


def expected_cost(table: StateTable, probability: Any) -> Any:
    """Return the expected cost in fees of notifying with given probabilities, (T, A)."""

    def slot(distribution: Any, row: Any) -> tuple[Any, Any]:
        chance, silent_cost, notified_cost = row
        notified = distribution * chance
        silent = distribution - notified
        cost = notified.sum() * notified_cost + (silent * silent_cost).sum()
        return jnp.concatenate([notified.sum(keepdims=True), silent[:-1]]), cost

    chance = jnp.where(table.forced, 1.0, probability)
    initial = jnp.zeros(chance.shape[1]).at[0].set(1.0)
    _, cost = jax.lax.scan(
        slot, initial, (chance, table.silent_cost, table.notified_cost)
    )
    return cost.sum()


def least_cost(table: StateTable) -> Any:
    """Return the least cost in fees, by backward induction."""
    silent_cost = jnp.where(table.forced, jnp.inf, table.silent_cost)

    def slot(cost_to_go: Any, row: Any) -> tuple[Any, None]:
        silent, notified = row
        longer = jnp.concatenate([cost_to_go[1:], jnp.full(1, jnp.inf)])
        return jnp.minimum(silent + longer, notified + cost_to_go[0]), None

    final = jnp.zeros(silent_cost.shape[1])
    rows = (silent_cost, table.notified_cost)
    cost_to_go, _ = jax.lax.scan(slot, final, rows, reverse=True)
    return cost_to_go[0]


def make_update_step(
    options: TrainingOptions,
) -> tuple[optax.GradientTransformation, Callable[..., tuple[Actor, Any, Any]]]:
    """Return the optimiser, and the compiled function that improves an actor.

    Its arguments are the actor, the optimiser's state, links and the longest silence. It
    returns the new actor and optimiser's state, and the mean over links of the expected
    cost above the least, as a share of the least.
    """
    optimiser = optax.chain(
        optax.clip_by_global_norm(options.max_grad_norm),
        optax.adam(optax.cosine_decay_schedule(options.learning_rate, options.updates)),
    )

    def excess(actor: Actor, links: LinkEpisode, longest: int) -> Any:
        def of_link(link: LinkEpisode) -> Any:
            table = tabulate(link, longest)
            probability = jax.nn.sigmoid(actor_logits(jnp, actor, table.obs)[..., 0])
            return expected_cost(table, probability) / least_cost(table) - 1.0

        return jax.vmap(of_link)(links).mean()

    def update_step(
        actor: Actor, state: Any, links: LinkEpisode, longest: int
    ) -> tuple[Actor, Any, Any]:
        value, grads = jax.value_and_grad(excess)(actor, links, longest)
        change, state = optimiser.update(grads, state, actor)
        return optax.apply_updates(actor, change), state, value

    return optimiser, jax.jit(update_step, static_argnums=3)
