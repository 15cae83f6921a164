"""Numenta Anomaly Benchmark: CloudWatch series, ``timestamp,value`` with a header."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.left_out import LeftOut
from optkit.core.files.rows import Row, RowReader
from optkit.core.files.timestamps import Instant, parse_timestamp, two_clocks
from optkit.sync.data.importers.build import importer
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.data.importers.series import (
    WITHOUT_LOAD,
    Recording,
    Samples,
    load,
    machine,
    only_chosen,
    read_layout,
)

SLOT_S = 300.0
"""The usual step, s."""


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


def _published(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples: Samples = {}
    clocks: dict[str, tuple[Row, Instant]] = {}
    for row, _ in rows_by_layout(table, {2: "published"}, {"timestamp"}, rows):
        when = table.parsed(
            row, 1, "timestamp", parse_timestamp, "a time like 2014-02-14 14:27:00"
        )
        if not row.fields[1]:
            left_out.add(WITHOUT_LOAD)
            continue
        percent = load(table, row, 2, "value")
        if when is None or percent is None:
            continue
        name = machine(row.file)
        first, begin = clocks.setdefault(name, (row, when))
        if when.offset_known != begin.offset_known:
            table.wrong(row, 1, "timestamp", two_clocks(first, begin))
        seconds, loads = samples.setdefault(name, ([], []))
        seconds.append((when.nanoseconds - begin.nanoseconds) / 1e9)
        loads.append(percent)
    table.finish()
    # Series may have different dates: each counts from its own beginning.
    for seconds, _ in samples.values():
        earliest = min(seconds)
        seconds[:] = [since - earliest for since in seconds]
    overlaid = ", laid over each other from the begin of each"
    end = overlaid if len(samples) > 1 else ""
    return samples, f"Numenta Anomaly Benchmark, {len(samples)} series{end}."


read = importer(recorded, SLOT_S)
"""Return the document of some of these machines."""
