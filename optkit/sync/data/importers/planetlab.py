"""PlanetLab (CoMon) virtual machines, as in CloudSim: CPU percent every five minutes.

There are two layouts. The published one has one file per machine with a whole number per
line, perhaps after a line ``#288`` that counts them; a folder stands for all of its files.
The other is a table with one column per machine, after a first column ``step``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.left_out import LeftOut
from optkit.core.files.numbers import parse_whole
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
    wide,
)

SLOT_S = 300.0
"""The step, s."""


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
    # Published files have no ending, or that of the machine's domain.
    table = RowReader(source, "PlanetLab machines (a number a line)", endings=("",))
    only_chosen(table, options)
    return read_layout(table, {"step": _columns}, _published)


def _columns(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples = wide(table, "step", SLOT_S, rows, left_out)
    return samples, f"PlanetLab CPU percent of {len(samples)} machines."


def _published(
    table: RowReader, rows: Iterable[Row], left_out: LeftOut
) -> tuple[Samples, str]:
    samples: Samples = {}
    counts: dict[Path, int] = {}
    begin: dict[Path, int] = {}
    for row, _ in rows_by_layout(table, {1: "published"}, rows=rows):
        text = row.fields[0]
        if row.first and text.startswith("#"):
            count = parse_whole(text[1:].strip())
            if count is not None:
                counts[row.file] = count
            continue
        percent = load(table, row, 1, "CPU percent")
        if percent is not None:
            since = row.line - begin.setdefault(row.file, row.line)
            seconds, loads = samples.setdefault(machine(row.file), ([], []))
            seconds.append(since * SLOT_S)
            loads.append(percent)
    table.finish()
    for file, count in counts.items():
        there = len(samples.get(machine(file), ([], []))[0])
        if there != count:
            left_out.note(
                f"The first line of {file.name} counts {count} samples, {there} follow."
            )
    return samples, f"PlanetLab CPU percent of {len(samples)} machines."


read = importer(recorded, SLOT_S)
"""Return the document of some of these machines."""
