"""The importer of Alibaba's traces."""

from __future__ import annotations

from pathlib import Path

import optkit
from tests.dispatch.data.importers.traces import SMALL, written

BATCH_2018 = """\
task_name,instance_num,job_name,task_type,status,start_time,end_time,plan_cpu,plan_mem
M1,1.0,j_1,1,Terminated,100,120,100.0,0.2
R2_1,1.0,j_1,1,Terminated,120,130,50.0,0.2
M1,,j_2,1,Waiting,0,0,,
M1,1.0,j_3,1,Terminated,90,95,100.0,0.2
"""


BATCH_2017 = """\
-10,24,3,4,1,Terminated,50,0.1
5,33,3,5,1,Terminated,50,0.1
30,40,4,1,1,Terminated,50,0.1
"""


def test_alibaba_tasks_and_jobs(tmp_path: Path) -> None:
    """Both years are read: starts, unknown starts, and one arrival per job."""
    path = written(tmp_path, BATCH_2018)
    options = {**SMALL, "interval_seconds": 5.0}
    tasks = optkit.import_instance("alibaba", path, **options)
    assert tasks.jobs.slot == (0, 10)
    assert "1 without a start" in tasks.provenance
    jobs = optkit.import_instance("alibaba", path, unit="job", **options)
    assert jobs.jobs.slot == (0,)
    assert jobs.intervals == 2
    old = written(tmp_path, BATCH_2017, "old.csv")
    instance = optkit.import_instance("alibaba", old, ap_by="source", **options)
    assert instance.jobs.slot == (0, 15)
    assert instance.jobs.ap[0] == instance.jobs.ap[1]
    assert instance.jobs.type[0] == instance.jobs.type[1]
