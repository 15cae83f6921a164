"""Charts."""

from __future__ import annotations

import numpy as np
import pytest

from optkit.plotting.charts import spread_apart


def test_labels_move_apart() -> None:
    """Labels at the ends of lines keep their order and their distance."""
    placed = spread_apart([0.1, 0.11, 0.12, 0.5], 0.05)
    assert np.all(np.diff(placed) >= 0.05 - 1e-9)
    assert placed[-1] == 0.5
    assert np.mean(placed[:3]) == pytest.approx(0.11)
