"""Runs of every policy on every sample path: costs, and jobs in the system over time."""

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
from optkit.reproduction.dispatch.arrivals import Scenario, Source
from optkit.reproduction.engine import Context
from optkit.reproduction.engine.measurements import Measurement, Measurements, Setting

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
POLICY_BOUND = "policy bound"

BOUNDS = (BOUND, POLICY_BOUND)
"""Bounds on the cost of a path, and on the mean cost of every policy."""

REFERENCES: dict[str, Look] = {
    CLAIRVOYANT: Look("clairvoyant", BLACK, "", "--"),
    BOUND: Look("lower bound", SOFT, "", ":"),
    POLICY_BOUND: Look("policy bound", BLACK, "", ":"),
    RELEASED: Look("Queue-aware, hazards", GREEN, "", "-."),
}
"""References next to the policies of the paper's text and ours."""

ROUNDS = 20
"""Price updates of the clairvoyant; further ones gain little."""

BLIND = ("random", "selfish", CLAIRVOYANT)
"""Methods that ignore signals."""

BOUNDING = "selfish"
"""The policy whose solutions carry the prices of the policy bound. The bound is the same
for all of them, and ignores signals."""

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
        The measurements.
    series
        By setting and method: jobs in the system at boundaries 1 … T, (paths, T).
    """

    data: Measurements
    series: Mapping[tuple[Setting, str], Ints]


def study(
    context: Context,
    source: Source,
    scenarios: Mapping[Setting, Scenario],
    with_released: bool = False,
    signals_only: bool = False,
) -> Study:
    """Run every policy on every sample path of every setting.

    Parameters
    ----------
    context
        The context of the study.
    source
        Draws the instances.
    scenarios
        By setting.
    with_released
        Whether to run the queue-aware policy of the authors' code as well.
    signals_only
        Whether settings differ only in their signals; methods that ignore signals then
        run once per path.
    """
    runs: list[Measurement] = []
    series: dict[tuple[Setting, str], list[Ints]] = {}
    blind: dict[int, dict[str, Result]] = {}
    for repetition, setting in context.draws_in(scenarios, "path"):
        instance = source(context, repetition, scenarios[setting])
        results = _every_policy(
            context, instance, repetition, blind.get(repetition, {})
        )
        if signals_only:
            blind[repetition] = {name: results[name] for name in BLIND}
        metrics = {name: dict(result.metrics) for name, result in results.items()}
        if with_released:
            metrics[RELEASED] = dict(released.queue_aware(instance).metrics)
        for method, measured in metrics.items():
            runs.append(Measurement(setting, method, repetition, _values(measured)))
            series.setdefault((setting, method), []).append(_jobs(measured))
        bounds = [result.bound for result in results.values()]
        bound = max(bound for bound in bounds if bound is not None)
        # Where time ran out: what no policy undercuts on this path bounds means, too. The
        # larger of the two would not, since the path may be one with long services.
        on_means = metrics[BOUNDING].get("policy_bound", bound)
        for name, value in ((BOUND, bound), (POLICY_BOUND, on_means)):
            runs.append(Measurement(setting, name, repetition, {"cost": value}))
    return Study(
        Measurements(runs), {key: np.stack(rows) for key, rows in series.items()}
    )


def _every_policy(
    context: Context,
    instance: DispatchInstance,
    repetition: int,
    known: Mapping[str, Result],
) -> dict[str, Result]:
    """Return results by method, the known ones without running them again."""
    seed = context.seed("policy", repetition)
    results = {
        name: known.get(name)
        or context.solve(
            instance,
            name,
            options={"policy_bound": name == BOUNDING},
            seed=seed if name == "random" else 0,
        )
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
