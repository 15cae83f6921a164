"""Bitbrains GWA-T-12: virtual machines of a data centre, CPU usage in percent.

The header tells two layouts apart. The published one has one file per machine with eleven
columns separated by semicolons; a folder stands for all of its files. The other is a table
with one column per machine, after a first column ``time_s``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from optkit.core.files.left_out import LeftOut
from optkit.core.files.rows import Row, RowReader
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
    wide,
)

WIDTH = 11
HEADING = "Timestamp [ms]"
USAGE = 5
"""Column of ``CPU usage [%]``, counted from 1."""

SLOT_S = 300.0
"""The usual step, s."""

LATEST_S = 1e11
"""Later times are milliseconds, as the heading says; published files hold seconds."""


def recorded(source: Path, options: SeriesOptions) -> Recording:
    """Return the CPU load of virtual machines.

    Parameters
    ----------
    source
        A published file or a folder of them, or a table with one column per machine.
    options
        Which files of a folder to read.

    Raises
    ------
    InvalidFileError
        If the source has neither layout, with line, column and remedy.
    """
    table = RowReader(source, "Bitbrains machines (11 columns parted by ;)", ";,")
    only_chosen(table, options)
    return read_layout(table, {"time_s": _columns}, _published)


def _columns(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples = wide(table, "time_s", 1.0, rows, left_out)
    return samples, (
        f"Bitbrains GWA-T-12, CPU usage of {len(samples)} machines, a column each."
    )


def _published(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples: Samples = {}
    for row in rows:
        if row.first and row.fields[0].startswith("Timestamp"):
            continue
        if not table.width(row, (WIDTH,)):
            continue
        when = table.number(row, 1, HEADING, "a number of seconds")
        if not row.fields[USAGE - 1]:
            left_out.add(WITHOUT_LOAD)
            continue
        percent = load(table, row, USAGE, "CPU usage [%]")
        if when is None or percent is None:
            continue
        seconds, loads = samples.setdefault(machine(row.file), ([], []))
        seconds.append(when / 1e3 if when > LATEST_S else when)
        loads.append(percent)
    table.finish()
    lines = sum(len(seconds) for seconds, _ in samples.values())
    return samples, (
        f"Bitbrains GWA-T-12, CPU usage [%]: {lines} lines of {len(samples)} machines."
    )


read = importer(recorded, SLOT_S)
"""Return the document of some of these machines."""
