"""Google cluster data 2011 (clusterdata-2011-2): submitted jobs or tasks.

Tables are told apart by their width: ``job_events`` has 8 columns, ``task_events`` 13, a
list of jobs with the heading ``job_id,submit_us,…`` has 6. Times are in microseconds; 0
stands for before the trace and 2^63 − 1 for after its end, and both are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.rows import Row, RowReader
from optkit.dispatch.data.importers.build import importer
from optkit.dispatch.data.importers.options import GoogleOptions
from optkit.dispatch.data.importers.trace import Trace

SUBMIT = 0
"""The event of an arrival."""

AFTER_THE_END = 2**63 - 1


class Layout(NamedTuple):
    """Columns of a table, counted from 1; 0 stands for none.

    Without a column ``event`` every line is an arrival.
    """

    time: int
    event: int
    scheduling_class: int
    user: int
    machine: int
    name: int


_LAYOUTS = {
    8: Layout(1, 4, 6, 5, 0, 8),  # job_events
    13: Layout(1, 6, 8, 7, 5, 3),  # task_events
    6: Layout(2, 0, 6, 1, 0, 1),  # a list of jobs
}


def read_trace(source: Path, options: GoogleOptions) -> Trace:
    """Return the jobs or tasks that a Google trace submits.

    Parameters
    ----------
    source
        A part, or a folder of parts.
    options
        How jobs are classified.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    table = RowReader(source, "job_events (8 columns) or task_events (13 columns)")
    seconds: list[float] = []
    classes: list[int] = []
    names: list[str] = []
    sources: list[str] = []
    outside = 0
    for row, columns in rows_by_layout(table, _LAYOUTS, ("job_id", "time")):
        when = table.number(row, columns.time, "time", int, "whole microseconds")
        if columns.event and not _submitted(table, row, columns.event):
            continue
        kind = columns.scheduling_class
        scheduling = table.number(row, kind, "scheduling_class", int, "0, 1, 2 or 3")
        if when is None or scheduling is None:
            continue
        if not 0 <= scheduling <= 3:
            table.wrong(row, kind, "scheduling_class", "is not 0, 1, 2 or 3")
        elif when < 0:
            table.wrong(row, columns.time, "time", "is negative; times count from 0")
        elif when in (0, AFTER_THE_END):
            outside += 1
        else:
            seconds.append(when / 1e6)
            classes.append(int(scheduling) % options.types)
            names.append(row.fields[columns.name - 1])
            machine = row.fields[columns.machine - 1] if columns.machine else ""
            sources.append(machine or row.fields[columns.user - 1])
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source),
            ["no job is submitted within the trace; take another part of it"],
        )
    summary = (
        f"Google cluster data 2011: {len(seconds)} submits;"
        f" {outside} before the trace or after its end are left out."
    )
    return Trace(
        seconds, classes if options.type_by == "class" else names, sources, summary
    )


def _submitted(table: RowReader, row: Row, column: int) -> bool:
    event = table.number(row, column, "event_type", int, "a number from 0 to 8")
    if event is not None and not 0 <= event <= 8:
        table.wrong(row, column, "event_type", "is not a number from 0 to 8")
    return event == SUBMIT


read = importer(read_trace)
