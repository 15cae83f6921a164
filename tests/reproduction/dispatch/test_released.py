"""The queue-aware policy of the released code."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.dispatch.problem.problem_data import problem_data
from optkit.reproduction.dispatch import (
    arrivals,
    released,
)
from tests.reproduction.dispatch.cases import quick_context


def test_hazard_sums() -> None:
    """The released weights are those of a loop over hazards."""
    laws = np.array(
        [
            [0.0, 1.0, 0.0, 0.0, 0.0],
            [0.0, 0.5, 0.5, 0.0, 0.0],
            [0.0, 0.1, 0.2, 0.3, 0.4],
        ]
    )
    expected = []
    for law in laws:
        total = 0.0
        for age in range(5):
            left = law[age + 1 :].sum()
            total += age * (law[age + 1] / left if left > 0.0 else 1.0)
        expected.append(total)
    assert released.hazard_sums(laws) == pytest.approx(expected)
    assert expected[0] == 10.0  # 1 + 2 + 3 + 4, for an upload of one slot


def test_released_queue_aware_stays_away_from_next_door() -> None:
    """With hazards for means the nearest server looks far away, and costs rise."""
    drawn = arrivals.generated(quick_context(), 0)
    verified = released.queue_aware(drawn)
    assert verified.feasible
    honest = quick_context().solve(drawn, "queue-aware")
    assert honest.objective is not None
    assert verified.objective is not None
    assert verified.objective > honest.objective
    next_door = problem_data(drawn).mean_upload == 1.0
    weighed = released.hazard_sums(problem_data(drawn).upload)
    assert next_door.any()
    assert weighed.max() == 75 * 76 / 2
