"""Runs of all policies."""

from __future__ import annotations

import numpy as np

from optkit.reproduction.dispatch import (
    arrivals,
    latency,
    runs,
)
from tests.reproduction.dispatch.cases import quick_context


def test_what_is_blind_to_signals_runs_once() -> None:
    """Methods that ignore signals run once for all latencies, the others each time."""
    figure = latency.FIGURE
    settings = {place: figure.settings[place] for place in figure.quick}
    asked = []
    context = quick_context()
    solve = context.solve

    def noted(instance: object, solver: str, **others: object) -> object:
        asked.append(solver)
        return solve(instance, solver, **others)  # type: ignore[arg-type]

    context.solve = noted  # type: ignore[method-assign, assignment]
    found = runs.study(context, arrivals.generated, settings, signals_only=True)
    assert [asked.count(name) for name in runs.BLIND] == [1, 1, 1]
    assert asked.count("mdp") == len(settings)
    for place in settings:
        for name in runs.LOOKS:
            bound = found.data.of("cost", place, runs.BOUND)
            assert np.all(found.data.of("cost", place, name) >= bound)
        best = min(found.data.of("cost", place, name)[0] for name in runs.LOOKS)
        first = next(iter(settings))
        if place == first:
            assert found.data.of("cost", place, runs.CLAIRVOYANT)[0] <= best
