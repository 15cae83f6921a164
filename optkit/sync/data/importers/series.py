"""The series that a source holds, and the layouts that several formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from optkit.core.errors import InvalidFileError
from optkit.core.files.left_out import LeftOut
from optkit.core.files.paths import is_folder
from optkit.core.files.rows import Row, RowReader
from optkit.sync.data.importers.grid import Series, chosen_names
from optkit.sync.data.importers.options import SeriesOptions
from optkit.sync.instance import HIGHEST_LOAD


@dataclass(frozen=True, eq=False)
class Recording:
    """The series that a source holds.

    Parameters
    ----------
    series
        One series per machine, in the order of the source.
    description
        What was read, for the provenance.
    left_out
        What was left out.
    """

    series: tuple[Series, ...]
    description: str
    left_out: LeftOut


REPEATED = "further samples of a machine at the same time"
WITHOUT_LOAD = "samples without a load"

Samples = dict[str, tuple[list[float], list[float]]]
"""Seconds and percent by machine, while they are being read."""

Reader = Callable[[RowReader, Iterable[Row], LeftOut], tuple[Samples, str]]
"""Reads the rows of one layout; returns the samples and their description."""


def read_layout(
    table: RowReader, layouts: Mapping[str, Reader], default: Reader
) -> Recording:
    """Read a table by the layout that its first cell names.

    Parameters
    ----------
    table
        The table.
    layouts
        Readers by the first cell of the header.
    default
        The reader for any other first cell.

    Raises
    ------
    InvalidFileError
        If there is no sample at all, or rows do not have the layout.
    """
    rows = table.rows()
    first = next(rows)
    reader = layouts.get(first.fields[0], default)
    left_out = LeftOut()
    samples, description = reader(table, chain([first], rows), left_out)
    return sorted_by_time(samples, description, left_out, table.source)


def sorted_by_time(
    samples: Samples, description: str, left_out: LeftOut, source: Path
) -> Recording:
    """Return the series sorted by time; of several samples at one time the first stays.

    Raises
    ------
    InvalidFileError
        If there is no sample at all.
    """
    series = []
    for name, (seconds, percent) in samples.items():
        times, first = np.unique(np.asarray(seconds), return_index=True)
        left_out.add(REPEATED, len(seconds) - len(times))
        series.append(Series(name, times, np.asarray(percent)[first]))
    if not series:
        raise InvalidFileError(
            str(source), ["no line holds a load; take another part of the trace"]
        )
    return Recording(tuple(series), description, left_out)


def machine(path: Path) -> str:
    """Return the machine that a file with one machine is about."""
    return path.name.removesuffix(".gz").removesuffix(".csv")


def only_chosen(table: RowReader, options: SeriesOptions) -> None:
    """Restrict a folder with one file per machine to the files that are asked for.

    Raises
    ------
    UsageError
        If there are no such files.
    InvalidFileError
        If two files are of one machine.
    """
    if is_folder(table.source):
        files: dict[str, Path] = {}
        for path in table.files:
            other = files.setdefault(machine(path), path)
            if other != path:
                raise InvalidFileError(
                    str(table.source),
                    [f"{other.name} and {path.name} are of one machine: remove one"],
                )
        table.files = [files[name] for name in chosen_names(list(files), options)]


def wide(
    table: RowReader,
    time_column: str,
    step_s: float,
    rows: Iterable[Row],
    left_out: LeftOut,
) -> Samples:
    """Read a table with one column per machine and a header; cells may be empty.

    Parameters
    ----------
    table
        The table, for messages.
    time_column
        Heading of the first column.
    step_s
        Length of a unit of the first column, s.
    rows
        Its lines.
    left_out
        Counts the empty cells.
    """
    names: list[str] = []
    samples: Samples = {}
    for row in rows:
        if not names:
            if row.fields[0] != time_column:
                table.wrong(row, 1, "heading", f"is not {time_column!r}")
                table.finish()
            names = row.fields[1:]
            for column, name in enumerate(names, start=2):
                if not name or name in names[: column - 2]:
                    table.wrong(
                        row,
                        column,
                        "heading",
                        "names no machine, or one of an earlier column: name each"
                        " machine once",
                    )
            table.finish()
            samples = {name: ([], []) for name in names}
            continue
        if not table.width(row, (len(names) + 1,)):
            continue
        when = table.number(row, 1, time_column, "a number")
        for column, name in enumerate(names, start=2):
            if not row.fields[column - 1]:
                left_out.add("empty cells")
                continue
            value = load(table, row, column, name)
            if when is not None and value is not None:
                samples[name][0].append(when * step_s)
                samples[name][1].append(value)
    table.finish()
    return {name: lists for name, lists in samples.items() if lists[0]}


def load(
    table: RowReader, row: Row, column: int, name: str, most: float = HIGHEST_LOAD
) -> float | None:
    """Return a load in percent; None, noted in the table, if it is not one."""
    value = table.number(row, column, name, "a load in percent")
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
