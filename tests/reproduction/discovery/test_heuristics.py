"""Claims on Table 5, and their statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optkit.reproduction.discovery import (
    heuristics,
    searches,
)
from optkit.reproduction.discovery.heuristics import p_value
from optkit.reproduction.discovery.published import (
    TABLE_5,
)
from optkit.reproduction.engine import Verdict
from optkit.reproduction.engine.measurements import Measurement, Measurements
from tests.reproduction.discovery.cases import FAILS, HOLDS, IN_PART, verdicts


def six(gaps: dict[str, float], **stra: float) -> Measurements:
    """Return runs of the six heuristics with these gaps, and other values for STRA."""
    base = {"time": 10.0, "energy": 100.0, "seconds": 1.0}
    return Measurements(
        Measurement(
            kind,
            name,
            k,
            {
                **base,
                "gap": gaps.get(name, 1.0 + 0.1 * k),
                **(stra if name == "stra" else {}),
            },
        )
        for kind in searches.KINDS
        for k in range(8)
        for name in searches.LOOKS
    )


def test_table_5() -> None:
    """Claims hold for a STRA that is better at everything, and do not for a worse one."""
    best = six({"stra": 0.0}, time=9.0, energy=90.0, seconds=0.5)
    assert verdicts(heuristics.claims(best))[:5] == [HOLDS] * 5
    worst = six({"stra": 5.0}, time=11.0, energy=110.0, seconds=2.0)
    assert verdicts(heuristics.claims(worst))[:5] == [FAILS] * 5
    some = six({"stra": 0.5, "ga": 0.1})
    assert heuristics.claims(some)[2].verdict is IN_PART


def test_table_5_as_printed() -> None:
    """The printed efforts are judged on their own."""
    data = six({"stra": 0.0})
    found = verdicts(heuristics.claims(data))
    assert found[5:] == [IN_PART, Verdict.UNTESTED]
    slow = {**TABLE_5, "stra": replace(TABLE_5["stra"], iterations=999, seconds=9e9)}
    assert heuristics.claims(data, slow)[5].verdict is HOLDS


def test_p_values() -> None:
    """They are exact for few runs, and adjusted for the five rivals (Holm)."""
    adjusted = heuristics.tests(six({"stra": 0.0, "ga": 0.0}), "dense")
    assert adjusted.pop("ga") == 1.0
    assert list(adjusted.values()) == pytest.approx([5.0 / 2**8] * 4)
    assert p_value(np.ones(5), np.ones(5)) == 1.0
    assert p_value(np.zeros(8), np.arange(1.0, 9.0)) < 0.01
    assert p_value(np.arange(1.0, 9.0), np.zeros(8)) > 0.9
