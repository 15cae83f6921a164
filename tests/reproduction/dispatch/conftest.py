"""A small trace for recorded arrivals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optkit.reproduction.dispatch import (
    arrivals,
)
from optkit.reproduction.engine import (
    data_sets,
)


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a trace of one day to the folder of data sets."""
    path = tmp_path / arrivals.TRACE
    path.parent.mkdir(parents=True)
    header = "job_id,submit_us,schedule_us,end_us,end_event,scheduling_class\n"
    rng = np.random.default_rng(0)
    times = np.sort(rng.integers(1, 86_400 * 10**6, 3000))
    rows = [f"{n},{when},,,,{n % 4}\n" for n, when in enumerate(times)]
    path.write_text(header + "".join(rows))
    monkeypatch.setenv(data_sets.VARIABLE, str(tmp_path))
    return path
