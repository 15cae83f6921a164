"""The rules of the notification environment, slot by slot.

Arrivals have happened, notifications are sent, then age, error and cost are read. A limit
that silence would break forces a notification, and none is sent that would break it
itself, at once or later (:func:`optkit.sync.problem.observation.may_tell`). The
functions take the
array module: training compiles them with ``jax.numpy``, the frozen policies and the
PettingZoo environment run them with NumPy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.features import MEMORY, NO_FEE, LinkState, silence_cost


class State(NamedTuple):
    """Where L links stand before the decisions of a slot.

    Parameters
    ----------
    slot
        t.
    past, past_told
        (L, MEMORY + 1, n) and (L, MEMORY + 1): values held, and ages that can be told,
        this slot's first.
    copy
        (L, n): what was told last.
    age
        (L,): age Φ if the link stays silent in this slot.
    rent
        (L,): costs of silence since the last notification, in fees, without this slot's.
    last
        (L,): 1 where a notification was sent in the slot before, else 0.
    """

    slot: Any
    past: Any
    past_told: Any
    copy: Any
    age: Any
    rent: Any
    last: Any


class Outcome(NamedTuple):
    """What a slot came to.

    Parameters
    ----------
    sent
        (L,) bool: notifications b, with the forced ones.
    free
        (L,) bool: where the choice was the policy's.
    age, error
        (L,): Φ and e after the decisions (eqs 8 and 10).
    cost
        (L,): what each link adds to the objective (eq 14).
    reward
        The paper's reward, the same for all (eq 19).
    """

    sent: Any
    free: Any
    age: Any
    error: Any
    cost: Any
    reward: Any


def reset(xp: Any, episode: Scenario) -> State:
    """Return the state before slot 0: nothing told, copies as of slot 0."""
    _, links, _ = episode.value.shape
    zero = xp.zeros(links, episode.told.dtype)
    return State(
        slot=xp.int32(0),
        past=xp.repeat(episode.value[0][:, None], MEMORY + 1, axis=1),
        past_told=xp.repeat(episode.told[0][:, None], MEMORY + 1, axis=1),
        copy=episode.value[0],
        age=zero,
        rent=zero,
        last=zero,
    )


def link_state(xp: Any, episode: Scenario, state: State) -> LinkState:
    """Return what the links' policy sees, prices in fees."""
    fee = xp.maximum(episode.fee, NO_FEE)
    return LinkState(
        past=state.past,
        past_told=state.past_told,
        copy=state.copy,
        silent_age=state.age,
        rent=state.rent,
        age_price=episode.age_price / fee,
        error_price=episode.error_price / fee,
        limit=episode.limit,
    )


def step(xp: Any, episode: Scenario, state: State, bits: Any) -> tuple[State, Outcome]:
    """Pass one slot.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    episode
        The episode.
    state
        Before the decisions.
    bits
        (L,) bool: what the policy wants to send.

    Returns
    -------
    State
        Before the next slot's decisions.
    Outcome
        What this slot came to.
    """
    told, now = state.past_told[:, 0], state.past[:, 0]
    allowed = episode.allowed[state.slot]
    forced = state.age > episode.limit
    sent = (bits | forced) & allowed
    age = xp.where(sent, told, state.age)
    copy = xp.where(sent[:, None], now, state.copy)
    error = xp.abs(episode.real[state.slot] - copy).sum(-1)
    paid = xp.where(sent, episode.fee, 0.0)
    error_cost = episode.error_price * error
    cost = episode.age_price * age + error_cost + paid
    mean_age = age.sum() / max(len(age), 1)
    freshness = episode.age_weight * xp.tanh(mean_age / episode.tolerance)
    reward = -freshness - error_cost.sum() - paid.sum()
    owed = state.rent + silence_cost(xp, link_state(xp, episode, state))
    following = xp.minimum(state.slot + 1, len(episode.told) - 1)
    later = State(
        slot=state.slot + 1,
        past=_shifted(xp, episode.value[following], state.past),
        past_told=_shifted(xp, episode.told[following], state.past_told),
        copy=copy,
        age=age + 1.0,
        rent=xp.where(sent, 0.0, owed),
        last=sent.astype(age.dtype),
    )
    return later, Outcome(sent, allowed & ~forced, age, error, cost, reward)


def _shifted(xp: Any, newest: Any, past: Any) -> Any:
    """Return the past, one slot on."""
    return xp.concatenate([newest[:, None], past[:, :-1]], axis=1)
