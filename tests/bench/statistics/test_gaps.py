"""Primal gaps and integrals."""

from __future__ import annotations

import math

import pytest

from optkit.bench.statistics.gaps import primal_gap, primal_integral, time_to


@pytest.mark.parametrize(
    ("objective", "best", "gap"),
    [(None, 1.0, 1.0), (2.0, 1.0, 0.5), (1.0, 1.0, 0.0), (-1.0, 1.0, 1.0), (0, 0, 0)],
)
def test_primal_gap(objective: float | None, best: float, gap: float) -> None:
    """The gap is Berthold's, also in its special cases."""
    assert primal_gap(objective, best) == gap


def test_primal_integral_by_hand() -> None:
    """The integral of three steps is the area computed by hand."""
    trajectory = [(1.0, 4.0, None), (3.0, 2.0, None), (9.0, 1.0, 1.0)]
    # gap 1 for 1 s, 3/4 for 2 s, 1/2 for 6 s, 0 for 1 s
    assert primal_integral(trajectory, 1.0, 10.0) == pytest.approx(1 + 1.5 + 3)
    assert primal_integral([], 1.0, 10.0) == 10.0
    assert time_to(trajectory, 1.0, 0.5) == 3.0
    assert math.isinf(time_to(trajectory[:2], 1.0, 0.1))
