"""Windows of recorded loads."""

from __future__ import annotations

import numpy as np

from optkit.reproduction.sync.series import windows
from optkit.sync.data.importers.grid import Series


def test_windows_meet_no_long_gap_and_no_flat_line() -> None:
    """Windows cross no long gap and are never flat."""
    seconds = np.concatenate([np.arange(0, 1500, 60.0), 1e5 + np.arange(0, 900, 60.0)])
    load = np.random.default_rng(1).uniform(0, 100, len(seconds))
    found = list(windows(Series("m", seconds, load), 60.0, 10))
    assert [window.tolist() for window in found] == [
        load[0:10].tolist(),
        load[10:20].tolist(),
        load[25:35].tolist(),
    ]
    flat = np.full(len(seconds), 5.0)
    assert not list(windows(Series("m", seconds, flat), 60.0, 10))
