"""Alibaba cluster traces of 2017 and 2018: the ``batch_task`` table.

The two are told apart by their width: 8 columns in 2017, 9 in 2018. A heading line is
skipped. In 2017 a time of 0 or below lies before the trace; in 2018 a start of 0 means
that it is not known. Such tasks are left out and counted.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.left_out import LeftOut
from optkit.core.files.numbers import parse_decimal
from optkit.core.files.rows import RowReader
from optkit.dispatch.data.importers.build import importer
from optkit.dispatch.data.importers.options import AlibabaOptions
from optkit.dispatch.data.importers.trace import Trace


class Layout(NamedTuple):
    """Columns of a table, counted from 1."""

    start: int
    start_name: str
    job: int
    status: int
    none: str
    """What a start of 0 or below stands for."""


_LAYOUTS = {
    8: Layout(1, "create_time", 3, 6, "tasks from before the trace"),
    9: Layout(6, "start_time", 3, 5, "tasks without a start"),
}


def read_trace(source: Path, options: AlibabaOptions) -> Trace:
    """Return the tasks or jobs that an Alibaba trace starts.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
    options
        What arrives: tasks or jobs.

    Raises
    ------
    InvalidFileError
        If the source is no such table, with line, column and remedy.
    """
    table = RowReader(source, "batch_task (8 columns in 2017, 9 in 2018)")
    seconds: list[float] = []
    jobs: list[str] = []
    left_out = LeftOut()
    for row, columns in rows_by_layout(
        table, _LAYOUTS, ("task_name", "task_create_time", "create_time")
    ):
        job = row.fields[columns.job - 1]
        if not job:
            table.wrong(row, columns.job, "job", "is empty: correct or remove the line")
            continue
        if parse_decimal(row.fields[columns.status - 1]) is not None:
            table.wrong(
                row,
                columns.status,
                "status",
                "is a number, no status: this is another table; name batch_task",
            )
            continue
        if not row.fields[columns.start - 1]:
            left_out.add("tasks without a start")
            continue
        when = table.number(
            row, columns.start, columns.start_name, "a number of seconds"
        )
        if when is None:
            continue
        if when <= 0.0:
            left_out.add(columns.none)
            continue
        seconds.append(when)
        jobs.append(job)
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source),
            [
                f"no task has a start within the trace; take another part of it."
                f" {left_out.text()}"
            ],
        )
    summary = f"{len(seconds)} tasks."
    if options.unit == "job":
        first: dict[str, float] = {}
        for when, job_name in zip(seconds, jobs, strict=True):
            first[job_name] = min(when, first.get(job_name, math.inf))
        jobs, seconds = list(first), list(first.values())
        summary += f" Each of {len(jobs)} jobs arrives once, with its first task."
    summary = f"Alibaba cluster trace, batch_task: {summary}"
    return Trace(seconds, jobs, jobs, summary, left_out)


read = importer(read_trace)
