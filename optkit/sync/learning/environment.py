"""The notification environment, compiled: a scan over slots, to be mapped over episodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.rules import Outcome, State, reset, step


def play(
    episode: Scenario,
    decide: Callable[[Scenario, State, Any], tuple[Any, Any]],
    given: Any,
) -> tuple[Any, Outcome]:
    """Pass a whole episode.

    Parameters
    ----------
    episode
        The episode.
    decide
        ``decide(episode, state, given)`` returns the bits, (L,) bool, and whatever is to
        be kept of the decision.
    given
        What decisions are handed beside, with a leading axis of T slots: random numbers,
        which are drawn outside, since compiling a generator takes longer than drawing.

    Returns
    -------
    kept
        What was kept, with a leading axis of T slots.
    Outcome
        What the slots came to, likewise.
    """

    def slot(state: State, now: Any) -> tuple[State, Any]:
        bits, kept = decide(episode, state, now)
        state, outcome = step(jnp, episode, state, bits)
        return state, (kept, outcome)

    _, (kept, outcome) = jax.lax.scan(slot, reset(jnp, episode), given)
    return kept, outcome
