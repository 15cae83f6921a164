"""Google cluster data 2011 (clusterdata-2011-2): submitted jobs or tasks.

Tables are told apart by their width: ``job_events`` has 8 columns, ``task_events`` 13, a
list of jobs with the header ``job_id,submit_us,…`` has 6. Times are microseconds; 0 stands
for before the trace and 2^63 − 1 for after its end, and both are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError
from optkit.core.files.rows import Row, RowReader
from optkit.dispatch.data.importers.build import build
from optkit.dispatch.data.importers.options import GoogleOptions
from optkit.dispatch.data.importers.trace import Trace

JOB_EVENTS, TASK_EVENTS, JOB_LIST = 8, 13, 6
"""Columns of each table."""

SUBMIT = 0
"""The event of an arrival."""

AFTER_THE_END = 2**63 - 1

_COLUMNS = {
    # time, event (0 where every line is an arrival), class, user, machine, name
    JOB_EVENTS: (1, 4, 6, 5, 0, 8),
    TASK_EVENTS: (1, 6, 8, 7, 5, 3),
    JOB_LIST: (2, 0, 6, 1, 0, 1),
}


def read(source: Path, options: GoogleOptions, seed: int) -> dict[str, Any]:
    """Return the document of the jobs that a Google trace submits.

    Parameters
    ----------
    source
        A part, or a folder of parts.
    options
        The scaling of time, the dealing out, and the network.
    seed
        For what the trace does not say.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    return build(_trace(source, options), options, seed, source)


def _trace(source: Path, options: GoogleOptions) -> Trace:
    table = RowReader(source, "job_events (8 columns) or task_events (13 columns)")
    seconds: list[float] = []
    classes: list[int] = []
    names: list[str] = []
    sources: list[str] = []
    outside = 0
    for row in table.rows():
        if row.line == 1 and row.fields[0] in ("job_id", "time"):
            continue
        if not table.width(row, sorted(_COLUMNS)):
            continue
        time, event, kind, user, machine, name = _COLUMNS[len(row.fields)]
        when = table.number(row, time, "time", int, "whole microseconds")
        if event and not _submitted(table, row, event):
            continue
        scheduling = table.number(row, kind, "scheduling_class", int, "0, 1, 2 or 3")
        if when is None or scheduling is None:
            continue
        if not 0 <= scheduling <= 3:
            table.wrong(row, kind, "scheduling_class", "is not 0, 1, 2 or 3")
        elif when < 0:
            table.wrong(row, time, "time", "is negative; times count from 0")
        elif when in (0, AFTER_THE_END):
            outside += 1
        else:
            seconds.append(when / 1e6)
            classes.append(int(scheduling) % options.types)
            names.append(row.fields[name - 1])
            at = row.fields[machine - 1] if machine else ""
            sources.append(at or row.fields[user - 1])
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source),
            ["no job is submitted within the trace; take another part of it"],
        )
    told = (
        f"Google cluster data 2011: {len(seconds)} submits;"
        f" {outside} before the trace or after its end are left out."
    )
    return Trace(
        seconds, classes if options.type_by == "class" else names, sources, told
    )


def _submitted(table: RowReader, row: Row, column: int) -> bool:
    event = table.number(row, column, "event_type", int, "a number from 0 to 8")
    if event is not None and not 0 <= event <= 8:
        table.wrong(row, column, "event_type", "is not a number from 0 to 8")
    return event == SUBMIT
