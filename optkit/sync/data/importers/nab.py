"""Numenta Anomaly Benchmark: CloudWatch series, ``timestamp,value`` with a header."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from optkit.core.files.rows import RowReader
from optkit.sync.data.importers.build import build
from optkit.sync.data.importers.options import NabOptions
from optkit.sync.data.importers.series import (
    Recording,
    Samples,
    load,
    machine,
    only_chosen,
    recording,
)

SLOT_S = 300.0
"""The usual step, s."""

_EPOCH = datetime(2000, 1, 1)


def read(source: Path, options: NabOptions, seed: int) -> dict[str, Any]:
    """Return the document of recorded CPU percentages.

    Parameters
    ----------
    source
        A series, or a folder of them.
    options
        Which series and slots, and the network.
    seed
        For what the series do not say.

    Raises
    ------
    InvalidFileError
        If a file is no such series, with line, column and remedy.
    """
    return build(recorded(source, options), options, seed, source, SLOT_S)


def _seconds(text: str) -> float:
    return (datetime.fromisoformat(text).replace(tzinfo=None) - _EPOCH).total_seconds()


def recorded(source: Path, options: NabOptions) -> Recording:
    """Return the series that the source holds; see :func:`read`."""
    table = RowReader(source, "NAB series (timestamp,value)")
    only_chosen(table, options)
    samples: Samples = {}
    for row in table.rows():
        if row.line == 1 and row.fields[0] == "timestamp":
            continue
        if not table.width(row, (2,)):
            continue
        when = table.number(
            row, 1, "timestamp", _seconds, "a time like 2014-02-14 14:27:00"
        )
        percent = load(table, row, 2, "value")
        if when is None or percent is None:
            continue
        seconds, loads = samples.setdefault(machine(row.file), ([], []))
        seconds.append(when)
        loads.append(percent)
    table.finish()
    # Series of different dates: each counts from its own begin.
    for seconds, _ in samples.values():
        begin = min(seconds)
        seconds[:] = [when - begin for when in seconds]
    told = f"Numenta Anomaly Benchmark, {len(samples)} series"
    told += (
        ", laid over each other from the begin of each." if len(samples) > 1 else "."
    )
    return recording(samples, told, source)
