"""Observations of the agents.

Actors shared by all links see features that fit any instance: costs are in units of the
link's fee, so that prices, hops and the number of routers cancel out, and ages in units of
the limit. The paper's actors see its observation (17).

The functions take the array module, NumPy or ``jax.numpy``, so that training and the frozen
policy compute the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from optkit.sync.learning.agents import Agents
    from optkit.sync.learning.env import EnvState
    from optkit.sync.learning.episode_arrays import EpisodeArrays

WINDOWS = (2, 4, 8, 16)
"""Numbers of slots over which the recent past is summarised."""

MEMORY = max(WINDOWS)
"""Past slots that a policy remembers."""

MIN_FEE = 1e-9
"""Fees below this count as this where costs are divided by them."""

RENT_FEATURE = 1
"""Index, among the features, of the rent including this slot."""

LINK_FEATURES = 19
"""Length of the vector that :func:`link_features` returns."""

PAPER_FEATURES = 3
"""Numbers that the observation (17) has per link: e, Φ, and the last action."""


class LinkState(NamedTuple):
    """A link before its decision in a slot; leading axes are free and broadcast.

    Parameters
    ----------
    past
        (…, MEMORY + 1, n): values that the source holds of its devices, this slot's
        first; before slot 0, the values of slot 0.
    past_notified_age
        (…, MEMORY + 1): age right after a notification, this slot's first; before slot 0,
        that of slot 0.
    copy
        (…, n): the target's copy, from the last notification.
    silent_age
        (…): age Φ in this slot without a notification.
    rent
        (…): sum of the costs of silence since the last notification, in fees, without
        this slot's.
    age_price, error_price
        (…): cost of a slot of age and of a percent of error in a slot, in fees.
    limit
        (…): limit on the age.
    """

    past: Any
    past_notified_age: Any
    copy: Any
    silent_age: Any
    rent: Any
    age_price: Any
    error_price: Any
    limit: Any


def link_state(xp: Any, episode: EpisodeArrays, state: EnvState) -> LinkState:
    """Return the state of the links, with prices in fees."""
    fee = xp.maximum(episode.fee, MIN_FEE)
    return LinkState(
        past=state.past,
        past_notified_age=state.past_notified_age,
        copy=state.copy,
        silent_age=state.age,
        rent=state.rent,
        age_price=episode.age_price / fee,
        error_price=episode.error_price / fee,
        limit=episode.limit,
    )


def silence_cost(xp: Any, state: LinkState) -> Any:
    """Return, (…), the extra cost of silence in this slot over a notification, in fees.

    It is the cost of the error, and of the age if a notification would lower it.
    """
    error = xp.abs(state.past[..., 0, :] - state.copy).sum(-1)
    gain = state.silent_age - state.past_notified_age[..., 0]
    return state.age_price * xp.maximum(gain, 0.0) + state.error_price * error


def observe(xp: Any, agents: Agents, episode: EpisodeArrays, state: EnvState) -> Any:
    """Return the observations of the G agents, (G, inputs).

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    agents
        The agents.
    episode, state
        The episode, and its state before the decisions.
    """
    links = link_state(xp, episode, state)
    if agents.layout == "shared":
        return link_features(xp, links)
    obs = paper_features(xp, links, state.last_action)[agents.link]
    obs = xp.where(agents.present[..., None], obs, 0.0)
    return obs.reshape(len(agents.link), -1)


def link_features(xp: Any, state: LinkState) -> Any:
    """Return the features of a link, (…, LINK_FEATURES).

    They are, in this order: the cost of silence in this slot, and since the last
    notification; its two parts; by how much the values held now would have been a better
    copy than the present one over the last 2, 4, 8 and 16 slots; whether the values move
    away from the copy or back to it (twice); how much they moved per slot over the last
    1, 2, 4, 8 and 16; how old the reports are compared with the freshest and the oldest
    of late; the age of the pair; and the price of age.
    """
    past, copy = state.past, state.copy
    now = past[..., 0, :]
    age_price, error_price = state.age_price, state.error_price
    gain = age_price * (state.silent_age - state.past_notified_age[..., 0])
    error = error_price * xp.abs(now - copy).sum(-1)
    silence = xp.maximum(gain, 0.0) + error
    costs = [silence, state.rent + silence, gain, error]
    moves = []
    better = 0.0
    moved = 0.0
    for back in range(MEMORY):
        then = past[..., back, :]
        better = better + xp.abs(then - copy).sum(-1) - xp.abs(then - now).sum(-1)
        moved = moved + xp.abs(then - past[..., back + 1, :]).sum(-1)
        if back + 1 in WINDOWS:
            costs.append(error_price * better / (back + 1))
        if back == 0 or back + 1 in WINDOWS:
            moves.append(error_price * moved / (back + 1))
    away = xp.sign(now - copy)
    for back in (1, 2):
        costs.append(error_price * (away * (now - past[..., back, :])).sum(-1))
    ages = state.past_notified_age
    costs += [
        *moves,
        age_price * (ages[..., 0] - ages.min(-1)),
        age_price * (ages.max(-1) - ages[..., 0]),
    ]
    relative_age = state.silent_age / xp.maximum(state.limit, 1.0)
    others = [relative_age, 0.2 * xp.log(age_price + 1e-3)]
    columns = xp.broadcast_arrays(*(squashed(xp, cost) for cost in costs), *others)
    return xp.stack(columns, axis=-1)


def squashed(xp: Any, cost: Any) -> Any:
    """Return a cost in fees on a scale that is linear near 0 and logarithmic beyond."""
    return 0.5 * xp.sign(cost) * xp.log1p(4.0 * xp.abs(cost))


def paper_features(xp: Any, state: LinkState, last_action: Any) -> Any:
    """Return the paper's observation (eq 17) of each link, (…, PAPER_FEATURES).

    It has the error before the decision in units of 10 %, since after a notification the
    error is 0; the age in units of its limit; and the action of the slot before.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    state
        The links.
    last_action
        (…): 1 where a notification was sent in the slot before, else 0.
    """
    error = xp.abs(state.past[..., 0, :] - state.copy).sum(-1)
    relative_age = state.silent_age / xp.maximum(state.limit, 1.0)
    return xp.stack([error / 10.0, relative_age, last_action], axis=-1)
