"""Advantages and losses (eqs 20 to 25)."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp


def advantages(
    rewards: Any, values: Any, *, discount: float, trace: float
) -> tuple[Any, Any]:
    """Return generalised advantage estimates, and the values that they make targets of.

    Parameters
    ----------
    rewards, values
        (T, …): r and V(ν_t). After the last slot the value is taken to stay what it is,
        as an episode is a window of a process that goes on.
    discount, trace
        γ and λ.

    Returns
    -------
    advantages
        (T, …): Â (eq 21), sums of the errors ψ (eq 20).
    following
        (T, …): V(ν_{t+1}).
    """
    following = jnp.concatenate([values[1:], values[-1:]])
    errors = rewards + discount * following - values

    def back(ahead: Any, error: Any) -> tuple[Any, Any]:
        total = error + discount * trace * ahead
        return total, total

    _, estimates = jax.lax.scan(back, jnp.zeros_like(errors[0]), errors, reverse=True)
    return estimates, following


def clipped_surrogate(log_new: Any, log_old: Any, advantage: Any, clip: float) -> Any:
    """Return the clipped surrogate of each decision, to be maximised (eqs 22 and 23).

    Parameters
    ----------
    log_new, log_old
        Logarithms of the probability of what was done, under the policy and under the
        one that did it.
    advantage
        Â.
    clip
        ε.
    """
    ratio = jnp.exp(log_new - log_old)
    bounded = jnp.clip(ratio, 1.0 - clip, 1.0 + clip)
    return jnp.minimum(ratio * advantage, bounded * advantage)


def critic_loss(values: Any, targets: Any) -> Any:
    """Return the mean squared error of the critic (eq 25)."""
    return jnp.square(targets - values).mean()
