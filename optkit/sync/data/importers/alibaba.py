"""Alibaba cluster trace v2018: the ``machine_usage`` table.

Official columns: machine_id, time_stamp (s), cpu_util_percent, mem_util_percent, mem_gps,
mkpi, net_in, net_out, disk_io_percent; no header. A utilisation of −1 or 101 is invalid
by the trace's own description.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.core.files.rows import RowReader
from optkit.sync.data.importers.build import build
from optkit.sync.data.importers.options import AlibabaUsageOptions
from optkit.sync.data.importers.series import Recording, Samples, load, recording

WIDTH = 9

INVALID = (-1.0, 101.0)
"""What stands where a machine gave no utilisation."""

SLOT_S = 60.0
"""The usual step, s; steps are irregular."""


def read(source: Path, options: AlibabaUsageOptions, seed: int) -> dict[str, Any]:
    """Return the document of the CPU load of some machines of the trace.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
    options
        Which machines and slots, and the network.
    seed
        For what the trace does not say.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    return build(recorded(source), options, seed, source, SLOT_S)


def recorded(source: Path) -> Recording:
    """Return the series that the source holds; see :func:`read`."""
    table = RowReader(source, "machine_usage (9 columns)")
    samples: Samples = {}
    lines = left_out = 0
    for row in table.rows():
        if row.line == 1 and row.fields[0] == "machine_id":
            continue
        if not table.width(row, (WIDTH,)):
            continue
        if not row.fields[0]:
            table.wrong(row, 1, "machine_id", "is empty: correct or remove the line")
            continue
        lines += 1
        when = table.number(row, 2, "time_stamp", float, "a number of seconds")
        if not row.fields[2] or _invalid(row.fields[2]):
            left_out += 1
            continue
        percent = load(table, row, 3, "cpu_util_percent", most=100.0)
        if when is None or percent is None:
            continue
        seconds, loads = samples.setdefault(row.fields[0], ([], []))
        seconds.append(when)
        loads.append(percent)
    table.finish()
    told = (
        f"Alibaba cluster trace v2018, machine_usage, cpu_util_percent: {lines} lines of"
        f" {len(samples)} machines; {left_out} without a valid value (empty, -1 or 101)"
        " are left out."
    )
    return recording(samples, told, source)


def _invalid(text: str) -> bool:
    try:
        return float(text) in INVALID
    except ValueError:
        return False
