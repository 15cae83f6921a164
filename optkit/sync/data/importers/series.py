"""What a source holds, and the layouts that several formats share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.grid import Series, chosen_names
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.instance import HIGHEST_LOAD


@dataclass(frozen=True, eq=False)
class Recording:
    """What a source holds.

    Parameters
    ----------
    series
        A series a machine, in the order of the source.
    told
        What was read and left out, for the provenance.
    """

    series: tuple[Series, ...]
    told: str


Samples = dict[str, tuple[list[float], list[float]]]
"""Seconds and percent by machine, while they are being read."""


def recording(samples: Samples, told: str, source: Path) -> Recording:
    """Return series in rising time; of several samples at one time the first stays.

    Raises
    ------
    InvalidFileError
        If there is no sample at all.
    """
    made = []
    for name, (seconds, percent) in samples.items():
        times, first = np.unique(np.asarray(seconds), return_index=True)
        made.append(Series(name, times, np.asarray(percent)[first]))
    if not made:
        raise InvalidFileError(
            str(source), ["no line holds a load; take another part of the trace"]
        )
    return Recording(tuple(made), told)


def machine(path: Path) -> str:
    """Return the machine that a file of its own is about."""
    return path.name.removesuffix(".gz").removesuffix(".csv")


def only_chosen(table: RowReader, options: SeriesOptions) -> None:
    """Have a table of a file a machine read no other files than those asked for.

    Raises
    ------
    UsageError
        If there are no such files.
    """
    if table.source.is_dir():
        files = {machine(path): path for path in table.files}
        table.files = [files[name] for name in chosen_names(list(files), options)]


def wide(
    table: RowReader, time_column: str, step_s: float, rows: Iterable[Row]
) -> tuple[Samples, int]:
    """Read a table of a column a machine, its header first; cells may be empty.

    Parameters
    ----------
    table
        The table, for messages.
    time_column
        Heading of the first column.
    step_s
        What a unit of the first column is, s.
    rows
        Its lines.

    Returns
    -------
    tuple
        The samples, and how many cells were empty.
    """
    names: list[str] = []
    samples: Samples = {}
    empty = 0
    for row in rows:
        if not names:
            if row.fields[0] != time_column:
                table.wrong(row, 1, "heading", f"is not {time_column!r}")
                table.finish()
            names = row.fields[1:]
            samples = {name: ([], []) for name in names}
            continue
        if not table.width(row, (len(names) + 1,)):
            continue
        when = table.number(row, 1, time_column, float, "a number")
        for column, name in enumerate(names, start=2):
            if not row.fields[column - 1]:
                empty += 1
                continue
            value = load(table, row, column, name)
            if when is not None and value is not None:
                samples[name][0].append(when * step_s)
                samples[name][1].append(value)
    table.finish()
    return {name: found for name, found in samples.items() if found[0]}, empty


def load(
    table: RowReader, row: Row, column: int, name: str, most: float = HIGHEST_LOAD
) -> float | None:
    """Return a load in percent; None if it is none, or out of range, noted."""
    value = table.number(row, column, name, float, "a load in percent")
    if value is not None and not 0.0 <= value <= most:
        table.wrong(
            row,
            column,
            name,
            f"is not within 0 and {most:g} percent: correct or remove the line, or name"
            " a series of loads",
        )
        return None
    return value
