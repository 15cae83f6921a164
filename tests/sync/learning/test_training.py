"""Training: what is written, what is refused, and resuming after a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import ExitStatus
from optkit.sync.learning.checkpoint import load
from tests.sync.learning.policies import mesh

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


def arrays(path: Path) -> list[Any]:
    """Return the arrays of a policy's file."""
    actor = load(path).actor
    return [*(array for layer in actor.layers for array in layer), actor.skip]


@pytest.mark.slow
@needs_jax
@pytest.mark.usefixtures("quick_compilation")
def test_training_writes_a_policy_that_solves(tmp_path: Path) -> None:
    """A training leaves curve and checkpoint, and the policy gives a verified solution."""
    messages: list[tuple[int, int, str]] = []
    trained = optkit.train(
        "sync",
        [mesh()],
        tmp_path,
        2,
        lambda *message: messages.append(message),
        method="mappo",
        actors="router",
        **TINY,
    )
    assert [done for done, _, _ in messages] == [1, 2, 3, 4]
    assert "validation" in messages[-1][2]
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
    # Seed 9 has other hops; actors of routers depend on the links only.
    assert result.verification.feasible


KILLED = """
import os, signal, sys
import optkit
from optkit.sync.learning import training
training.SAVE_SECONDS = 0.0
def tell(done, total, message):
    if done == 4:  # update 3 is saved, update 4 is not
        os.kill(os.getpid(), signal.SIGKILL)
optkit.train("sync", [optkit.load(sys.argv[1])], sys.argv[2], 5, tell, **{options!r})
"""


@pytest.mark.slow
@needs_jax
@pytest.mark.usefixtures("quick_compilation")
def test_a_killed_training_resumes_to_the_same_policy(tmp_path: Path) -> None:
    """After ``kill -9``, the same call ends with the same arrays and metadata."""
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
    updates: list[int] = []
    resumed = optkit.train(
        "sync",
        [mesh()],
        tmp_path / "killed",
        5,
        lambda done, *_: updates.append(done),
        **options,
    )
    assert updates == [4, 5, 6]
    for expected, actual in zip(arrays(whole.path), arrays(resumed.path), strict=True):
        assert np.array_equal(expected, actual)
    assert load(whole.path).metadata == load(resumed.path).metadata
    # A finished training is not repeated.
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
def test_trainings_stopped_before_options_were_renamed_are_resumed() -> None:
    """A training's fingerprint does not depend on the new names of options."""
    from optkit.sync.learning.options import TrainingOptions
    from optkit.sync.learning.training import command, fingerprint

    options = TrainingOptions(gae_lambda=0.9, max_grad_norm=1.0)
    metadata = {
        "options": options.model_dump(mode="json"),
        "command": command(options, 1, ["monday"]),
    }
    settings = dict(metadata["options"])
    settings["trace"] = settings.pop("gae_lambda")
    settings["gradient_norm"] = settings.pop("max_grad_norm")
    former = {
        "options": settings,
        "command": "optkit train sync monday.json --trace 0.9 --gradient-norm 1.0"
        " --seed 1 -o mappo",
    }
    assert fingerprint(metadata) == fingerprint(former)


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
def test_unsuitable_instances_are_refused(
    tmp_path: Path, instances: list[dict[str, Any]], message: str
) -> None:
    """Instances without decisions, or of different networks, are refused."""
    training_set = [mesh(**options) for options in instances]
    with pytest.raises(optkit.UsageError, match=message):
        optkit.train("sync", training_set, tmp_path, **TINY)


def test_the_command_reports_wrong_usage(tmp_path: Path) -> None:
    """``optkit train`` ends with the status of wrong usage."""
    from optkit.cli.app import main

    path = tmp_path / "mesh.json"
    optkit.save_instance(mesh(), path)
    words = ["train", "sync", str(path), "--updates", "0", "-o", str(tmp_path / "out")]
    assert main(words) == ExitStatus.USAGE
    assert main(["train", "sync", str(path)]) == ExitStatus.USAGE
    assert main(["train", "sync", str(path), "-o", str(path)]) == ExitStatus.USAGE


def test_the_command_takes_former_names_of_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A flag that was renamed is still understood under its former name."""
    from optkit.cli.app import main

    path = tmp_path / "mesh.json"
    optkit.save_instance(mesh(), path)
    words = ["train", "sync", str(path), "-o", str(tmp_path / "out"), "--trace", "2"]
    assert main(words) == ExitStatus.USAGE
    assert "option gae_lambda: 2.0 is not allowed" in capsys.readouterr().err
