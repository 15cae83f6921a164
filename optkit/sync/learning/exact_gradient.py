"""Training on the exact gradient of the expected cost.

Nothing that a policy does changes the loads. So where a link stands is told by the slot
and the number of slots k since its last notification, and the expected cost of a random
policy is a sum over these states of the probability of being there, carried forward from
slot to slot, times the cost there. All of it is a smooth function of the policy's weights:
its gradient needs no sampled action, no critic and no estimate of an advantage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.features import (
    MEMORY,
    NO_FEE,
    LinkState,
    link_features,
    silence_cost,
)
from optkit.sync.learning.networks import Actor, logits
from optkit.sync.learning.options import TrainingOptions

MOST_SILENT = 50
"""Longest silence that is tabulated; where limits allow more, it ends in a notification."""


class LinkEpisode(NamedTuple):
    """One link's part of an episode: as :class:`Scenario`, without the axis of links."""

    value: Any
    real: Any
    told: Any
    fee: Any
    age_price: Any
    error_price: Any
    limit: Any


def draw_links(
    episodes: Scenario, count: int, rng: np.random.Generator
) -> tuple[LinkEpisode, int]:
    """Return random links of E episodes, and the longest silence that is tabulated.

    Parameters
    ----------
    episodes
        Stacked, E of them.
    count
        How many links.
    rng
        Where they are drawn from.
    """
    many, _, links = episodes.told.shape
    which = rng.integers(many, size=count)
    link = rng.integers(links, size=count)
    drawn = LinkEpisode(
        value=episodes.value[which, :, link],
        real=episodes.real[which, :, link],
        told=episodes.told[which, :, link],
        fee=np.maximum(episodes.fee[which, link], np.float32(NO_FEE)),
        age_price=episodes.age_price[which],
        error_price=episodes.error_price[which],
        limit=episodes.limit[which],
    )
    longest = min(float(episodes.limit.max()) + 1.0, MOST_SILENT)
    return drawn, int(min(longest, episodes.told.shape[1]))


class Table(NamedTuple):
    """All states of a link; T slots, A lengths of silence k = 1 … A.

    Parameters
    ----------
    seen
        (T, A, inputs): what the policy sees.
    silent
        (T, A): cost of the slot if the link stays silent, in fees.
    telling
        (T,): cost of the slot with a notification, in fees.
    forced
        (T, A) bool: where the limit leaves no choice.
    """

    seen: Any
    silent: Any
    telling: Any
    forced: Any


def tabulate(link: LinkEpisode, longest: int) -> Table:
    """Return all states of one link, silences up to ``longest`` slots."""
    slots = len(link.told)
    now = jnp.arange(slots)
    told_at = now[:, None] - jnp.arange(1, longest + 1)  # −1: never
    start = jnp.maximum(told_at, 0)
    silence = now[:, None] - told_at
    age = jnp.where(told_at < 0, -1.0, link.told[start]) + silence
    back = jnp.maximum(now[:, None] - jnp.arange(MEMORY + 1), 0)
    age_price, error_price = link.age_price / link.fee, link.error_price / link.fee
    copy = link.value[start]
    state = LinkState(
        past=link.value[back][:, None],
        past_told=link.told[back][:, None],
        copy=copy,
        silent_age=age,
        rent=0.0,
        age_price=age_price,
        error_price=error_price,
        limit=link.limit,
    )
    owed = silence_cost(jnp, state)

    def grow(before: Any, added: Any) -> tuple[Any, Any]:
        rent = jnp.concatenate([jnp.zeros(1), before[:-1]])
        return rent + added, rent

    _, rent = jax.lax.scan(grow, jnp.zeros(longest), owed)
    error = jnp.abs(link.real[:, None] - copy).sum(-1)
    fresh = jnp.abs(link.real - link.value).sum(-1)
    return Table(
        seen=link_features(jnp, state._replace(rent=rent)),
        silent=age_price * age + error_price * error,
        telling=1.0 + age_price * link.told + error_price * fresh,
        forced=(age > link.limit).at[:, -1].set(True),
    )


def expected_cost(table: Table, probability: Any) -> Any:
    """Return the expected cost in fees of notifying with given probabilities, (T, A)."""

    def slot(here: Any, row: Any) -> tuple[Any, Any]:
        chance, silent, telling = row
        told = here * chance
        quiet = here - told
        cost = told.sum() * telling + (quiet * silent).sum()
        return jnp.concatenate([told.sum(keepdims=True), quiet[:-1]]), cost

    chance = jnp.where(table.forced, 1.0, probability)
    at_first = jnp.zeros(chance.shape[1]).at[0].set(1.0)
    _, cost = jax.lax.scan(slot, at_first, (chance, table.silent, table.telling))
    return cost.sum()


def least_cost(table: Table) -> Any:
    """Return the least cost in fees: the same recursion backwards, always the better."""
    silent = jnp.where(table.forced, jnp.inf, table.silent)

    def slot(ahead: Any, row: Any) -> tuple[Any, None]:
        quiet, telling = row
        later = jnp.concatenate([ahead[1:], jnp.full(1, jnp.inf)])
        return jnp.minimum(quiet + later, telling + ahead[0]), None

    nothing = jnp.zeros(silent.shape[1])
    ahead, _ = jax.lax.scan(slot, nothing, (silent, table.telling), reverse=True)
    return ahead[0]


def update(
    options: TrainingOptions,
) -> tuple[optax.GradientTransformation, Callable[..., tuple[Actor, Any, Any]]]:
    """Return the optimiser, and the compiled function that improves an actor.

    It is called with the actor, the optimiser's state, links and the longest silence, and
    returns both anew and the mean over links of the expected cost above the least, as a
    share of the least.
    """
    rule = optax.chain(
        optax.clip_by_global_norm(options.gradient_norm),
        optax.adam(optax.cosine_decay_schedule(options.learning_rate, options.updates)),
    )

    def excess(actor: Actor, links: LinkEpisode, longest: int) -> Any:
        def one(link: LinkEpisode) -> Any:
            table = tabulate(link, longest)
            chance = jax.nn.sigmoid(logits(jnp, actor, table.seen)[..., 0])
            return expected_cost(table, chance) / least_cost(table) - 1.0

        return jax.vmap(one)(links).mean()

    def whole(
        actor: Actor, state: Any, links: LinkEpisode, longest: int
    ) -> tuple[Actor, Any, Any]:
        value, slope = jax.value_and_grad(excess)(actor, links, longest)
        change, state = rule.update(slope, state, actor)
        return optax.apply_updates(actor, change), state, value

    return rule, jax.jit(whole, static_argnums=3)
