"""PlanetLab (CoMon) virtual machines, as in CloudSim: CPU percent every five minutes.

Two layouts are told apart. The published one is a file a machine, a whole number a line;
a folder stands for all of its files. The other is a table of a column a machine, the first
of them ``step``.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.build import build
from optkit.sync.data.importers.options import PlanetLabOptions
from optkit.sync.data.importers.series import (
    Recording,
    Samples,
    load,
    machine,
    only_chosen,
    recording,
    wide,
)

SLOT_S = 300.0
"""The step, s."""


def read(source: Path, options: PlanetLabOptions, seed: int) -> dict[str, Any]:
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


def recorded(source: Path, options: PlanetLabOptions) -> Recording:
    """Return the series that the source holds; see :func:`read`."""
    # Published files have no ending, or that of the machine's domain.
    table = RowReader(source, "PlanetLab machines (a number a line)", endings=("",))
    only_chosen(table, options)
    rows = table.rows()
    first = next(rows)
    rows = chain([first], rows)
    if first.fields[0] == "step":
        samples, empty = wide(table, "step", SLOT_S, rows)
        left_out = f"; {empty} empty cells are left out" if empty else ""
    else:
        samples, left_out = _published(table, rows), ""
    told = f"PlanetLab CPU percent of {len(samples)} machines{left_out}."
    return recording(samples, told, source)


def _published(table: RowReader, rows: chain[Row]) -> Samples:
    samples: Samples = {}
    for row in rows:
        if not table.width(row, (1,)):
            continue
        percent = load(table, row, 1, "CPU percent")
        if percent is not None:
            seconds, loads = samples.setdefault(machine(row.file), ([], []))
            seconds.append((row.line - 1) * SLOT_S)
            loads.append(percent)
    table.finish()
    return samples
