"""Claims on Table 6."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optkit.reproduction.discovery import ranges
from optkit.reproduction.discovery.published import (
    TABLE_6,
    Split,
)
from tests.reproduction.discovery.cases import (
    COUNT,
    FAILS,
    HOLDS,
    IN_PART,
    RUNS,
    run_of_cycles,
    runs,
    verdicts,
)


def test_table_6() -> None:
    """Claims on ranges hold if nothing depends on them, and do not if everything does."""
    place = np.arange(COUNT, dtype=float)
    steady = {
        percent: [
            run_of_cycles(
                0,
                energy=100.0 + place,
                time=50.0 + place,
                nodes=50.0 + np.roll(place, k + int(percent)),
            )
            for k in range(RUNS)
        ]
        for percent in ranges.RANGES
    }
    found = verdicts(ranges.claims(steady))
    assert found[:2] == [HOLDS] * 2
    assert found[5] is FAILS
    growing = {
        percent: [
            run_of_cycles(
                k,
                energy=percent * (100.0 + place),
                time=percent * (50.0 + place),
                nodes=percent + place,
            )
            for k in range(RUNS)
        ]
        for percent in ranges.RANGES
    }
    found = verdicts(ranges.claims(growing))
    assert found[:4] == [FAILS, FAILS, IN_PART, HOLDS]
    falling = {
        percent: [
            run_of_cycles(k, time=10.0 + place, nodes=50.0 - place) for k in range(RUNS)
        ]
        for percent in ranges.RANGES
    }
    assert ranges.claims(falling)[3].verdict is FAILS


def test_table_6_as_printed() -> None:
    """Rows that are multiples of the first are recognised."""
    data = runs(ranges.RANGES)
    assert ranges.claims(data)[4].verdict is FAILS
    low, high = ranges.factors(TABLE_6)[20]
    assert low <= 335.09 / 298.07 <= high
    rng = np.random.default_rng(0)
    own = {
        key: Split(*(rng.uniform(10.0, 400.0, 6)), nodes=row.nodes)
        for key, row in TABLE_6.items()
    }
    assert ranges.claims(data, own)[4].verdict is HOLDS
    ordered = {
        key: replace(row, nodes=40 + n) for n, (key, row) in enumerate(TABLE_6.items())
    }
    assert ranges.claims(data, ordered)[2].verdict is IN_PART
