"""The study behind Figure 3: train policies, tune rules, and score both on other loads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import optkit
from optkit.core.arrays import Floats
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.sync.series import bursty, recorded_usage
from optkit.sync.data.network import MeshOptions, document
from optkit.sync.instance import SyncInstance
from optkit.sync.learning.policy import LearnedNotification
from optkit.sync.policies.base import notification_policies

DEVICES = 5
"""The paper's devices, one at each of its five routers."""

TRAINING_INSTANCES, SCORED_INSTANCES = 7, 4
"""Instances per repetition, for training and for scoring."""

LEARNED = ("mappo", "maa2c")
RULES = ("periodic", "threshold", "random")
RENT, CLAIRVOYANT = "rent-or-buy", "exact-offline"

GRIDS: dict[str, tuple[dict[str, float], ...]] = {
    "periodic": tuple({"period": period} for period in range(1, 13)),
    "threshold": tuple({"error": float(x)} for x in np.geomspace(0.5, 64.0, 15)),
    "random": tuple({"probability": 1.0 / period} for period in range(1, 13)),
}
"""Options of each rule to try."""

TRAINING: dict[str, Any] = {
    "actors": "router",
    "reward": "paper",
    "longest_report_period": 1,
    "validate_every": 5,
}
"""The paper's actors and reward; reports in every slot."""

RATES = {"mappo": 8e-3, "maa2c": 4e-2}
"""Learning rates: for each method the best of several on another instance."""

METRICS = {
    "reward": "reward",
    "mean_age": "age",
    "mean_error": "error",
    "mean_cost": "cost",
}
"""Metrics of the checker to keep, with their names here."""

NO_JAX = "Training needs JAX: pip install 'optkit[rl]', and run with --force."


@dataclass(frozen=True)
class Size:
    """The size of a study.

    Parameters
    ----------
    slots
        Slots of an episode and of a scored instance.
    updates, episodes
        Batches for training a policy, and episodes per batch.
    tuning
        Instances for tuning the rules.
    every
        Step through the options in :data:`GRIDS`.
    """

    slots: int
    updates: int
    episodes: int
    tuning: int
    every: int = 1


FULL = Size(slots=300, updates=60, episodes=8, tuning=4)
QUICK = Size(slots=40, updates=0, episodes=0, tuning=1, every=6)


@dataclass(frozen=True)
class Study:
    """The measurements.

    Parameters
    ----------
    data
        Mean metrics of the scored instances, by method and repetition.
    curves
        By method, (K, V): the frozen policy's return on validation in each repetition.
    updates
        (V,): the numbers of updates after which it was measured.
    tuned
        Options of the rules.
    """

    data: Measurements
    curves: Mapping[str, Floats]
    updates: Sequence[int]
    tuned: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Pools:
    """Windows for training and for scoring; those for training are three times as long."""

    training: list[Floats]
    scored: list[Floats]


def missing(quick: bool) -> str:
    """Return why nothing can be trained here; empty if it can, or need not be."""
    if quick:
        return ""
    return "" if find_spec("jax") and find_spec("optax") else NO_JAX


def drawn(context: Context, size: Size) -> Pools:
    """Draw bursty loads."""
    rngs = [context.rng("sync", "notifying", half) for half in ("training", "scored")]
    count = context.repetitions * SCORED_INSTANCES * DEVICES
    return Pools(
        bursty(TRAINING_INSTANCES * DEVICES, 3 * size.slots, rngs[0]),
        bursty(count, size.slots, rngs[1]),
    )


def recorded(size: Size) -> Pools | str:
    """Return Alibaba's loads, of separate machines for training; or why there are none."""
    long, short = recorded_usage(3 * size.slots), recorded_usage(size.slots)
    if isinstance(long, str) or isinstance(short, str):
        return str(long)
    return Pools(long[0], short[1])


