"""Training: what is written, what is refused, and going on after being killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import ExitStatus
from optkit.sync.learning.agents import agents
from optkit.sync.learning.checkpoint import Checkpoint, digests, load, save
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.problem.problem_data import problem_data

TINY: dict[str, Any] = {
    "updates": 4,
    "episodes": 2,
    "episode_slots": 20,
    "validate_every": 2,
    "epochs": 2,
    "minibatches": 2,
    "links_per_update": 4,
}

needs_jax = pytest.mark.skipif(
    any(find_spec(package) is None for package in ("jax", "optax")),
    reason="the extra rl is not installed",
)


@pytest.fixture
def quick_compilation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compile for a short life, in processes that are started as well."""
    import jax

    monkeypatch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


def mesh(seed: int = 1, **options: Any) -> Any:
    """Return a small instance to learn from."""
    settings = {"slots": 60, "routers": 3, "devices": 3, **options}
    return optkit.generate("sync", seed=seed, **settings)


def policy(layout: Any = "shared", **metadata: Any) -> Checkpoint:
    """Return an untrained policy."""
    seen = problem_data(mesh())
    team = agents(layout, seen.source, seen.routers)
    link = [] if layout == "shared" else team.link.tolist()
    known = {"method": "mappo", "layout": layout, "link": link, "loads": []}
    actor = team.actor(np.random.default_rng(0), "undecided")
    return Checkpoint(actor, {**known, **metadata})


def arrays(path: Path) -> list[Any]:
    """Return the arrays of a policy's file."""
    actor = load(path).actor
    return [*(array for layer in actor.layers for array in layer), actor.skip]


@needs_jax
@pytest.mark.usefixtures("quick_compilation")
def test_a_training_leaves_a_policy_that_solves(tmp_path: Path) -> None:
    """Protects the way from training to solving: curve, checkpoint, verified answer."""
    told: list[tuple[int, int, str]] = []
    trained = optkit.train(
        "sync",
        [mesh()],
        tmp_path,
        2,
        lambda *words: told.append(words),
        method="mappo",
        actors="router",
        **TINY,
    )
    assert [done for done, _, _ in told] == [1, 2, 3, 4]
    assert "validation" in told[-1][2]
    metadata = load(trained.path).metadata
    assert metadata["seed"] == 2
    assert metadata["options"]["method"] == "mappo"
    assert metadata["instances"][0]["sha256"] == mesh().sha256
    assert len(metadata["curve"]) == 4
    rows = (tmp_path / "curve.csv").read_text().splitlines()
    assert rows[0].startswith("update,seconds,reward")
    assert len(rows) == 5
    assert len(json.loads((tmp_path / "curve.json").read_text())["rows"]) == 4
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    result = optkit.solve(
        mesh(seed=9),
        "periodic+mappo",
        options={"notification": {"checkpoint": str(trained.path)}},
    )
    # Seed 9 draws other hops; actors are tied to who may talk to whom only.
    assert result.verification.feasible


KILLED = """
import os, signal, sys
from collections.abc import Iterator
from pathlib import Path
import optkit
from optkit.sync.learning import training
training.SAVE_SECONDS = 0.0
def tell(done, total, words):
    if done == 4:  # what update 3 has saved is there, update 4 is not saved yet
        os.kill(os.getpid(), signal.SIGKILL)
optkit.train("sync", [optkit.load(sys.argv[1])], sys.argv[2], 5, tell, **{options!r})
"""


@needs_jax
@pytest.mark.usefixtures("quick_compilation")
def test_a_killed_training_goes_on_to_the_same_policy(tmp_path: Path) -> None:
    """Protects long trainings: kill -9, the same call again, the same arrays."""
    options = {**TINY, "method": "maa2c", "updates": 6}
    path = tmp_path / "mesh.json"
    optkit.save_instance(mesh(), path)
    whole = optkit.train("sync", [mesh()], tmp_path / "whole", 5, **options)
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED.replace("{options!r}", repr(options)),
            str(path),
            str(tmp_path / "killed"),
        ],
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    told: list[int] = []
    again = optkit.train(
        "sync",
        [mesh()],
        tmp_path / "killed",
        5,
        lambda done, *_: told.append(done),
        **options,
    )
    assert told == [4, 5, 6]
    for ours, theirs in zip(arrays(whole.path), arrays(again.path), strict=True):
        assert np.array_equal(ours, theirs)
    assert load(whole.path).metadata == load(again.path).metadata
    # A finished training is not done again.
    optkit.train(
        "sync",
        [mesh()],
        tmp_path / "killed",
        5,
        lambda *_: pytest.fail("trained again"),
        **options,
    )
    with pytest.raises(optkit.UsageError, match="other instances, options or seed"):
        optkit.train("sync", [mesh()], tmp_path / "killed", 6, **options)


