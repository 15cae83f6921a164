"""The table of exported runs in special cases."""

from __future__ import annotations

import io

import pandas as pd

from optkit.bench.export import frame
from tests.bench.records import record


def test_a_table_without_runs_has_columns() -> None:
    """An export of no runs has all columns and no rows."""
    assert list(frame([])) == [
        name for name in frame([record()]) if not name.startswith("limit_")
    ]
    assert len(frame([])) == 0


def test_seeds_larger_than_machine_integers_are_kept() -> None:
    """A seed of forty digits survives the way to Parquet and back."""
    buffer = io.BytesIO()
    frame([record(seed=10**40), record(seed=1)]).to_parquet(buffer)
    assert list(pd.read_parquet(buffer)["seed"]) == [str(10**40), "1"]
