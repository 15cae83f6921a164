"""What agents do and are worth, in JAX.

The action of an agent is a vector of independent Bernoulli bits, the outputs μ of its
network (eq 18) their logits.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from optkit.sync.learning.agents import Agents
from optkit.sync.learning.networks import Layers, outputs


def by_agent(agents: Agents, per_link: Any) -> Any:
    """Return what is given by link, (…, L), by agent and bit, (…, G, K)."""
    return jnp.where(agents.present, per_link[..., agents.link], 0)


def by_link(agents: Agents, bits: Any, links: int) -> Any:
    """Return bits by agent, (G, K), as bits by link, (L,)."""
    target = jnp.where(agents.present, agents.link, links)
    return jnp.zeros(links + 1, bits.dtype).at[target].set(bits)[:links]


def values(agents: Agents, critic: Layers, seen: Any) -> Any:
    """Return the value of each agent's return, (…, G), from what all agents see.

    The critic is given the joint observation ν_t = [ν_1, …, ν_R]. Where the number of
    agents must not matter, each is given its own and the mean over all.

    Parameters
    ----------
    agents
        The agents.
    critic
        φ.
    seen
        (…, G, inputs).
    """
    if agents.layout == "shared":
        mean = jnp.broadcast_to(seen.mean(-2, keepdims=True), seen.shape)
        return outputs(jnp, critic, jnp.concatenate([seen, mean], -1))[..., 0]
    return outputs(jnp, critic, seen.reshape(*seen.shape[:-2], -1))


def log_probability(logits: Any, bits: Any, counted: Any) -> Any:
    """Return log π(b | ν), (…, G), of independent bits (…, G, K) with these logits (18).

    Only the bits that are counted are the policy's; forced ones are the environment's.
    """
    each = -jax.nn.softplus(jnp.where(bits, -logits, logits))
    return jnp.where(counted, each, 0.0).sum(-1)


def entropy(logits: Any, counted: Any) -> Any:
    """Return the entropy H, (…, G), of independent bits with these logits (eq 24)."""
    on = jax.nn.sigmoid(logits)
    each = jax.nn.softplus(logits) - on * logits
    return jnp.where(counted, each, 0.0).sum(-1)
