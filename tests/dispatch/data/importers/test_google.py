"""The importer of Google's traces."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError
from optkit.dispatch.data.importers.google import read_trace
from optkit.dispatch.data.importers.options import GoogleOptions
from tests.dispatch.data.importers.traces import JOB_EVENTS, SMALL, written

TASK_EVENTS = """\
1000000,,2,0,m7,0,ann,1,2,0.1,0.1,0.1,1
1200000,,2,1,,0,ann,3,2,0.1,0.1,0.1,
1300000,,2,1,m9,1,ann,3,2,0.1,0.1,0.1,0
5000000,,3,0,m7,0,bob,0,2,,,,
"""


def test_google_jobs_arrive_in_their_slots(tmp_path: Path) -> None:
    """Only submits count, and their slots start at the first one."""
    path = written(tmp_path, JOB_EVENTS)
    instance = optkit.import_instance(
        "google-trace", path, interval_seconds=2.0, **SMALL
    )
    # Trace seconds 1, 3 and 3.1, at 0.4 s a slot; the one at 9 s closes four intervals.
    assert instance.intervals == 4
    assert instance.jobs.slot == (0, 5, 5)
    by_class = sorted(zip(instance.jobs.slot, instance.jobs.type, strict=True))
    assert by_class == [(0, 1), (5, 0), (5, 2)]
    assert "submits before the trace or after its end (2)" in instance.provenance
    total = np.sum(instance.arrival_probability) * 4 * 5
    assert total == pytest.approx(3)


def test_google_tasks_parts_and_gzip(tmp_path: Path) -> None:
    """Task events in one file and in gzipped parts give the same jobs."""
    plain = written(tmp_path, TASK_EVENTS)
    parts = tmp_path / "parts"
    parts.mkdir()
    head, tail = TASK_EVENTS.splitlines(True)[:1], TASK_EVENTS.splitlines(True)[1:]
    (parts / "part-1.csv.gz").write_bytes(gzip.compress("".join(head).encode()))
    (parts / "part-2.csv").write_text("".join(tail), encoding="utf-8")
    options = {**SMALL, "interval_seconds": 0.1, "ap_by": "source"}
    plain_file, parts_folder = (
        optkit.import_instance("google-trace", path, **options)
        for path in (plain, parts)
    )
    assert plain_file.jobs == parts_folder.jobs
    assert len(plain_file.jobs.slot) == 2
    assert plain_file.jobs.type == (1, 3)


OPTIONAL = """\
0,,11,0,alice,3,aa,bb
600000000,,21,0,bob,1,aa,bb
640000000,,22,0,carol,2,cc,bb
630000000,,23,0,carol,0,cc,bb
700000000,2,24,0,,,,
710000000,,22,4,carol,2,cc,bb
"""


def test_optional_columns_may_be_empty(tmp_path: Path) -> None:
    """A job without class, user and name arrives, and its hashes come from its id."""
    path = written(tmp_path, OPTIONAL)
    trace = read_trace(path, GoogleOptions(ap_by="source"))
    assert trace.seconds == [600.0, 640.0, 630.0, 700.0]
    assert trace.kinds == [1, 2, 0, "24"]
    assert trace.sources == ["bob", "carol", "carol", "24"]
    said = trace.left_out.text()
    assert "1 submits name no scheduling class" in said
    assert "1 submits name no user or machine" in said
    assert "4 submits" in trace.summary
    by_name = read_trace(path, GoogleOptions(type_by="name"))
    assert by_name.kinds == ["bb", "bb", "bb", "24"]


def test_resubmitted_jobs_arrive_each_time_or_once(tmp_path: Path) -> None:
    """Once means with the first submit, even if that was before the trace."""
    text = "5000000,,1,0,u,1,n,l\n3000000,,1,0,u,1,n,l\n0,,2,0,u,1,n,l\n"
    path = written(tmp_path, text + "9000000,,2,0,u,1,n,l\n")
    assert read_trace(path, GoogleOptions()).seconds == [5.0, 3.0, 9.0]
    once = read_trace(path, GoogleOptions(resubmitted="once"))
    assert once.seconds == [3.0]
    assert "further submits of the same job or task (2)" in once.left_out.text()
    tasks = "1000000,,2,0,m7,0,ann,1,2,,,,\n1200000,,2,1,,0,ann,3,2,,,,\n" * 2
    path = written(tmp_path, tasks)
    assert read_trace(path, GoogleOptions(resubmitted="once")).seconds == [1.0, 1.2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("604046279,5,1,GtXakjpd,0.5,0\n", "under no heading job_id"),
        ("1_000,,1,0,u,1,n,l\n", "'1_000' is not whole microseconds"),
        ("１２,,1,0,u,1,n,l\n", "is not whole microseconds"),
        ("5,,1,0,u,1.0,n,l\n", "'1.0' is not 0, 1, 2 or 3"),
        ("5,,,0,u,1,n,l\n", "job_id"),
        ("5,,1,,u,1,n,l\n", "event_type"),
    ],
)
def test_what_is_no_part_of_the_trace_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    """Tables of other kinds and lenient numbers are refused."""
    with pytest.raises(InvalidFileError, match=said):
        read_trace(written(tmp_path, text), GoogleOptions())
