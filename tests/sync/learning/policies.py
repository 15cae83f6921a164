"""Small instances and untrained policies for the tests of learning."""

from __future__ import annotations

from typing import Any

import numpy as np

import optkit
from optkit.sync.learning.agents import make_agents
from optkit.sync.learning.checkpoint import Checkpoint
from optkit.sync.problem.problem_data import problem_data


def mesh(seed: int = 1, **options: Any) -> Any:
    """Return a small instance to learn from."""
    settings = {"slots": 60, "routers": 3, "devices": 3, **options}
    return optkit.generate("sync", seed=seed, **settings)


def untrained_policy(layout: Any = "shared", **metadata: Any) -> Checkpoint:
    """Return an untrained policy."""
    data = problem_data(mesh())
    agents = make_agents(layout, data.source, data.routers)
    link = [] if layout == "shared" else agents.link.tolist()
    required = {"method": "mappo", "layout": layout, "link": link, "loads": []}
    actor = agents.actor(np.random.default_rng(0), "undecided")
    return Checkpoint(actor, {**required, **metadata})