@needs_jax
@pytest.mark.parametrize(
    ("instances", "message"),
    [
        ([], "no instance is given"),
        ([{"routers": 1, "devices": 1}], "no links"),
        ([{}, {"routers": 4, "devices": 4}], "differ in their links"),
        ([{"slots": 3}], "too short"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(
    tmp_path: Path, instances: list[dict[str, Any]], message: str
) -> None:
    """Protects users from training on nothing, or on instances that do not go together."""
    given = [mesh(**options) for options in instances]
    with pytest.raises(optkit.UsageError, match=message):
        optkit.train("sync", given, tmp_path, **TINY)


def test_options_that_contradict_each_other_are_refused() -> None:
    """Protects users from options that would have no effect."""
    with pytest.raises(ValueError, match="shared actors only"):
        TrainingOptions(method="policy-gradient", actors="router")
    with pytest.raises(ValueError, match="give both"):
        TrainingOptions(least_cost_weight=0.1)


def test_a_policy_survives_its_file(tmp_path: Path) -> None:
    """Protects checkpoints: arrays and metadata come back as they were."""
    path = tmp_path / "policy.npz"
    made = policy("router")
    save(made, path)
    back = load(path)
    assert back.metadata == made.metadata
    for (a, b), (c, d) in zip(made.actor.layers, back.actor.layers, strict=True):
        assert np.array_equal(a, c)
        assert np.array_equal(b, d)


def test_files_that_are_no_policies_are_refused(tmp_path: Path) -> None:
    """Protects users: pickles are never loaded, damage is named."""
    path = tmp_path / "policy.npz"
    with pytest.raises(optkit.InvalidFileError, match="no such file"):
        load(path)
    path.write_bytes(b"no archive")
    with pytest.raises(optkit.InvalidFileError, match="not a file that training"):
        load(path)
    np.savez(path, metadata=np.array([{"schema": "optkit/sync-policy"}], dtype=object))
    with pytest.raises(optkit.InvalidFileError, match="not a file that training"):
        load(path)
    good = policy()
    (weights, biases), *rest = good.actor.layers
    broken = good.actor._replace(layers=((weights[:-1], biases), *rest))
    save(Checkpoint(broken, good.metadata), path)
    with pytest.raises(optkit.InvalidFileError, match="layer0_weights: shape"):
        load(path)
    broken = good.actor._replace(skip=good.actor.skip * np.nan)
    save(Checkpoint(broken, good.metadata), path)
    with pytest.raises(optkit.InvalidFileError, match="not finite"):
        load(path)


def test_a_policy_is_not_run_on_what_it_learnt_from(tmp_path: Path) -> None:
    """Protects comparisons: the instance's own series are never used for training."""
    path = tmp_path / "policy.npz"
    save(policy(loads=digests(problem_data(mesh()))), path)
    options = {"checkpoint": str(path)}
    with pytest.raises(optkit.UnavailableError, match="trained on a load series"):
        optkit.solve(mesh(), "mappo", options={"notification": options})
    answer = optkit.solve(mesh(seed=2), "mappo", options={"notification": options})
    assert answer.verification.feasible


def test_actors_of_routers_stay_in_their_network(tmp_path: Path) -> None:
    """Protects users from actors that would decide about links they never saw."""
    path = tmp_path / "policy.npz"
    save(policy("router"), path)
    options = {"notification": {"checkpoint": str(path)}}
    assert optkit.solve(mesh(seed=3), "mappo", options=options).verification.feasible
    with pytest.raises(optkit.UnavailableError, match="each router of the network"):
        optkit.solve(mesh(routers=4, devices=4), "mappo", options=options)


@pytest.mark.parametrize("name", ["mappo", "maa2c", "policy-gradient"])
def test_shipped_policies_say_how_they_came_about(name: str) -> None:
    """Protects reproducibility: seed, options, instances, versions and curve are there."""
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
    assert len(metadata["curve"]) == metadata["options"]["updates"]
    assert 0.0 < metadata["validation_gap"] < 0.1


@pytest.mark.parametrize("name", ["mappo", "maa2c", "policy-gradient"])
def test_shipped_policies_never_send_what_is_free_too_late(name: str) -> None:
    """Protects instances with prices of 0: finite features, a verified answer."""
    instance = mesh(seed=5, weight_cost=0.0)
    free = optkit.solve(instance, f"periodic+{name}")
    best = optkit.solve(instance, "periodic+on-arrival")
    assert free.objective is not None
    assert best.objective is not None
    assert free.objective <= best.objective + 1e-9
    for weights in ({"weight_age": 0.0}, {"weight_error": 0.0}):
        result = optkit.solve(mesh(seed=5, **weights), name)
        assert result.verification.feasible


def test_the_command_trains(tmp_path: Path) -> None:
    """Protects ``optkit train``: its options, its exit status, its output."""
    from optkit.cli.app import main

    path = tmp_path / "mesh.json"
    optkit.save_instance(mesh(), path)
    words = ["train", "sync", str(path), "--updates", "0", "-o", str(tmp_path / "out")]
    assert main(words) == ExitStatus.USAGE
    assert main(["train", "sync", str(path)]) == ExitStatus.USAGE
    assert main(["train", "sync", str(path), "-o", str(path)]) == ExitStatus.USAGE
