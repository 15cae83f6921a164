"""The importer of Alibaba's traces."""

from __future__ import annotations

from pathlib import Path

import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.core.files.left_out import SourceWarning
from optkit.dispatch.data.importers.alibaba import read_trace
from optkit.dispatch.data.importers.options import AlibabaOptions
from tests.dispatch.data.importers.traces import SMALL, written

BATCH_2018 = """\
task_name,instance_num,job_name,task_type,status,start_time,end_time,plan_cpu,plan_mem
M1,1.0,j_1,1,Terminated,100,120,100.0,0.2
R2_1,1.0,j_1,1,Terminated,120,130,50.0,0.2
M1,,j_2,1,Waiting,0,0,,
M1,1.0,j_3,1,Terminated,90,95,100.0,0.2
"""


BATCH_2017 = """\
5,24,3,4,1,Terminated,50,0.1
20,33,3,5,1,Terminated,50,0.1
45,40,4,1,1,Terminated,50,0.1
"""


def test_alibaba_tasks_and_jobs(tmp_path: Path) -> None:
    """Both years are read: starts, unknown starts, and one arrival per job."""
    path = written(tmp_path, BATCH_2018)
    options = {**SMALL, "interval_seconds": 5.0}
    tasks = optkit.import_instance("alibaba", path, **options)
    assert tasks.jobs.slot == (0, 10)
    assert "tasks without a start (1)" in tasks.provenance
    jobs = optkit.import_instance("alibaba", path, unit="job", **options)
    assert jobs.jobs.slot == (0,)
    assert jobs.intervals == 2
    old = written(tmp_path, BATCH_2017, "old.csv")
    instance = optkit.import_instance("alibaba", old, ap_by="source", **options)
    assert instance.jobs.slot == (0, 15)
    assert instance.jobs.ap[0] == instance.jobs.ap[1]
    assert instance.jobs.type[0] == instance.jobs.type[1]


def test_tasks_from_before_the_trace_are_left_out(tmp_path: Path) -> None:
    """In 2017 a time of 0 or below lies before the trace; such tasks are counted."""
    early = "0,0,1,1,9,Waiting,100,0.01\n-12,41000,2,3,1,Terminated,50,0.01\n"
    path = written(tmp_path, early + BATCH_2017)
    trace = read_trace(path, AlibabaOptions())
    assert trace.seconds == [5.0, 20.0, 45.0]
    options = {**SMALL, "interval_seconds": 10.0}
    with pytest.warns(SourceWarning, match=r"tasks from before the trace \(2\)"):
        instance = optkit.import_instance("alibaba", path, **options)
    assert "tasks from before the trace (2)" in instance.provenance
    clean = optkit.import_instance(
        "alibaba", written(tmp_path, BATCH_2017, "clean.csv"), **options
    )
    assert instance.jobs == clean.jobs


def test_starts_that_are_not_given_are_counted(tmp_path: Path) -> None:
    """An empty start is no start, in both years."""
    path = written(tmp_path, BATCH_2017 + ",,9,9,1,Waiting,,\n")
    trace = read_trace(path, AlibabaOptions())
    assert trace.seconds == [5.0, 20.0, 45.0]
    assert "tasks without a start (1)" in trace.left_out.text()


def test_another_table_of_the_same_width_is_refused(tmp_path: Path) -> None:
    """Google's job events have eight columns, too, but a number is no status."""
    path = written(tmp_path, "600000000,,21,0,bob=,1,aa=,bb=\n")
    with pytest.raises(InvalidFileError, match="another table"):
        read_trace(path, AlibabaOptions())
