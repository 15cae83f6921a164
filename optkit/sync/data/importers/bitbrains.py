"""Bitbrains GWA-T-12: virtual machines of a data centre, CPU usage in percent.

Two layouts are told apart by their header. The published one is a file a machine, fields
parted by a semicolon, eleven columns; a folder stands for all of its files. The other is a
table of a column a machine, the first of them ``time_s``.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.build import build
from optkit.sync.data.importers.options import BitbrainsOptions
from optkit.sync.data.importers.series import (
    Recording,
    Samples,
    load,
    machine,
    only_chosen,
    recording,
    wide,
)

WIDTH = 11
HEADING = "Timestamp [ms]"
USAGE = 5
"""Column of ``CPU usage [%]``, counted from 1."""

SLOT_S = 300.0
"""The usual step, s."""

LATEST_S = 1e11
"""Times past this are milliseconds, as the heading says; published files hold seconds."""


def read(source: Path, options: BitbrainsOptions, seed: int) -> dict[str, Any]:
    """Return the document of the CPU load of some virtual machines.

    Parameters
    ----------
    source
        A published file or a folder of them, or a table of a column a machine.
    options
        Which machines and slots, and the network.
    seed
        For what the trace does not say.

    Raises
    ------
    InvalidFileError
        If the source is neither layout, with line, column and remedy.
    """
    return build(recorded(source, options), options, seed, source, SLOT_S)


def recorded(source: Path, options: BitbrainsOptions) -> Recording:
    """Return the series that the source holds; see :func:`read`."""
    table = RowReader(source, "Bitbrains machines (11 columns parted by ;)", ";,")
    only_chosen(table, options)
    rows = table.rows()
    first = next(rows)
    rows = chain([first], rows)
    if first.fields[0] == "time_s":
        samples, empty = wide(table, "time_s", 1.0, rows)
        told = (
            f"Bitbrains GWA-T-12, CPU usage of {len(samples)} machines, a column each;"
            f" {empty} empty cells are left out."
        )
    else:
        samples = _published(table, rows)
        told = (
            "Bitbrains GWA-T-12, CPU usage [%]:"
            f" {sum(len(found) for found, _ in samples.values())} lines of"
            f" {len(samples)} machines."
        )
    return recording(samples, told, source)


def _published(table: RowReader, rows: chain[Row]) -> Samples:
    samples: Samples = {}
    for row in rows:
        if row.line == 1 and row.fields[0].startswith("Timestamp"):
            continue
        if not table.width(row, (WIDTH,)):
            continue
        when = table.number(row, 1, HEADING, float, "a number of seconds")
        percent = load(table, row, USAGE, "CPU usage [%]")
        if when is None or percent is None:
            continue
        seconds, loads = samples.setdefault(machine(row.file), ([], []))
        seconds.append(when / 1e3 if when > LATEST_S else when)
        loads.append(percent)
    table.finish()
    return samples
