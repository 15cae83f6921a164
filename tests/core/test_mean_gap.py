"""The gap of a mean to a bound on means."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.core.mean_gap import gap_of_means


def test_the_interval_covers_the_gap() -> None:
    """It has the true gap in about 95 of 100 samples, and pairing makes it narrow."""
    rng = np.random.default_rng(0)
    covered, widths = 0, []
    for _ in range(400):
        bounds = rng.uniform(50.0, 150.0, 12)
        costs = bounds / 0.8 + rng.normal(0.0, 5.0, 12)
        gap, low, high = gap_of_means(costs, bounds)
        assert low < gap < high
        covered += low < 0.2 < high
        widths.append(high - low)
    assert 360 <= covered <= 397
    # Unpaired, the means of twelve costs alone vary by 8 %.
    assert max(widths) < 0.08


def test_few_values() -> None:
    """A single pair has no gap, since it may be lucky; nor have values of mean zero."""
    assert np.isnan(gap_of_means(np.array([2.0]), np.array([1.0]))).all()
    gap, *_ = gap_of_means(np.array([-2.0, -4.0]), np.array([-3.0, -6.0]))
    assert gap == pytest.approx(0.5)
    assert np.isnan(gap_of_means(np.zeros(3), np.zeros(3))).all()
