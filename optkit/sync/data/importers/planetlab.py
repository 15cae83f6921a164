"""PlanetLab (CoMon) virtual machines, as in CloudSim: CPU percent every five minutes.

There are two layouts. The published one has one file per machine with a whole number per
line; a folder stands for all of its files. The other is a table with one column per
machine, after a first column ``step``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optkit.core.files.rows import Row, Table
from optkit.sync.data.importers.build import build
from optkit.sync.data.importers.options import PlanetLabOptions
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


def read(source: Path, options: PlanetLabOptions, seed: int) -> dict[str, Any]:
    """Return the document of the CPU load of some virtual machines.

    Parameters
    ----------
    source
        A published file or a folder of them, or a table with one column per machine.
    options
        Which machines and slots, and the network.
    seed
        For what the trace does not say.

    Raises
    ------
    InvalidFileError
        If the source has neither layout, with line, column and remedy.
    """
    return build(recorded(source, options), options, seed, source, SLOT_S)


def recorded(source: Path, options: PlanetLabOptions) -> Recording:
    """Return the series that the source holds; see :func:`read`."""
    # Published files have no ending, or that of the machine's domain.
    table = Table(source, "PlanetLab machines (a number a line)", endings=("",))
    only_chosen(table, options)
    return read_layout(table, {"step": _columns}, _published)


def _columns(table: Table, rows: Iterable[Row]) -> tuple[Samples, str]:
    samples, empty = wide(table, "step", SLOT_S, rows)
    left_out = f"; {empty} empty cells are left out" if empty else ""
    return samples, f"PlanetLab CPU percent of {len(samples)} machines{left_out}."


def _published(table: Table, rows: Iterable[Row]) -> tuple[Samples, str]:
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
    return samples, f"PlanetLab CPU percent of {len(samples)} machines."
