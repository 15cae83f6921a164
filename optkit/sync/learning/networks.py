"""The networks of actors and critics: layers of tanh units, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Layers = tuple[tuple[Any, Any], ...]
"""Weights (inputs, outputs) and biases (outputs,) of each layer. With a leading axis, the
same in all arrays, it is a stack of networks."""


class Actor(NamedTuple):
    """The network of an actor, or a stack of R of them.

    Parameters
    ----------
    layers
        The hidden layers and the last one.
    skip
        (inputs, outputs): weights from the observation straight to the logits, so that
        training can start from a rule and learn how to change it.
    """

    layers: Layers
    skip: Any


HIDDEN = (64, 64)
"""Units in the hidden layers of an actor or a critic."""


def initial_layers(
    rng: np.random.Generator,
    inputs: int,
    outputs: int,
    *,
    hidden: Sequence[int] = HIDDEN,
    last_scale: float = 1.0,
    copies: int | None = None,
) -> Layers:
    """Return layers with orthogonal weights and zero biases, as is usual for PPO.

    Parameters
    ----------
    rng
        Random numbers for the weights.
    inputs, outputs, hidden
        Units of each layer.
    last_scale
        Scale of the last layer's weights: small, so that an actor starts undecided.
    copies
        Number of networks, stacked along a leading axis; None for one without that axis.
    """
    sizes = (inputs, *hidden, outputs)
    layers = []
    for depth, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        scale = last_scale if depth == len(hidden) else 2.0**0.5
        sampled = [
            scale * _orthogonal(rng, fan_in, fan_out) for _ in range(copies or 1)
        ]
        weights = np.stack(sampled) if copies is not None else sampled[0]
        biases = np.zeros((*weights.shape[:-2], fan_out), dtype=np.float32)
        layers.append((weights.astype(np.float32), biases))
    return tuple(layers)


def _orthogonal(rng: np.random.Generator, rows: int, columns: int) -> Any:
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    factor, triangle = np.linalg.qr(tall)
    # The signs make the distribution uniform over orthogonal matrices.
    factor = factor * np.sign(np.diag(triangle))
    return factor if rows >= columns else factor.T


def forward(xp: Any, layers: Layers, inputs: Any) -> Any:
    """Return the outputs of a network.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    layers
        One network, or a stack of R networks.
    inputs
        (…, features); for a stack (…, R, features), one row per network.

    Returns
    -------
    array
        (…, outputs) or (…, R, outputs).
    """
    stacked = layers[0][0].ndim == 3
    signal = inputs
    for depth, (weights, biases) in enumerate(layers):
        if stacked:
            signal = xp.einsum("...ri,rio->...ro", signal, weights) + biases
        else:
            signal = signal @ weights + biases
        if depth < len(layers) - 1:
            signal = xp.tanh(signal)
    return signal


def actor_logits(xp: Any, actor: Actor, obs: Any) -> Any:
    """Return the logits of an actor's actions, (…, outputs).

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    actor
        θ.
    obs
        (…, features): observations.
    """
    return forward(xp, actor.layers, obs) + _skipped(xp, actor.skip, obs)


def _skipped(xp: Any, skip: Any, obs: Any) -> Any:
    if skip.ndim == 3:
        return xp.einsum("...ri,rio->...ro", obs, skip)
    return obs @ skip
