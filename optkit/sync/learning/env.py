"""The notification environment: its rules slot by slot, and whole episodes in JAX.

In a slot, reports have arrived, notifications are sent, and then age, error and cost are
measured. A limit that silence would break forces a notification, and none is sent that
would break it, at once or later (:func:`optkit.sync.problem.observation.may_notify`).

:func:`reset` and :func:`step` take the array module: training compiles them with
``jax.numpy``; frozen policies and the PettingZoo environment run them with NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from optkit.sync.learning.episode_arrays import EpisodeArrays
from optkit.sync.learning.observations import MEMORY, link_state, silence_cost


class EnvState(NamedTuple):
    """The state of L links before the decisions of a slot.

    Parameters
    ----------
    slot
        The slot t.
    past, past_notified_age
        (L, MEMORY + 1, n) and (L, MEMORY + 1): held values, and ages right after a
        notification, this slot's first.
    copy
        (L, n): copies from the last notifications.
    age
        (L,): age Φ if the link stays silent in this slot.
    rent
        (L,): cost of silence since the last notification, in fees, without this slot's.
    last_action
        (L,): 1 where a notification was sent in the slot before, else 0.
    """

    slot: Any
    past: Any
    past_notified_age: Any
    copy: Any
    age: Any
    rent: Any
    last_action: Any


class SlotOutcome(NamedTuple):
    """The outcome of a slot.

    Parameters
    ----------
    sent
        (L,) bool: notifications b, including the forced ones.
    free
        (L,) bool: where the choice was the policy's.
    age, error
        (L,): Φ and e after the decisions (eqs 8 and 10).
    cost
        (L,): what each link adds to the objective (eq 14).
    reward
        The paper's reward, the same for all agents (eq 19).
    """

    sent: Any
    free: Any
    age: Any
    error: Any
    cost: Any
    reward: Any


def reset(xp: Any, episode: EpisodeArrays) -> EnvState:
    """Return the state before slot 0: no notification yet, all copies as of slot 0."""
    _, links, _ = episode.value.shape
    zero = xp.zeros(links, episode.notified_age.dtype)
    first_age = episode.notified_age[0][:, None]
    return EnvState(
        slot=xp.int32(0),
        past=xp.repeat(episode.value[0][:, None], MEMORY + 1, axis=1),
        past_notified_age=xp.repeat(first_age, MEMORY + 1, axis=1),
        copy=episode.value[0],
        age=zero,
        rent=zero,
        last_action=zero,
    )


def step(
    xp: Any, episode: EpisodeArrays, state: EnvState, actions: Any
) -> tuple[EnvState, SlotOutcome]:
    """Take the actions of one slot.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    episode
        The episode.
    state
        State before the decisions.
    actions
        (L,) bool: the notifications that the policy wants to send.

    Returns
    -------
    EnvState
        State before the decisions of the next slot.
    SlotOutcome
        Outcome of this slot.
    """
    notified_age, now = state.past_notified_age[:, 0], state.past[:, 0]
    allowed = episode.allowed[state.slot]
    forced = state.age > episode.limit
    sent = (actions | forced) & allowed
    age = xp.where(sent, notified_age, state.age)
    copy = xp.where(sent[:, None], now, state.copy)
    error = xp.abs(episode.reference[state.slot] - copy).sum(-1)
    fees = xp.where(sent, episode.fee, 0.0)
    error_cost = episode.error_price * error
    cost = episode.age_price * age + error_cost + fees
    mean_age = age.sum() / max(len(age), 1)
    freshness = episode.age_weight * xp.tanh(mean_age / episode.age_tolerance)
    reward = -freshness - error_cost.sum() - fees.sum()
    rent = state.rent + silence_cost(xp, link_state(xp, episode, state))
    following = xp.minimum(state.slot + 1, len(episode.notified_age) - 1)
    ages = episode.notified_age[following]
    next_state = EnvState(
        slot=state.slot + 1,
        past=_shifted(xp, episode.value[following], state.past),
        past_notified_age=_shifted(xp, ages, state.past_notified_age),
        copy=copy,
        age=age + 1.0,
        rent=xp.where(sent, 0.0, rent),
        last_action=sent.astype(age.dtype),
    )
    return next_state, SlotOutcome(sent, allowed & ~forced, age, error, cost, reward)


def _shifted(xp: Any, newest: Any, past: Any) -> Any:
    """Return the past with the newest slot in front and the oldest dropped."""
    return xp.concatenate([newest[:, None], past[:, :-1]], axis=1)


def rollout(
    episode: EpisodeArrays,
    decide: Callable[[EpisodeArrays, EnvState, Any], tuple[Any, Any]],
    inputs: Any,
) -> tuple[Any, SlotOutcome]:
    """Run a whole episode in JAX, as a scan over its slots.

    Parameters
    ----------
    episode
        The episode.
    decide
        ``decide(episode, state, inputs)`` returns the actions, (L,) bool, and a record of
        the decision.
    inputs
        Further inputs of the decisions, with a leading axis of T slots. Random numbers
        come from here, since compiling a generator takes longer than drawing them outside.

    Returns
    -------
    records
        The records, with a leading axis of T slots.
    SlotOutcome
        The outcomes, with the same leading axis.
    """
    import jax
    import jax.numpy as jnp

    def slot(state: EnvState, now: Any) -> tuple[EnvState, Any]:
        actions, record = decide(episode, state, now)
        state, outcome = step(jnp, episode, state, actions)
        return state, (record, outcome)

    _, (records, outcome) = jax.lax.scan(slot, reset(jnp, episode), inputs)
    return records, outcome