def study(context: Context, pools: Pools, source: str) -> Study:
    """Tune the rules, train the policies, and score all of them.

    Parameters
    ----------
    context
        The context of the study.
    pools
        The loads.
    source
        Name of the loads.
    """
    size = QUICK if context.quick else FULL
    context.progress("tuning the rules", None)
    tuned = _tuned(context, pools, size)
    measurements: list[Measurement] = []
    curves: dict[str, list[list[float]]] = {name: [] for name in LEARNED}
    updates: list[int] = []
    for repetition in range(context.repetitions):
        learning = _instances(context, pools.training, "training", repetition)
        tests = _instances(context, pools.scored, "scored", repetition)
        options: dict[str, dict[str, Any]] = {CLAIRVOYANT: {}, RENT: {}}
        options |= {name: dict(best) for name, best in tuned.items()}
        with tempfile.TemporaryDirectory() as folder:
            for done, method in enumerate(LEARNED):
                share = (repetition + done / len(LEARNED)) / context.repetitions
                context.progress(f"{method}, repetition {repetition + 1}", share)
                target = Path(folder) / method
                if context.quick:
                    curve = _shipped(method)
                    options[method] = {}
                else:
                    curve = _trained(
                        context, learning, method, size, repetition, target
                    )
                    options[method] = {"checkpoint": str(target / "checkpoint.npz")}
                updates = [update for update, _ in curve]
                curves[method].append([value for _, value in curve])
            for name in (*LEARNED, *RULES, RENT, CLAIRVOYANT):
                values = _scored(context, tests, name, options[name])
                measurements.append(Measurement(source, name, repetition, values))
    return Study(
        Measurements(measurements),
        {name: np.array(rows) for name, rows in curves.items()},
        updates,
        tuned,
    )


def _instances(
    context: Context, pool: list[Floats], half: str, repetition: int
) -> list[SyncInstance]:
    """Return instances of one repetition's network, with windows drawn from a pool."""
    rng = context.rng("sync", "notifying", half, "windows", repetition)
    count = TRAINING_INSTANCES if half == "training" else SCORED_INSTANCES
    order = rng.permutation(len(pool))[: count * DEVICES]
    return [
        SyncInstance.parse(
            document(
                MeshOptions(devices=DEVICES, slots=len(pool[0])),
                {f"d{n}": pool[window].tolist() for n, window in enumerate(five)},
                60.0,
                seed=context.seed("sync", "notifying", "hops", repetition),
                name=f"{half}-{number}",
                provenance="optkit reproduce sync/fig-3",
            ),
            half,
        )
        for number, five in enumerate(order.reshape(-1, DEVICES))
    ]


def _trained(
    context: Context,
    instances: list[SyncInstance],
    method: str,
    size: Size,
    repetition: int,
    folder: Path,
) -> list[tuple[int, float]]:
    """Train a policy, and return its return on validation by number of updates."""
    optkit.train(
        "sync",
        instances,
        folder,
        context.seed("sync", "notifying", "policy", repetition) % 2**31,
        method=method,
        learning_rate=RATES[method],
        updates=size.updates,
        episodes=size.episodes,
        episode_slots=size.slots,
        **TRAINING,
    )
    return _validated(
        json.loads((folder / "curve.json").read_text(encoding="utf-8"))["rows"]
    )


def _shipped(method: str) -> list[tuple[int, float]]:
    """Return the same for the shipped policy, which quick runs use untrained."""
    policy = notification_policies()[method]
    assert issubclass(policy, LearnedNotification)
    metadata = policy().checkpoint.metadata
    columns = metadata["curve_columns"]
    return _validated(
        [dict(zip(columns, row, strict=True)) for row in metadata["curve"]]
    )


def _validated(rows: list[dict[str, Any]]) -> list[tuple[int, float]]:
    return [
        (int(row["update"]), float(row["validation_reward"]))
        for row in rows
        if row["validation_reward"] is not None
    ]


def _scored(
    context: Context,
    instances: list[SyncInstance],
    policy: str,
    options: Mapping[str, Any],
) -> dict[str, float]:
    """Return the means over instances, with reports in every slot."""
    rows = []
    for number, instance in enumerate(instances):
        result = context.solve(
            instance,
            f"periodic+{policy}",
            options={
                "bound": "given-reports",
                "reporting.period": 1,
                **{f"notification.{key}": value for key, value in options.items()},
            },
            seed=number,
        )
        metrics = result.metrics
        assert result.objective is not None
        rows.append([*(float(metrics[name]) for name in METRICS), result.objective])
    names = (*METRICS.values(), "objective")
    return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))


def _tuned(
    context: Context, pools: Pools, size: Size
) -> dict[str, Mapping[str, float]]:
    """Return the options of each rule with the highest reward on training loads."""
    windows = [np.ascontiguousarray(window[: size.slots]) for window in pools.training]
    instances = _instances(context, windows, "training", 0)[: size.tuning]
    return {
        name: max(
            GRIDS[name][:: size.every],
            key=lambda options: _scored(context, instances, name, options)["reward"],
        )
        for name in RULES
    }
