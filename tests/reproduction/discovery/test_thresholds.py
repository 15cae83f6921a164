"""Claims on the required accuracies, and their runs."""

from __future__ import annotations

import pytest

from optkit.reproduction.discovery import (
    thresholds,
)
from optkit.reproduction.discovery.networks import network
from optkit.reproduction.engine import Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from tests.reproduction.discovery.cases import (
    FAILS,
    HOLDS,
    RUNS,
    quick_context,
    verdicts,
)


def energies(rise: float, jump: float) -> Measurements:
    """Return energies that rise with the threshold, and jump at Table 2's."""
    return Measurements(
        Measurement(
            place,
            mode,
            k,
            {
                "energy": 100.0 + rise * place + (jump if place > 0.0 else 0.0),
                "time": 1.0,
                "share": 0.5,
            },
        )
        for mode, places in thresholds.THRESHOLDS.items()
        for place in places
        for k in range(RUNS)
    )


def test_thresholds() -> None:
    """Energy that rises with the thresholds holds; energy that falls does not."""
    found = verdicts(thresholds.claims(energies(10.0, 0.0)))
    assert found == [HOLDS, HOLDS, Verdict.UNTESTED]
    found = verdicts(thresholds.claims(energies(-10.0, 0.0)))
    assert found == [FAILS, FAILS, Verdict.UNTESTED]
    assert thresholds.claims(energies(0.0, 0.0))[0].verdict is FAILS


def test_same_seed_same_figures() -> None:
    """The seed alone decides the networks and their energies."""
    tables = [
        thresholds.study(quick_context(seed=seed)).runs[0].values["energy"]
        for seed in (3, 3, 4)
    ]
    assert tables[0] == tables[1] != tables[2]


def test_required_stays_reachable() -> None:
    """The threshold of self-directed mode never exceeds the mean accuracy in it."""
    drawn = network(quick_context(), "reach", windows=1, accuracy_scope="horizon")
    most = thresholds.reached(drawn)
    assert thresholds.required(drawn, "self", 0.1).required_accuracy.self_ == 0.1
    capped = thresholds.required(drawn, "self", 0.9)
    assert capped.required_accuracy.self_ == pytest.approx(most)
    assert quick_context().solve(capped, "bilevel-exact").objective is not None
