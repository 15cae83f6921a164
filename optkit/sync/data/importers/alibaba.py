"""Alibaba cluster trace v2018: the ``machine_usage`` table.

Official columns: machine_id, time_stamp (s), cpu_util_percent, mem_util_percent, mem_gps,
mkpi, net_in, net_out, disk_io_percent; no header. A utilisation of −1 or 101 is invalid
by the trace's own description.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.left_out import LeftOut
from optkit.core.files.numbers import parse_decimal
from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.build import importer
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.data.importers.series import Recording, Samples, load, read_layout

WIDTH = 9

INVALID = (-1.0, 101.0)
"""Values where a machine gave no utilisation."""

SLOT_S = 60.0
"""The usual step, s; steps are irregular."""


def recorded(source: Path, options: SeriesOptions | None = None) -> Recording:
    """Return the CPU load of the machines of the trace.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
    options
        Not used: the table holds all machines.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    return read_layout(RowReader(source, "machine_usage (9 columns)"), {}, _published)


def _published(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples: Samples = {}
    lines = 0
    for row, _ in rows_by_layout(table, {WIDTH: "published"}, {"machine_id"}, rows):
        if not row.fields[0]:
            table.wrong(row, 1, "machine_id", "is empty: correct or remove the line")
            continue
        lines += 1
        when = table.number(row, 2, "time_stamp", "a number of seconds")
        if not row.fields[2] or _invalid(row.fields[2]):
            left_out.add("lines without a valid load: empty, -1 or 101")
            continue
        percent = load(table, row, 3, "cpu_util_percent", most=100.0)
        if when is None or percent is None:
            continue
        seconds, loads = samples.setdefault(row.fields[0], ([], []))
        seconds.append(when)
        loads.append(percent)
    table.finish()
    return samples, (
        f"Alibaba cluster trace v2018, machine_usage, cpu_util_percent: {lines} lines of"
        f" {len(samples)} machines."
    )


def _invalid(text: str) -> bool:
    return parse_decimal(text) in INVALID


read = importer(recorded, SLOT_S)
"""Return the document of some of these machines."""
