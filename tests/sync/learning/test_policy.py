"""Frozen policies: equal to those in training, with a known origin, and never misused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.sync.learning.agents import make_agents
from optkit.sync.learning.checkpoint import Checkpoint, load, load_digests, save
from optkit.sync.learning.env import EnvState, rollout
from optkit.sync.learning.episode_arrays import EpisodeArrays, episode_arrays
from optkit.sync.learning.episode_sampling import stack_episodes
from optkit.sync.learning.networks import actor_logits
from optkit.sync.learning.observations import observe
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.learning.policy import notification_slots
from optkit.sync.problem.problem_data import problem_data
from tests.sync.learning.episodes import random_actor, random_problems
from tests.sync.learning.policies import mesh, untrained_policy

SHIPPED = ("mappo", "maa2c", "policy-gradient")


@pytest.mark.slow
@pytest.mark.usefixtures("quick_compilation")
@pytest.mark.parametrize("layout", ["shared", "router"])
def test_a_frozen_policy_decides_as_in_training(layout: Any) -> None:
    """NumPy takes the same actions as JAX."""
    import jax
    import jax.numpy as jnp

    from optkit.sync.learning.bernoulli_policy import agents_to_links

    problems = random_problems(6)
    first = problems[0][0]
    agents = make_agents(layout, first.source, first.routers)
    actor = random_actor(agents, 1)

    def decide(episode: EpisodeArrays, state: EnvState, _: Any) -> tuple[Any, Any]:
        logits = actor_logits(jnp, actor, observe(jnp, agents, episode, state))
        return agents_to_links(agents, logits > 0.0, first.links), jnp.abs(logits).min()

    margin, outcome = jax.jit(
        jax.vmap(lambda episode: rollout(episode, decide, jnp.arange(first.slots)))
    )(stack_episodes([episode_arrays(*problem) for problem in problems]))
    # A logit of 0 up to rounding could fall on either side.
    assert float(np.asarray(margin).min()) > 1e-6
    checkpoint = Checkpoint(actor, {"layout": layout, "link": agents.link.tolist()})
    counts = []
    for index, problem in enumerate(problems):
        sent = np.asarray(outcome.sent[index])
        for link, slots in enumerate(notification_slots(checkpoint, *problem)):
            assert slots.tolist() == np.flatnonzero(sent[:, link]).tolist()
            counts.append(len(slots))
    assert 0 < sum(counts) < len(counts) * first.slots


def test_a_policy_is_not_used_on_its_training_series(tmp_path: Path) -> None:
    """An instance with a load series that a policy was trained on is refused."""
    path = tmp_path / "policy.npz"
    save(untrained_policy(loads=load_digests(problem_data(mesh()))), path)
    options = {"checkpoint": str(path)}
    with pytest.raises(optkit.UnavailableError, match="trained on a load series"):
        optkit.solve(mesh(), "mappo", options={"notification": options})
    result = optkit.solve(mesh(seed=2), "mappo", options={"notification": options})
    assert result.verification.feasible


def test_actors_of_routers_stay_in_their_network(tmp_path: Path) -> None:
    """A policy with one actor per router is refused in another network."""
    path = tmp_path / "policy.npz"
    save(untrained_policy("router"), path)
    options = {"notification": {"checkpoint": str(path)}}
    assert optkit.solve(mesh(seed=3), "mappo", options=options).verification.feasible
    with pytest.raises(optkit.UnavailableError, match="each router of the network"):
        optkit.solve(mesh(routers=4, devices=4), "mappo", options=options)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policies_record_their_origin(name: str) -> None:
    """Method, command, versions, instances, options and curve are in the file."""
    from importlib.resources import as_file, files

    resource = files("optkit.sync.learning") / "checkpoints" / f"{name}.npz"
    with as_file(resource) as path:
        metadata = load(path).metadata
    assert metadata["method"] == name
    assert metadata["layout"] == "shared"
    assert metadata["command"].startswith("optkit train sync ")
    assert set(metadata["versions"]) >= {"optkit", "jax", "optax", "numpy"}
    assert all(len(entry["sha256"]) == 64 for entry in metadata["instances"])
    assert metadata["instances"]
    # The options are still read, by the names that they had then.
    options = TrainingOptions.model_validate(metadata["options"])
    assert len(metadata["curve"]) == options.updates
    assert 0.0 < metadata["validation_gap"] < 0.1


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policies_send_free_notifications_in_time(name: str) -> None:
    """With prices of 0, features stay finite and free notifications are sent in time."""
    instance = mesh(seed=5, weight_cost=0.0)
    learned = optkit.solve(instance, f"periodic+{name}")
    best = optkit.solve(instance, "periodic+on-arrival")
    assert learned.objective is not None
    assert best.objective is not None
    assert learned.objective <= best.objective + 1e-9
    for weights in ({"weight_age": 0.0}, {"weight_error": 0.0}):
        result = optkit.solve(mesh(seed=5, **weights), name)
        assert result.verification.feasible
