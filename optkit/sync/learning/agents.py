"""Two ways to lay out the actors: one for each router, or one that all links share.

``router`` is the paper's: every router has a network of its own, which sees the
observation (17) of all its links and gives a logit for each. It is tied to the routers and
links that it was trained with. ``shared`` is one network for every link of every router,
which sees more of the link (:mod:`optkit.sync.learning.features`) and runs on any instance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optkit.sync.learning.features import FEATURES, OBSERVED, RENT, squashed
from optkit.sync.learning.networks import Actor, Layers, initial

Layout = Literal["router", "shared"]
Start = Literal["undecided", "rent-or-buy"]

SHARPNESS = 8.0
"""Slope of the logits where training starts from rent-or-buy."""

RELUCTANCE = 1.0
"""Negative logit where it starts from chance: notifications are rare, and an actor that
sent every other slot would learn mostly what that costs."""


@dataclass(frozen=True, eq=False)
class Agents:
    """Agents, and which bits of the action are whose; G agents of at most K bits.

    Parameters
    ----------
    layout
        How they are laid out.
    link
        (G, K): link that an agent's bit belongs to; −1 where it has fewer.
    """

    layout: Layout
    link: Any

    @property
    def present(self) -> Any:
        """(G, K) bool: whether there is such a bit."""
        return self.link >= 0

    @property
    def inputs(self) -> int:
        """Length of what an agent sees."""
        return FEATURES if self.layout == "shared" else OBSERVED * self.link.shape[1]

    def actor(self, rng: np.random.Generator, start: Start) -> Actor:
        """Return the initial networks of the actors, θ."""
        copies = None if self.layout == "shared" else len(self.link)
        bits = self.link.shape[1]
        *inner, (weights, biases) = initial(
            rng, self.inputs, bits, last_scale=0.01, copies=copies
        )
        lead = () if copies is None else (copies,)
        skip = np.zeros((*lead, self.inputs, bits), dtype=np.float32)
        if start == "rent-or-buy" and self.layout == "shared":
            # A logit of 0 where the rent is one fee.
            skip[RENT] = SHARPNESS
            biases = biases - np.float32(SHARPNESS * squashed(np, 1.0))
        else:
            biases = biases - np.float32(RELUCTANCE)
        return Actor((*inner, (weights, biases)), skip)

    def critic(self, rng: np.random.Generator) -> Layers:
        """Return the initial network of the centralised critic, φ."""
        if self.layout == "shared":
            return initial(rng, 2 * self.inputs, 1)
        return initial(rng, len(self.link) * self.inputs, len(self.link))


def agents(layout: Layout, source: Any, routers: int) -> Agents:
    """Return the agents of an instance.

    Parameters
    ----------
    layout
        How they are laid out.
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
