"""The checker's own reconstruction error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optkit.sync.check.reconstruction_error import reconstruction_mse
from optkit.sync.problem.reconstruction import reconstruction_mse as solvers_mse


@pytest.mark.parametrize("method", ["cubic", "pchip"])
def test_redrawn_series(method: Any) -> None:
    """The error is 0 at reports, and the last value is kept after them."""
    rng = np.random.default_rng(1)
    load = rng.uniform(0, 100, 50)
    assert reconstruction_mse(method, load, range(50)) == pytest.approx(0.0)
    assert reconstruction_mse(method, load, ()) == pytest.approx(
        np.mean((load - load[0]) ** 2)
    )
    line = np.arange(50.0)
    # A line through slots 0 and 10, and its value at 10 from there on.
    kept = np.mean(np.maximum(0.0, line - 10.0) ** 2)
    assert reconstruction_mse(method, line, (10,)) == pytest.approx(kept)
    for count in range(0, 50, 7):
        slots = np.sort(rng.choice(50, count, replace=False)).tolist()
        assert reconstruction_mse(method, load, slots) == pytest.approx(
            solvers_mse(method, load, slots)
        )
