"""What agents get to see of the state."""

from __future__ import annotations

from typing import Any

from optkit.sync.learning.agents import Agents
from optkit.sync.learning.episode_arrays import Scenario
from optkit.sync.learning.features import link_features, paper_features
from optkit.sync.learning.rules import State, link_state


def observe(xp: Any, agents: Agents, episode: Scenario, state: State) -> Any:
    """Return what the G agents see, (G, inputs).

    Parameters
    ----------
    xp
        ``numpy`` or ``jax.numpy``.
    agents
        The agents.
    episode, state
        Where the links stand.
    """
    links = link_state(xp, episode, state)
    if agents.layout == "shared":
        return link_features(xp, links)
    seen = paper_features(xp, links, state.last)[agents.link]
    seen = xp.where(agents.present[..., None], seen, 0.0)
    return seen.reshape(len(agents.link), -1)
