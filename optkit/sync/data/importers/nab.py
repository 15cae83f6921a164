"""Numenta Anomaly Benchmark: CloudWatch series, ``timestamp,value`` with a header."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.build import importer
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.data.importers.series import (
    Recording,
    Samples,
    load,
    machine,
    only_chosen,
    read_layout,
)

SLOT_S = 300.0
"""The usual step, s."""

_EPOCH = datetime(2000, 1, 1)


def recorded(source: Path, options: SeriesOptions) -> Recording:
    """Return recorded CPU percentages.

    Parameters
    ----------
    source
        A series, or a folder of them.
    options
        Which files of a folder to read.

    Raises
    ------
    InvalidFileError
        If a file is no such series, with line, column and remedy.
    """
    table = RowReader(source, "NAB series (timestamp,value)")
    only_chosen(table, options)
    return read_layout(table, {}, _published)


def _published(table: RowReader, rows: Iterable[Row]) -> tuple[Samples, str]:
    samples: Samples = {}
    for row, _ in rows_by_layout(table, {2: "published"}, {"timestamp"}, rows):
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
    # Series may have different dates: each counts from its own beginning.
    for seconds, _ in samples.values():
        begin = min(seconds)
        seconds[:] = [when - begin for when in seconds]
    overlaid = ", laid over each other from the begin of each"
    end = overlaid if len(samples) > 1 else ""
    return samples, f"Numenta Anomaly Benchmark, {len(samples)} series{end}."


def _seconds(text: str) -> float:
    return (datetime.fromisoformat(text).replace(tzinfo=None) - _EPOCH).total_seconds()


read = importer(recorded, SLOT_S)
"""Return the document of some of these machines."""
