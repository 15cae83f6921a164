"""The policy of the agents and the value of their states, in JAX.

An agent's action is a vector of independent Bernoulli variables, one per link; the outputs
μ of its network are their logits (eq 18).
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from optkit.sync.learning.agents import Agents
from optkit.sync.learning.networks import Layers, forward


def links_to_agents(agents: Agents, per_link: Any) -> Any:
    """Return values per link, (…, L), as values per agent and entry, (…, G, K)."""
    return jnp.where(agents.present, per_link[..., agents.link], 0)


def agents_to_links(agents: Agents, actions: Any, links: int) -> Any:
    """Return actions per agent, (G, K), as actions per link, (L,)."""
    target = jnp.where(agents.present, agents.link, links)
    return jnp.zeros(links + 1, actions.dtype).at[target].set(actions)[:links]


def critic_values(agents: Agents, critic: Layers, obs: Any) -> Any:
    """Return the critic's value for each agent, (…, G), from the observations of all.

    The critic sees the joint observation ν_t = [ν_1, …, ν_R]. For shared actors, where
    the number of agents must not matter, it sees each agent's own observation and the
    mean over all.

    Parameters
    ----------
    agents
        The agents.
    critic
        φ.
    obs
        (…, G, inputs).
    """
    if agents.layout == "shared":
        mean = jnp.broadcast_to(obs.mean(-2, keepdims=True), obs.shape)
        return forward(jnp, critic, jnp.concatenate([obs, mean], -1))[..., 0]
    return forward(jnp, critic, obs.reshape(*obs.shape[:-2], -1))


def log_probability(logits: Any, actions: Any, action_mask: Any) -> Any:
    """Return log π(b | ν), (…, G), of independent actions, (…, G, K), by their logits (18).

    Actions outside the mask are forced: they are the environment's, not the policy's.
    """
    log_prob = -jax.nn.softplus(jnp.where(actions, -logits, logits))
    return jnp.where(action_mask, log_prob, 0.0).sum(-1)


def entropy(logits: Any, action_mask: Any) -> Any:
    """Return the entropy H, (…, G), of independent actions with these logits (eq 24)."""
    probability = jax.nn.sigmoid(logits)
    each = jax.nn.softplus(logits) - probability * logits
    return jnp.where(action_mask, each, 0.0).sum(-1)
