"""The importer of Google's traces."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import optkit
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
    assert "2 before the trace or after its end" in instance.provenance
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
