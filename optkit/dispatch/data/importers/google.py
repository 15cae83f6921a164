"""Google cluster data 2011 (clusterdata-2011-2): submitted jobs or tasks.

Tables are told apart by their width: ``job_events`` has 8 columns, ``task_events`` 13. A
list of jobs has 6 and the heading ``job_id,submit_us,…``. Times are in microseconds; 0
stands for before the trace and 2^63 − 1 for after its end, and both are left out.

Scheduling class, user, machine and logical name may be empty. The type or access point
that would follow from them then follows from a hash of the job id, and this is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.left_out import LeftOut
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
    job: int
    task: int


_LAYOUTS = {
    8: Layout(1, 4, 6, 5, 0, 8, 3, 0),  # job_events
    13: Layout(1, 6, 8, 7, 5, 3, 3, 4),  # task_events
    6: Layout(2, 0, 6, 0, 0, 1, 1, 0),  # a list of jobs
}

_LIST_WIDTH = 6
_LIST_HEADING = ["job_id", "submit_us"]


class Submit(NamedTuple):
    """One submit; what the table does not say is None."""

    microseconds: int
    scheduling_class: int | None
    job: str
    task: str
    name: str | None
    sender: str | None


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
    every = list(_submits(table))
    table.finish()
    left_out = LeftOut()
    again, submits = _without_repeats(every)
    if options.resubmitted == "once":
        left_out.add("further submits of the same job or task", again)
    else:
        submits = every
    within = [s for s in submits if s.microseconds not in (0, AFTER_THE_END)]
    left_out.add(
        "submits before the trace or after its end", len(submits) - len(within)
    )
    if not within:
        raise InvalidFileError(
            str(source),
            ["no job is submitted within the trace; take another part of it"],
        )
    unknown = sum(s.scheduling_class is None for s in within)
    summary = (
        f"Google cluster data 2011: {len(within)} submits, {again} of all are repeated,"
        f" {unknown} of unknown class."
    )
    kinds: list[int | str] = []
    for s in within:
        if options.type_by == "class" and s.scheduling_class is not None:
            kinds.append(s.scheduling_class % options.types)
        else:
            kinds.append(s.job if options.type_by == "class" else s.name or s.job)
    nameless = sum(s.name is None for s in within)
    if options.type_by == "class":
        _hashed(left_out, unknown, "scheduling class", "type")
    else:
        _hashed(left_out, nameless, "name", "type")
    if options.ap_by == "source":
        senders = sum(s.sender is None for s in within)
        _hashed(left_out, senders, "user or machine", "access point")
    return Trace(
        [s.microseconds / 1e6 for s in within],
        kinds,
        [s.sender or s.job for s in within],
        summary,
        left_out,
    )


def _hashed(left_out: LeftOut, count: int, lacking: str, drawn: str) -> None:
    """Note how submits are treated that lack a value."""
    if count:
        left_out.note(
            f"{count} submits name no {lacking}: a hash of the job id gives the {drawn}."
        )


def _submits(table: RowReader) -> Iterator[Submit]:
    """Yield the submits of a table, and note what is wrong."""
    list_of_jobs: Path | None = None
    for row, columns in rows_by_layout(table, _LAYOUTS, ("time",)):
        if row.first and row.fields[:2] == _LIST_HEADING:
            list_of_jobs = row.file
            continue
        if len(row.fields) == _LIST_WIDTH and row.file != list_of_jobs:
            table.wrong(
                row,
                _LIST_WIDTH,
                "last",
                "ends a line of 6 columns under no heading job_id,submit_us,…; job_events"
                " has 8, task_events 13: name another part of the trace",
            )
            continue
        submit = _submit(table, row, columns)
        if submit is not None:
            yield submit


def _submit(table: RowReader, row: Row, columns: Layout) -> Submit | None:
    """Return what a row submits; None if it is another event, or wrong."""
    when = table.whole(row, columns.time, "time", "whole microseconds")
    if columns.event:
        event = table.whole(row, columns.event, "event_type", "a number from 0 to 8")
        if event is not None and not 0 <= event <= 8:
            table.wrong(row, columns.event, "event_type", "is not a number from 0 to 8")
        if event != SUBMIT:
            return None
    column = columns.scheduling_class
    scheduling = None
    if row.fields[column - 1]:
        scheduling = table.whole(row, column, "scheduling_class", "0, 1, 2 or 3")
        if scheduling is None:
            return None
    if when is None:
        return None

    def text(number: int) -> str | None:
        return (row.fields[number - 1] or None) if number else None

    job = text(columns.job)
    if scheduling is not None and not 0 <= scheduling <= 3:
        table.wrong(row, column, "scheduling_class", "is not 0, 1, 2 or 3")
    elif when < 0 or when > AFTER_THE_END:
        table.wrong(
            row, columns.time, "time", "is negative, or after the end of all times"
        )
    elif job is None:
        table.wrong(row, columns.job, "job_id", "is empty: correct or remove the line")
    else:
        sender = text(columns.machine) or text(columns.user)
        task = text(columns.task) or ""
        return Submit(when, scheduling, job, task, text(columns.name), sender)
    return None


def _without_repeats(every: list[Submit]) -> tuple[int, list[Submit]]:
    """Return how many submits repeat an earlier one, and the first of each."""
    first: dict[tuple[str, str], int] = {}
    for index, submit in enumerate(every):
        key = submit.job, submit.task
        known = first.get(key)
        if known is None or submit.microseconds < every[known].microseconds:
            first[key] = index
    return len(every) - len(first), [every[index] for index in sorted(first.values())]


read = importer(read_trace)
