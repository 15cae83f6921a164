"""Records for tests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optkit.bench.consistency import ReferenceValues
from optkit.bench.record import Record
from optkit.bench.statistics.runs import run_table

SHA = "a" * 64


def record(key: str = "k", **columns: Any) -> Record:
    """Return a record with some columns; the others are those of a proven optimum of 1."""
    solver = {
        "name": "s",
        "label": columns.pop("label", "s"),
        "kind": "exact",
        "version": "1",
        "options": {},
        "seed": columns.pop("seed", 0),
        "deterministic": True,
        "variant": columns.pop("variant", ""),
        "partial_bound": columns.pop("partial_bound", False),
    }
    name = columns.pop("instance", "i")
    return Record.model_validate(
        {
            "key": key,
            "at": "2026-01-01T00:00:00+00:00",
            "instance": {
                "family": "allocation",
                "name": name,
                "sha256": columns.pop("sha256", SHA),
            },
            "solver": solver,
            "limits": {"time": 10.0},
            "outcome": "done",
            "status": "optimal",
            "reason": "proved",
            "objective": 1.0,
            "bound": 1.0,
            "gap": 0.0,
            "verified": True,
            **columns,
        }
    )


def run_table_of(*records: Record) -> pd.DataFrame:
    """Return the table of some runs, with the best of them as reference."""
    references = ReferenceValues()
    for run in records:
        references.add_run(run)
    return run_table(records, references)
