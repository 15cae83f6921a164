"""The training loop: updates, validation, what is saved, and how a training is resumed."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from optkit.core.errors import InvalidFileError, UsageError
from optkit.core.runtime.versions import package_version
from optkit.core.solving.seeds import check_seed, generator
from optkit.core.tools.train import Tell, Trained
from optkit.sync.instance import SyncInstance
from optkit.sync.learning import learning_curve
from optkit.sync.learning.agents import make_agents
from optkit.sync.learning.algorithms import LearnerState, make_learner
from optkit.sync.learning.checkpoint import (
    Checkpoint,
    load_arrays,
    load_digests,
    save,
    save_arrays,
)
from optkit.sync.learning.episode_sampling import episode_source
from optkit.sync.learning.jax_cache import keep_compiled
from optkit.sync.learning.networks import Actor
from optkit.sync.learning.options import FORMER_NAMES, TrainingOptions
from optkit.sync.learning.validation import Score, make_validator
from optkit.sync.problem.problem_data import problem_data

CHECKPOINT = "checkpoint.npz"
STATE = "state.npz"

SAVE_SECONDS = 15.0
"""Time between two saved copies of the whole state, s."""


@dataclass
class TrainState:
    """The state of a training.

    Parameters
    ----------
    learner
        The networks and the optimiser's state.
    updates
        Number of updates done.
    seconds
        Wall-clock time spent.
    rows
        The learning curve.
    best, score, best_update
        The actor that did best on validation, its score, and the update after which it
        was scored.
    """

    learner: LearnerState
    updates: int = 0
    seconds: float = 0.0
    rows: list[learning_curve.Row] = field(default_factory=list)
    best: Actor | None = None
    score: Score | None = None
    best_update: int = 0


def train(
    instances: Sequence[SyncInstance],
    options: TrainingOptions,
    seed: int,
    folder: Path,
    tell: Tell = lambda *_: None,
) -> Trained:
    """Train a notification policy, or resume a training that was stopped.

    The folder then holds ``checkpoint.npz``, the policy that did best on validation so
    far, the learning curve (``curve.csv``, ``curve.json``, ``curve.png``), and
    ``state.npz``, from which the same call resumes. Each file is written completely or
    not at all.

    Parameters
    ----------
    instances
        The training split: series that the policy will not be used on.
    options
        How to train.
    seed
        The same seed, options and instances give the same policy, stopped or not.
    folder
        Where everything is written.
    tell
        Told of progress: updates done, updates in all, and a message.

    Returns
    -------
    Trained
        The path of the checkpoint, and its quality.

    Raises
    ------
    UsageError
        If the instances do not make a training set, or the folder holds a training with
        other settings.
    InvalidFileError
        If the files in the folder cannot be read.
    """
    check_seed(seed)
    if not instances:
        raise UsageError("training: no instance is given; name at least one.")
    keep_compiled()
    problems = [problem_data(instance) for instance in instances]
    source = episode_source(problems, options)
    agents = make_agents(options.actors, problems[0].source, problems[0].routers)
    learner = make_learner(agents, source, options, seed)
    metadata = {
        "method": options.method,
        "layout": options.actors,
        "link": agents.link.tolist() if options.actors == "router" else [],
        "options": options.model_dump(mode="json"),
        "seed": seed,
        "command": command(options, seed, [i.name for i in instances]),
        "instances": [{"name": i.name, "sha256": i.sha256} for i in instances],
        "loads": sorted({digest for p in problems for digest in load_digests(p)}),
    }
    identity = fingerprint(metadata)
    folder.mkdir(parents=True, exist_ok=True)
    state = _resumed(folder / STATE, learner.initial, identity)
    began = time.perf_counter() - state.seconds
    saved = time.perf_counter()
    if state.updates < options.updates:
        rng = generator(seed, "training", "validation")
        score = make_validator(agents, source, rng)
    while state.updates < options.updates:
        state.learner, metrics = learner.update_step(state.learner, state.updates)
        state.updates += 1
        last = state.updates == options.updates
        row: learning_curve.Row = dict.fromkeys(learning_curve.COLUMNS)
        row |= {"update": state.updates, **metrics}
        if last or state.updates % options.validate_every == 0:
            _validate(state, row, score(state.learner.actor))
        state.seconds = time.perf_counter() - began
        row["seconds"] = round(state.seconds, 3)
        state.rows.append(row)
        tell(state.updates, options.updates, _message(state))
        if last or time.perf_counter() - saved > SAVE_SECONDS:
            _save(folder, state, metadata, identity)
            saved = time.perf_counter()
    learning_curve.draw(state.rows, _title(metadata), folder)
    assert state.score is not None  # the last update validates
    return Trained(
        folder / CHECKPOINT,
        f"{_title(metadata)}: {state.score.gap:.2%} above the clairvoyant optimum on"
        f" validation, after update {state.best_update} of {options.updates}",
    )


def _validate(state: TrainState, row: learning_curve.Row, score: Score) -> None:
    row["validation_gap"] = score.gap
    row["validation_cost"] = score.cost
    row["validation_reward"] = score.reward
    if state.score is None or score.gap < state.score.gap:
        state.best, state.score = state.learner.actor, score
        state.best_update = state.updates


def _message(state: TrainState) -> str:
    return "" if state.score is None else f"validation gap {state.score.gap:.2%}"


def _title(metadata: dict[str, Any]) -> str:
    return f"{metadata['method']}, {metadata['layout']} actors, seed {metadata['seed']}"


def command(options: TrainingOptions, seed: int, names: Sequence[str]) -> str:
    """Return the command line of a training on instances in files of these names."""
    words = ["optkit", "train", "sync", *(f"{name}.json" for name in names)]
    for name, value in options.model_dump(mode="json", exclude_defaults=True).items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", str(value)]
    return shlex.join([*words, "--seed", str(seed), "-o", options.method])


def fingerprint(metadata: dict[str, Any]) -> str:
    """Return a digest of a training's settings.

    Options that were renamed count under their former names, so that trainings which
    were stopped before can be resumed.
    """
    settings = {FORMER_NAMES.get(k, k): v for k, v in metadata["options"].items()}
    line = metadata["command"]
    for name, former in FORMER_NAMES.items():
        line = line.replace(
            f" --{name.replace('_', '-')} ", f" --{former.replace('_', '-')} "
        )
    text = json.dumps(
        {**metadata, "options": settings, "command": line}, sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _save(
    folder: Path, state: TrainState, metadata: dict[str, Any], identity: str
) -> None:
    """Write the policy, the curve, and last the state, which vouches for both."""
    if state.best is not None and state.score is not None:
        # Times differ from run to run; the file of the policy must not.
        rows = [{**row, "seconds": None} for row in state.rows]
        about = {
            **metadata,
            "versions": {
                p: package_version(p) for p in ("optkit", "numpy", "jax", "optax")
            },
            "update": state.best_update,
            "validation_gap": state.score.gap,
            "curve": [[row[c] for c in learning_curve.COLUMNS] for row in rows],
            "curve_columns": list(learning_curve.COLUMNS),
        }
        actor = jax.tree.map(np.asarray, state.best)
        save(Checkpoint(actor, about), folder / CHECKPOINT)
    learning_curve.write(state.rows, folder)
    leaves = jax.tree.leaves((state.learner, state.best))
    save_arrays(
        folder / STATE,
        {f"leaf{index}": np.asarray(leaf) for index, leaf in enumerate(leaves)},
        {
            "identity": identity,
            "updates": state.updates,
            "seconds": state.seconds,
            "rows": state.rows,
            "score": None if state.score is None else vars(state.score),
            "best_update": state.best_update,
        },
    )


def _resumed(path: Path, initial: LearnerState, identity: str) -> TrainState:
    """Return the saved state of a training, or the initial one where none is saved."""
    if not path.exists():
        return TrainState(initial)
    arrays, saved = load_arrays(path)
    if saved.get("identity") != identity:
        raise UsageError(
            f"{path.parent}: holds a training with other instances, options or seed;"
            " name another folder, or delete that one."
        )
    score = None if saved["score"] is None else Score(**saved["score"])
    pattern = (initial, None if score is None else initial.actor)
    leaves, structure = jax.tree.flatten(pattern)
    try:
        values = [arrays[f"leaf{index}"] for index in range(len(leaves))]
    except KeyError as error:
        raise InvalidFileError(str(path), [f"array {error} is missing"]) from None
    learner, best = jax.tree.unflatten(structure, values)
    return TrainState(
        learner,
        saved["updates"],
        saved["seconds"],
        saved["rows"],
        best,
        score,
        saved["best_update"],
    )
