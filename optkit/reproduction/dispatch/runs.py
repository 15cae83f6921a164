"""Every policy on every sample path: what they cost, and how many jobs there are when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optkit.core.arrays import Ints
from optkit.core.display.tables import Column
from optkit.core.solving.result import Result
from optkit.dispatch.instance import DispatchInstance
from optkit.plotting.charts import Look
from optkit.plotting.palette import BLACK, BLUE, GREEN, ORANGE, PURPLE, SOFT, VERMILION
from optkit.reproduction.dispatch import released
from optkit.reproduction.dispatch.arrivals import Setting, Source
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements
from optkit.reproduction.engine.measurements import Setting as Place

LOOKS: dict[str, Look] = {
    "random": Look("Random", PURPLE, "v"),
    "selfish": Look("Selfish", ORANGE, "s"),
    "queue-aware": Look("Queue-aware", GREEN, "^"),
    "mdp": Look("MDP (paper's)", VERMILION, "o"),
    "rollout": Look("rollout (ours)", BLUE, "D"),
}
"""The online policies, in the order of pictures and tables."""

BASELINES = ("random", "selfish", "queue-aware")

CLAIRVOYANT = "clairvoyant"
BOUND = "bound"
RELEASED = "queue-aware, released"

REFERENCES: dict[str, Look] = {
    CLAIRVOYANT: Look("clairvoyant", BLACK, "", "--"),
    BOUND: Look("lower bound", SOFT, "", ":"),
    RELEASED: Look("Queue-aware, hazards", GREEN, "", "-."),
}
"""What is no policy of the paper's text or of ours, and stands beside them."""

ROUNDS = 20
"""Price updates of the clairvoyant: most of what more of them gain is gained by then."""

BLIND = ("random", "selfish", CLAIRVOYANT)
"""What does not look at signals."""

QUANTITIES = {
    "cost": Column("mean cost", "jobs", "right"),
    "response": Column("mean response", "intervals", "right"),
    "drops": Column("dropped", "%", "right"),
    "jobs": Column("mean jobs in the system", align="right"),
}


@dataclass(frozen=True)
class Study:
    """All runs of a figure.

    Parameters
    ----------
    data
        What was measured of each.
    series
        By place and method: jobs in the system at boundaries 1 … T, (paths, T).
    """

    data: Measurements
    series: Mapping[tuple[Place, str], Ints]


def study(
    context: Context,
    source: Source,
    settings: Mapping[Place, Setting],
    with_released: bool = False,
    signals_only: bool = False,
) -> Study:
    """Run every policy on every sample path of every setting.

    Parameters
    ----------
    context
        Of the study.
    source
        Draws the instances.
    settings
        By its place in the figure.
    with_released
        Whether the queue-aware policy of the authors' code runs as well.
    signals_only
        Whether settings differ in nothing but signals; what does not look at them then
        runs once a path.
    """
    found: list[Measurement] = []
    series: dict[tuple[Place, str], list[Ints]] = {}
    for repetition in range(context.repetitions):
        known: dict[str, Result] = {}
        for index, (place, setting) in enumerate(settings.items()):
            context.progress(
                f"path {repetition + 1} of {context.repetitions}, {place}",
                (repetition + index / len(settings)) / context.repetitions,
            )
            instance = source(context, repetition, setting)
            results = _every_policy(context, instance, repetition, known)
            if signals_only:
                known = {name: results[name] for name in BLIND}
            metrics = {name: dict(one.metrics) for name, one in results.items()}
            if with_released:
                metrics[RELEASED] = dict(released.queue_aware(instance).metrics)
            for method, measured in metrics.items():
                found.append(Measurement(place, method, repetition, _values(measured)))
                series.setdefault((place, method), []).append(_jobs(measured))
            bound = max(one.bound for one in results.values() if one.bound is not None)
            found.append(Measurement(place, BOUND, repetition, {"cost": bound}))
    return Study(
        Measurements(found), {key: np.stack(rows) for key, rows in series.items()}
    )


def _every_policy(
    context: Context,
    instance: DispatchInstance,
    repetition: int,
    known: Mapping[str, Result],
) -> dict[str, Result]:
    """Return results by method; those that are known are taken over."""
    seed = context.seed("policy", repetition)
    results = {
        name: known.get(name)
        or context.solve(instance, name, seed=seed if name == "random" else 0)
        for name in LOOKS
    }
    best = min(results.values(), key=lambda result: result.objective or 0.0)
    results[CLAIRVOYANT] = known.get(CLAIRVOYANT) or context.solve(
        instance, CLAIRVOYANT, options={"rounds": ROUNDS}, initial=best.solution
    )
    return results


def _values(metrics: Mapping[str, Any]) -> dict[str, float]:
    # The paper's cost: its stage cost has no term for drops.
    return {
        "cost": metrics["mean_stage_cost"],
        "response": metrics["mean_response_intervals"],
        "drops": 100.0 * metrics["drop_rate"],
        "jobs": metrics["mean_jobs_in_system"],
    }


def _jobs(metrics: Mapping[str, Any]) -> Ints:
    """Return the jobs in the system at each boundary."""
    parts = (metrics["jobs_in_transit"], metrics["jobs_queued"])
    return np.asarray(np.sum(np.array(parts, dtype=np.int64), axis=0))
