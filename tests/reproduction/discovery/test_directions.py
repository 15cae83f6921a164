"""Claims on Fig. 17 and Table 4."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.reproduction.discovery import (
    directions,
    fronts,
)
from optkit.reproduction.discovery.published import (
    TABLE_4,
)
from optkit.reproduction.engine.measurements import Measurement, Measurements
from tests.reproduction.discovery.cases import (
    COUNT,
    FAILS,
    HOLDS,
    IN_PART,
    RUNS,
    runs,
    verdicts,
)


def traced(saved: float) -> Measurements:
    """Return fronts whose ends differ in energy by this share."""
    return Measurements(
        Measurement(reading, end, k, {"time": time, "energy": energy})
        for reading in fronts.READINGS
        for k in range(RUNS)
        for end, time, energy in (
            ("min-time", 10.0, 100.0),
            ("min-energy", 20.0, 100.0 * (1.0 - saved)),
        )
    )


def test_directions() -> None:
    """Claims on Fig. 17 and Table 4 hold if time and energy oppose each other."""
    found = verdicts(directions.claims(runs(), traced(0.5)))
    assert found[:4] == [HOLDS] * 4
    energy = 100.0 + 20.0 * np.arange(COUNT)
    aligned = runs(energy=energy, time=10.0 + np.arange(COUNT))
    found = verdicts(directions.claims(aligned, traced(0.0)))
    assert found[:3] == [FAILS] * 3


def test_the_median_as_a_trade_off() -> None:
    """The median is a trade-off if the cycles lie on a convex curve, not on a line."""
    place = np.linspace(0.0, 1.0, COUNT)
    bent = runs(energy=100.0 + 100.0 * place, time=10.0 + 10.0 * (1.0 - place) ** 4)
    low = replace(TABLE_4["median"], energy=120.0, time=16.0)
    printed = {**TABLE_4, "median": low}
    assert directions.claims(bent, traced(0.5), printed)[4].verdict is HOLDS
    assert directions.claims(bent, traced(0.5))[4].verdict is IN_PART
    outside = runs(energy=100.0 + 100.0 * place, time=20.0 - 10.0 * place**4)
    assert directions.claims(outside, traced(0.5))[4].verdict is FAILS


def test_table_4_as_printed() -> None:
    """Verdicts on the printed Table 4 change with its numbers."""
    opposed, found_fronts = runs(), traced(0.5)
    assert verdicts(directions.claims(opposed, found_fronts))[5:] == [FAILS, HOLDS]
    # The mean of Table 3's hundred cycles.
    mean = replace(TABLE_4["optimal"], energy=301.49)
    found = verdicts(
        directions.claims(opposed, found_fronts, {**TABLE_4, "optimal": mean})
    )
    assert found[5] is HOLDS
    assert found[6] is IN_PART
    far = {**TABLE_4, "optimal": replace(TABLE_4["min TEC"], nodes=54)}
    assert directions.claims(opposed, found_fronts, far)[3].verdict is IN_PART
