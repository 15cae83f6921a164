"""Alibaba cluster traces of 2017 and 2018: the ``batch_task`` table.

The two are told apart by their width: 8 columns in 2017, 9 in 2018. A heading line is
skipped. In 2018 a start of 0 means that it is not known, and the task is left out.
"""

from __future__ import annotations

import math
from pathlib import Path

from optkit.core.errors import InvalidFileError
from optkit.core.files.layouts import rows_by_layout
from optkit.core.files.rows import RowReader
from optkit.dispatch.data.importers.build import importer
from optkit.dispatch.data.importers.options import AlibabaOptions
from optkit.dispatch.data.importers.trace import Trace

WIDTH_2017, WIDTH_2018 = 8, 9

_LAYOUTS = {
    # start, its name, job
    WIDTH_2017: (1, "create_time", 3),
    WIDTH_2018: (6, "start_time", 3),
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
    unknown = 0
    for row, (start, name, job) in rows_by_layout(
        table, _LAYOUTS, ("task_name", "task_create_time")
    ):
        when = table.number(row, start, name, float, "a number of seconds")
        if not row.fields[job - 1]:
            table.wrong(row, job, "job", "is empty: correct or remove the line")
            continue
        if when is None:
            continue
        if when == 0.0 and len(row.fields) == WIDTH_2018:
            unknown += 1
            continue
        seconds.append(when)
        jobs.append(row.fields[job - 1])
    table.finish()
    if not seconds:
        raise InvalidFileError(
            str(source), ["no task has a start; take another part of the trace"]
        )
    summary = f"{len(seconds)} tasks; {unknown} without a start are left out."
    if options.unit == "job":
        first: dict[str, float] = {}
        for when, job_name in zip(seconds, jobs, strict=True):
            first[job_name] = min(when, first.get(job_name, math.inf))
        jobs, seconds = list(first), list(first.values())
        summary += f" Each of {len(jobs)} jobs arrives once, with its first task."
    return Trace(seconds, jobs, jobs, f"Alibaba cluster trace, batch_task: {summary}")


read = importer(read_trace)
