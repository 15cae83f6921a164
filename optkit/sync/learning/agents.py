"""Two layouts of the actors: one per router, or one that all links share.

``router`` is the paper's layout: every router has a network of its own that sees the
observation (17) of all its links and returns a logit for each. It is tied to the routers
and links that it was trained with. ``shared`` is one network for every link of every
router; it sees more of each link (:func:`optkit.sync.learning.observations.link_features`)
and runs on any instance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optkit.sync.learning.networks import Actor, Layers, initial_layers
from optkit.sync.learning.observations import (
    LINK_FEATURES,
    PAPER_FEATURES,
    RENT_FEATURE,
    squashed,
)

Layout = Literal["router", "shared"]
Start = Literal["undecided", "rent-or-buy"]

RENT_SLOPE = 8.0
"""Slope of the logits where training starts from rent-or-buy."""

START_BIAS = 1.0
"""Negative logit where training starts from chance. Notifications should be rare: an actor
that notified in every other slot would mostly learn how much that costs."""


@dataclass(frozen=True, eq=False)
class Agents:
    """Agents, and the links that their actions decide; G agents with at most K links.

    Parameters
    ----------
    layout
        The layout of the actors.
    link
        (G, K): link that each entry of an agent's action decides; -1 where it has fewer.
    """

    layout: Layout
    link: Any

    @property
    def present(self) -> Any:
        """(G, K) bool: whether the agent has such a link."""
        return self.link >= 0

    @property
    def inputs(self) -> int:
        """Length of an agent's observation."""
        if self.layout == "shared":
            return LINK_FEATURES
        return PAPER_FEATURES * int(self.link.shape[1])

    def actor(self, rng: np.random.Generator, start: Start) -> Actor:
        """Return the initial networks of the actors, θ."""
        copies = None if self.layout == "shared" else len(self.link)
        outputs = self.link.shape[1]
        *hidden, (weights, biases) = initial_layers(
            rng, self.inputs, outputs, last_scale=0.01, copies=copies
        )
        lead = () if copies is None else (copies,)
        skip = np.zeros((*lead, self.inputs, outputs), dtype=np.float32)
        if start == "rent-or-buy" and self.layout == "shared":
            # The logit is 0 where the rent is one fee.
            skip[RENT_FEATURE] = RENT_SLOPE
            biases = biases - np.float32(RENT_SLOPE * squashed(np, 1.0))
        else:
            biases = biases - np.float32(START_BIAS)
        return Actor((*hidden, (weights, biases)), skip)

    def critic(self, rng: np.random.Generator) -> Layers:
        """Return the initial network of the centralised critic, φ."""
        if self.layout == "shared":
            return initial_layers(rng, 2 * self.inputs, 1)
        return initial_layers(rng, len(self.link) * self.inputs, len(self.link))


def make_agents(layout: Layout, source: Any, routers: int) -> Agents:
    """Return the agents of an instance.

    Parameters
    ----------
    layout
        The layout of the actors.
    source
        (L,): the router that each link starts from.
    routers
        Number of routers.
    """
    if layout == "shared":
        return Agents(layout, np.arange(len(source), dtype=np.int32)[:, None])
    owned = [np.flatnonzero(source == router) for router in range(routers)]
    owned = [links for links in owned if len(links)]
    widest = max((len(links) for links in owned), default=0)
    link = np.full((len(owned), widest), -1, dtype=np.int32)
    for agent, links in enumerate(owned):
        link[agent, : len(links)] = links
    return Agents(layout, link)
