"""The networks of actors and critics: layers of tanh units, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Layers = tuple[tuple[Any, Any], ...]
"""Weights (inputs, outputs) and biases (outputs,) of each layer; a leading axis before
these, the same in all, makes it as many networks."""


class Actor(NamedTuple):
    """The network of an actor, or R stacked ones.

    Parameters
    ----------
    layers
        The hidden layers and the last one.
    skip
        (inputs, outputs): weights from the observation straight to the logits, so that
        training can start from a rule and learn what to change about it.
    """

    layers: Layers
    skip: Any


HIDDEN = (64, 64)
"""Units in the hidden layers of an actor or a critic."""


def initial(
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
        Where the weights are drawn from.
    inputs, outputs, hidden
        Units of each layer.
    last_scale
        Scale of the last layer's weights: small, so that an actor starts undecided.
    copies
        How many networks, stacked along a leading axis; None for one without that axis.
    """
    sizes = (inputs, *hidden, outputs)
    layers = []
    for place, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        scale = last_scale if place == len(hidden) else 2.0**0.5
        drawn = [scale * _orthogonal(rng, fan_in, fan_out) for _ in range(copies or 1)]
        weights = np.stack(drawn) if copies is not None else drawn[0]
        biases = np.zeros((*weights.shape[:-2], fan_out), dtype=np.float32)
        layers.append((weights.astype(np.float32), biases))
    return tuple(layers)


def _orthogonal(rng: np.random.Generator, rows: int, columns: int) -> Any:
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    factor, triangle = np.linalg.qr(tall)
    # The signs make the draw uniform over orthogonal matrices.
    factor = factor * np.sign(np.diag(triangle))
    return factor if rows >= columns else factor.T


def outputs(xp: Any, layers: Layers, inputs: Any) -> Any:
    """Return what a network makes of inputs.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    layers
        One network, or R stacked ones.
    inputs
        (…, features); for stacked networks (…, R, features), each its own row.

    Returns
    -------
    array
        (…, outputs) or (…, R, outputs).
    """
    stacked = layers[0][0].ndim == 3
    signal = inputs
    for place, (weights, biases) in enumerate(layers):
        if stacked:
            signal = xp.einsum("...ri,rio->...ro", signal, weights) + biases
        else:
            signal = signal @ weights + biases
        if place < len(layers) - 1:
            signal = xp.tanh(signal)
    return signal


def logits(xp: Any, actor: Actor, seen: Any) -> Any:
    """Return the logits of an actor's bits, (…, outputs), from what it sees.

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    actor
        θ.
    seen
        (…, features).
    """
    return outputs(xp, actor.layers, seen) + _straight(xp, actor.skip, seen)


def _straight(xp: Any, skip: Any, seen: Any) -> Any:
    if skip.ndim == 3:
        return xp.einsum("...ri,rio->...ro", seen, skip)
    return seen @ skip
