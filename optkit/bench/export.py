"""Export the runs of a study as one table, one row per run, for pandas and others."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from optkit.bench.record import Record
from optkit.bench.study import Study
from optkit.core.errors import UsageError
from optkit.core.files.csv_cells import csv_cell
from optkit.core.files.text import write_bytes


def frame(records: Iterable[Record]) -> pd.DataFrame:
    """Return a table with one row per run; nested values become columns or JSON text.

    Parameters
    ----------
    records
        The runs.

    Returns
    -------
    pandas.DataFrame
        Columns ``key, at, family, instance, sha256, solver, label, kind, version, options,
        seed, deterministic, variant, repetition, outcome, detail, status, reason,
        objective, bound, bound_source, gap, verified, solved, answered``, a ``limit_…``
        column per limit, a ``…_s`` column per time in seconds, ``memory_mib``, and
        ``metrics``, ``machine``, ``versions`` as JSON text. Seeds are text if one of them
        does not fit into a machine integer.
    """
    rows = [_row(record) for record in records]
    # The table of a study without runs has the same columns.
    table = pd.DataFrame(rows) if rows else pd.DataFrame([_row(_PLACEHOLDER)]).iloc[:0]
    return table.astype({"seed": str}) if table["seed"].dtype == object else table


_PLACEHOLDER = Record.model_validate(
    {
        "key": "-",
        "at": "1970-01-01",
        "instance": {"family": "-", "name": "-", "sha256": "0" * 64},
        "solver": {
            "name": "-",
            "label": "-",
            "kind": "",
            "version": "",
            "options": {},
            "seed": 0,
            "deterministic": True,
        },
        "limits": {},
        "outcome": "done",
    }
)


def _row(record: Record) -> dict[str, Any]:
    timing = record.timing.model_dump()
    memory = timing.pop("memory_mib")
    return {
        "key": record.key,
        "at": record.at,
        "family": record.instance.family,
        "instance": record.instance.name,
        "sha256": record.instance.sha256,
        "solver": record.solver.name,
        "label": record.solver.label,
        "kind": record.solver.kind,
        "version": record.solver.version,
        "options": json.dumps(record.solver.options, sort_keys=True),
        "seed": record.solver.seed,
        "deterministic": record.solver.deterministic,
        "variant": record.solver.variant,
        "repetition": record.repetition,
        "outcome": record.outcome.value,
        "detail": record.detail,
        "status": record.status.value if record.status else None,
        "reason": record.reason.value if record.reason else None,
        "objective": record.objective,
        "bound": record.bound,
        "bound_source": record.bound_source,
        "gap": record.gap,
        "verified": record.verified,
        "solved": record.solved,
        "answered": record.answered,
        **{f"limit_{name}": value for name, value in record.limits.items()},
        **{f"{name}_s": value for name, value in timing.items()},
        "memory_mib": memory,
        "metrics": json.dumps(record.metrics, sort_keys=True),
        "machine": json.dumps(record.machine, sort_keys=True),
        "versions": json.dumps(record.versions, sort_keys=True),
    }


def write_table(study: Study, path: Path) -> int:
    """Write the finished runs of a study to a file; return how many there are.

    In CSV no text starts a formula, see :func:`optkit.core.files.csv_cells.csv_cell`.

    Raises
    ------
    UsageError
        If the name of the file ends in none of ``.parquet``, ``.csv`` and ``.csv.gz``.
    """
    rows = frame(study.records())
    if path.name.endswith(".parquet"):
        buffer = io.BytesIO()
        rows.to_parquet(buffer, index=False)
        write_bytes(path, buffer.getvalue())
    elif path.name.endswith((".csv", ".csv.gz")):
        safe = rows.map(csv_cell)
        write_bytes(path, safe.to_csv(index=False).encode())
    else:
        raise UsageError(f"{path}: name a file that ends in .parquet, .csv or .csv.gz.")
    return len(rows)
