"""Alibaba cluster traces of 2017 and 2018: the ``batch_task`` table.

The two are told apart by their width: 8 columns in 2017, 9 in 2018. A header line is
passed over. In 2018 a start of 0 means that it is not known, and the task is left out.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from optkit.core.errors import InvalidFileError
from optkit.core.files.rows import RowReader
from optkit.dispatch.data.importers.build import build
from optkit.dispatch.data.importers.options import AlibabaOptions
from optkit.dispatch.data.importers.trace import Trace

WIDTH_2017, WIDTH_2018 = 8, 9

_COLUMNS = {
    # begin, its name, job
    WIDTH_2017: (1, "create_time", 3),
    WIDTH_2018: (6, "start_time", 3),
}


def read(source: Path, options: AlibabaOptions, seed: int) -> dict[str, Any]:
    """Return the document of the tasks or jobs that an Alibaba trace starts.

    Parameters
    ----------
    source
        The table, or a folder of parts of it.
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


def _trace(source: Path, options: AlibabaOptions) -> Trace:
    table = RowReader(source, "batch_task (8 columns in 2017, 9 in 2018)")
    seconds: list[float] = []
    jobs: list[str] = []
    unknown = 0
    for row in table.rows():
        if row.line == 1 and row.fields[0] in ("task_name", "task_create_time"):
            continue
        if not table.width(row, sorted(_COLUMNS)):
            continue
        begin, name, job = _COLUMNS[len(row.fields)]
        when = table.number(row, begin, name, float, "a number of seconds")
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
    told = f"{len(seconds)} tasks; {unknown} without a start are left out."
    if options.unit == "job":
        first: dict[str, float] = {}
        for start, job_name in zip(seconds, jobs, strict=True):
            first[job_name] = min(start, first.get(job_name, math.inf))
        jobs, seconds = list(first), list(first.values())
        told += f" Each of {len(jobs)} jobs arrives once, with its first task."
    return Trace(seconds, jobs, jobs, f"Alibaba cluster trace, batch_task: {told}")
