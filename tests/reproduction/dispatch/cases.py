"""Made-up studies, for judging claims without running anything, and a quick context."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from optkit.reproduction.dispatch import (
    REPRODUCTIONS,
)
from optkit.reproduction.dispatch.figure import Figure
from optkit.reproduction.dispatch.runs import (
    BOUNDS,
    CLAIRVOYANT,
    LOOKS,
    RELEASED,
    Study,
)
from optkit.reproduction.engine import (
    Context,
    Settings,
    Verdict,
)
from optkit.reproduction.engine.measurements import Measurement, Measurements

HOLDS, IN_PART, FAILS = Verdict.HOLDS, Verdict.IN_PART, Verdict.FAILS


PATHS, INTERVALS = 6, 10


Cost = Callable[[float, str], float]


def made_up_study(
    places: Iterable[float | str],
    cost: Cost,
    drops: Callable[[str], float] = lambda _: 0.0,
) -> Study:
    """Return a study with these costs and drops.

    Costs, times and numbers of jobs vary by path, equally for all policies, and slightly
    by policy.
    """
    rng = np.random.default_rng(0)
    runs, series = [], {}
    for place in places:
        for method in (*LOOKS, CLAIRVOYANT, RELEASED):
            level = cost(place if isinstance(place, float) else 0.0, method)
            own = level * rng.uniform(0.999, 1.001, PATHS)
            rows = own * np.linspace(0.5, 1.5, PATHS)
            series[place, method] = np.round(
                100 * rows[:, None] * np.ones(INTERVALS)
            ).astype(np.int64)
            runs += [
                Measurement(
                    place,
                    method,
                    k,
                    {"cost": x, "response": x, "drops": drops(method), "jobs": x},
                )
                for k, x in enumerate(rows)
            ]
        runs += [
            Measurement(place, bound, k, {"cost": 1.0})
            for bound in BOUNDS
            for k in range(PATHS)
        ]
    return Study(Measurements(runs), series)


def verdicts(figure: Figure, study: Study) -> list[Verdict]:
    """Return the verdicts of claims."""
    return [statement.judged(study).verdict for statement in figure.statements]


def costs(**levels: float) -> Cost:
    """Return costs by policy, 10 for all others."""
    return lambda _, method: levels.get(method.replace("-", "_"), 10.0)


RECORDED = [r for r in REPRODUCTIONS if r.name.endswith("-google")]


def quick_context(seed: int = 0, repetitions: int = 1) -> Context:
    """Return the context of a quick run."""
    return Context("test", Settings(seed=seed, quick=True), repetitions)
