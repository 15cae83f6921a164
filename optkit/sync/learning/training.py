"""The training loop: updates, validation, what is kept, and how it goes on after a kill."""

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
from optkit.sync.learning.agents import agents
from optkit.sync.learning.algorithms import Progress, learner
from optkit.sync.learning.checkpoint import (
    Checkpoint,
    digests,
    load_arrays,
    save,
    save_arrays,
)
from optkit.sync.learning.episode_sampling import source
from optkit.sync.learning.jax_cache import keep_compiled
from optkit.sync.learning.networks import Actor
from optkit.sync.learning.options import TrainingOptions
from optkit.sync.learning.validation import Score, judge
from optkit.sync.problem.problem_data import problem_data

CHECKPOINT = "checkpoint.npz"
STATE = "state.npz"

SAVE_SECONDS = 15.0
"""Time from one copy of the whole state to the next."""


@dataclass
class Standing:
    """How far training has come.

    Parameters
    ----------
    progress
        What is learnt.
    updates
        Updates done.
    seconds
        Wall-clock time spent.
    rows
        The learning curve.
    best, score, best_update
        The actor that did best on validation, how well, and after which update.
    """

    progress: Progress
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
    """Train a notification policy, or go on where a training was stopped.

    The folder then holds ``checkpoint.npz``, the policy that did best on validation so
    far, the learning curve (``curve.csv``, ``curve.json``, ``curve.png``), and
    ``state.npz``, from which the same call goes on. Each is written whole or not at all.

    Parameters
    ----------
    instances
        The training split: series that the policy will not be run on.
    options
        How to train.
    seed
        The same seed, options and instances give the same policy, stopped or not.
    folder
        Where everything is written.
    tell
        Told of progress: updates done, updates in all, and a word.

    Returns
    -------
    Trained
        The checkpoint's path and how well it does.

    Raises
    ------
    UsageError
        If the instances do not make a training set, or the folder holds a training with
        other settings.
    InvalidFileError
        If what the folder holds cannot be read.
    """
    check_seed(seed)
    if not instances:
        raise UsageError("training: no instance is given; name at least one.")
    keep_compiled()
    problems = [problem_data(instance) for instance in instances]
    episodes = source(problems, options)
    team = agents(options.actors, problems[0].source, problems[0].routers)
    way = learner(team, episodes, options, seed)
    metadata = {
        "method": options.method,
        "layout": options.actors,
        "link": team.link.tolist() if options.actors == "router" else [],
        "options": options.model_dump(mode="json"),
        "seed": seed,
        "command": command(options, seed, [i.name for i in instances]),
        "instances": [{"name": i.name, "sha256": i.sha256} for i in instances],
        "loads": sorted({digest for w in problems for digest in digests(w)}),
    }
    identity = _digest(metadata)
    folder.mkdir(parents=True, exist_ok=True)
    standing = _resumed(folder / STATE, way.first, identity)
    begun = time.perf_counter() - standing.seconds
    saved = time.perf_counter()
    if standing.updates < options.updates:
        score = judge(team, episodes, generator(seed, "training", "validation"))
    while standing.updates < options.updates:
        standing.progress, shown = way.update(standing.progress, standing.updates)
        standing.updates += 1
        last = standing.updates == options.updates
        row: learning_curve.Row = dict.fromkeys(learning_curve.COLUMNS)
        row |= {"update": standing.updates, **shown}
        if last or standing.updates % options.validate_every == 0:
            _validate(standing, row, score(standing.progress.actor))
        standing.seconds = time.perf_counter() - begun
        row["seconds"] = round(standing.seconds, 3)
        standing.rows.append(row)
        tell(standing.updates, options.updates, _words(standing))
        if last or time.perf_counter() - saved > SAVE_SECONDS:
            _save(folder, standing, metadata, identity)
            saved = time.perf_counter()
    learning_curve.draw(standing.rows, _title(metadata), folder)
    assert standing.score is not None  # the last update validates
    return Trained(
        folder / CHECKPOINT,
        f"{_title(metadata)}: {standing.score.gap:.2%} above the clairvoyant optimum on"
        f" validation, after update {standing.best_update} of {options.updates}",
    )


def _validate(standing: Standing, row: learning_curve.Row, score: Score) -> None:
    row["validation_gap"] = score.gap
    row["validation_cost"] = score.cost
    row["validation_reward"] = score.reward
    if standing.score is None or score.gap < standing.score.gap:
        standing.best, standing.score = standing.progress.actor, score
        standing.best_update = standing.updates


def _words(standing: Standing) -> str:
    if standing.score is None:
        return ""
    return f"validation gap {standing.score.gap:.2%}"


def _title(metadata: dict[str, Any]) -> str:
    return f"{metadata['method']}, {metadata['layout']} actors, seed {metadata['seed']}"


def command(options: TrainingOptions, seed: int, names: Sequence[str]) -> str:
    """Return the command line that trains so, for instances in files of their names."""
    words = ["optkit", "train", "sync", *(f"{name}.json" for name in names)]
    for name, value in options.model_dump(mode="json", exclude_defaults=True).items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [f"--{flag}", str(value)]
    return shlex.join([*words, "--seed", str(seed), "-o", options.method])


def _digest(metadata: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()


def _save(
    folder: Path, standing: Standing, metadata: dict[str, Any], identity: str
) -> None:
    """Write the policy, the curve, and last the state, which says that they are there."""
    if standing.best is not None and standing.score is not None:
        # Times differ from run to run; the policy's file is to be the same.
        told = [{**row, "seconds": None} for row in standing.rows]
        about = {
            **metadata,
            "versions": {
                p: package_version(p) for p in ("optkit", "numpy", "jax", "optax")
            },
            "update": standing.best_update,
            "validation_gap": standing.score.gap,
            "curve": [[row[c] for c in learning_curve.COLUMNS] for row in told],
            "curve_columns": list(learning_curve.COLUMNS),
        }
        actor = jax.tree.map(np.asarray, standing.best)
        save(Checkpoint(actor, about), folder / CHECKPOINT)
    learning_curve.write(standing.rows, folder)
    kept = (standing.progress, standing.best)
    arrays = {f"leaf{i}": np.asarray(x) for i, x in enumerate(jax.tree.leaves(kept))}
    score = None if standing.score is None else vars(standing.score)
    save_arrays(
        folder / STATE,
        arrays,
        {
            "identity": identity,
            "updates": standing.updates,
            "seconds": standing.seconds,
            "rows": standing.rows,
            "score": score,
            "best_update": standing.best_update,
        },
    )


def _resumed(path: Path, first: Progress, identity: str) -> Standing:
    """Return where training stands: at the start, or where the state says."""
    if not path.exists():
        return Standing(first)
    arrays, said = load_arrays(path)
    if said.get("identity") != identity:
        raise UsageError(
            f"{path.parent}: holds a training with other instances, options or seed;"
            " name another folder, or delete that one."
        )
    score = None if said["score"] is None else Score(**said["score"])
    pattern = (first, None if score is None else first.actor)
    leaves, shape = jax.tree.flatten(pattern)
    try:
        kept = [arrays[f"leaf{place}"] for place in range(len(leaves))]
    except KeyError as error:
        raise InvalidFileError(str(path), [f"array {error} is missing"]) from None
    progress, best = jax.tree.unflatten(shape, kept)
    return Standing(
        progress,
        said["updates"],
        said["seconds"],
        said["rows"],
        best,
        score,
        said["best_update"],
    )
