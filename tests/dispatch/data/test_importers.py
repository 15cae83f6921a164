"""Importers of recorded arrivals: columns, scaling of time, dealing out, and messages."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError

SMALL: dict[str, Any] = {"aps": 3, "servers": 3, "slots": 5}

JOB_EVENTS = """\
0,,1,0,ann,3,n1,l1
1000000,,2,0,ann,1,n2,l2
1500000,,2,1,ann,1,n2,l2
3000000,,3,0,bob,2,n3,l3
3100000,,4,0,bob,0,n4,l2
9000000,,5,0,cy,3,n5,l5
9223372036854775807,,6,0,cy,3,n6,l6
"""

TASK_EVENTS = """\
1000000,,2,0,m7,0,ann,1,2,0.1,0.1,0.1,1
1200000,,2,1,,0,ann,3,2,0.1,0.1,0.1,
1300000,,2,1,m9,1,ann,3,2,0.1,0.1,0.1,0
5000000,,3,0,m7,0,bob,0,2,,,,
"""

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

AZURE = """\
TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.9799600,3180,8
2023-11-16 18:17:05.4799600,110,27
2023-11-16 18:17:07.9799600,7433,14
"""


def written(folder: Path, text: str, name: str = "trace.csv") -> Path:
    """Return a file with ``text`` in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_google_jobs_arrive_in_their_slots(tmp_path: Path) -> None:
    """Protects the scaling of time: submits only, counted from the first one."""
    path = written(tmp_path, JOB_EVENTS)
    found = optkit.import_instance("google-trace", path, interval_seconds=2.0, **SMALL)
    # Trace seconds 1, 3 and 3.1, at 0.4 s a slot; the one at 9 s closes four intervals.
    assert found.intervals == 4
    assert found.jobs.slot == (0, 5, 5)
    by_class = sorted(zip(found.jobs.slot, found.jobs.type, strict=True))
    assert by_class == [(0, 1), (5, 0), (5, 2)]
    assert "2 before the trace or after its end" in found.provenance
    whole = np.sum(found.arrival_probability) * 4 * 5
    assert whole == pytest.approx(3)


def test_rates_are_frequencies_of_each_point_and_type(tmp_path: Path) -> None:
    """Protects the model from the data: λ is what was counted, pair by pair."""
    path = written(tmp_path, JOB_EVENTS)
    found = optkit.import_instance("google-trace", path, interval_seconds=1.0, **SMALL)
    for k in range(3):
        for j in range(4):
            jobs = zip(found.jobs.ap, found.jobs.type, strict=True)
            count = sum(pair == (k, j) for pair in jobs)
            share = count / (found.intervals * 5)
            assert found.arrival_probability[k][j] == pytest.approx(share)


def test_rate_sets_the_scale_of_time(tmp_path: Path) -> None:
    """Protects the default scale: jobs come at the rate that was asked for."""
    lines = [f"{1000000 * n},,{n},0,u{n},{n % 4},a,b" for n in range(1, 1200)]
    path = written(tmp_path, "\n".join(lines))
    found = optkit.import_instance("google-trace", path, arrival=0.05, **SMALL)
    assert np.mean(found.arrival_probability) == pytest.approx(0.05, rel=0.02)


def test_source_and_name_are_hashed_alike_everywhere(tmp_path: Path) -> None:
    """Protects the dealing out: one user, one access point; one name, one type."""
    lines = [f"{1000000 * n},,{n},0,u{n % 7},0,a,name{n % 5}" for n in range(1, 200)]
    path = written(tmp_path, "\n".join(lines))
    options = {**SMALL, "ap_by": "source", "type_by": "name", "types": 6}
    one = optkit.import_instance("google-trace", path, seed=1, **options)
    other = optkit.import_instance("google-trace", path, seed=2, **options)
    assert one.jobs.ap == other.jobs.ap
    assert one.jobs.type == other.jobs.type
    pairs = {(k, j) for k, j in zip(one.jobs.ap, one.jobs.type, strict=True)}
    assert 1 < len({k for k, _ in pairs}) <= 3
    assert 1 < len({j for _, j in pairs}) <= 5
    drawn = [
        optkit.import_instance("google-trace", path, seed=seed, **SMALL)
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].jobs.ap != drawn[2].jobs.ap


def test_google_tasks_parts_and_gzip(tmp_path: Path) -> None:
    """Protects task_events, folders of parts, and gzip: all three give the same jobs."""
    plain = written(tmp_path, TASK_EVENTS)
    parts = tmp_path / "parts"
    parts.mkdir()
    head, tail = TASK_EVENTS.splitlines(True)[:1], TASK_EVENTS.splitlines(True)[1:]
    (parts / "part-1.csv.gz").write_bytes(gzip.compress("".join(head).encode()))
    (parts / "part-2.csv").write_text("".join(tail), encoding="utf-8")
    options = {**SMALL, "interval_seconds": 0.1, "ap_by": "source"}
    one, other = (
        optkit.import_instance("google-trace", path, **options)
        for path in (plain, parts)
    )
    assert one.jobs == other.jobs
    assert len(one.jobs.slot) == 2
    assert one.jobs.type == (1, 3)


def test_alibaba_tasks_and_jobs(tmp_path: Path) -> None:
    """Protects both years' columns: starts, unknown starts, and one arrival a job."""
    path = written(tmp_path, BATCH_2018)
    options = {**SMALL, "interval_seconds": 5.0}
    tasks = optkit.import_instance("alibaba", path, **options)
    assert tasks.jobs.slot == (0, 10)
    assert "1 without a start" in tasks.provenance
    jobs = optkit.import_instance("alibaba", path, unit="job", **options)
    assert jobs.jobs.slot == (0,)
    assert jobs.intervals == 2
    old = written(tmp_path, BATCH_2017, "old.csv")
    found = optkit.import_instance("alibaba", old, ap_by="source", **options)
    assert found.jobs.slot == (0, 15)
    assert found.jobs.ap[0] == found.jobs.ap[1]
    assert found.jobs.type[0] == found.jobs.type[1]


def test_azure_classes_by_size(tmp_path: Path) -> None:
    """Protects the requests' types: classes of equal size, the shortest first."""
    path = written(tmp_path, AZURE)
    options = {**SMALL, "types": 2, "interval_seconds": 0.5}
    found = optkit.import_instance("azure-llm", path, **options)
    assert found.jobs.slot == (0, 10, 15)
    assert found.jobs.type == (1, 0, 0)
    by_answer = optkit.import_instance(
        "azure-llm", path, type_by="generated", **options
    )
    assert by_answer.jobs.type == (0, 0, 1)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("google-trace", "x,,1,0,u,1,n,l\n", ["line 1, column 1 (time)", "'x'"]),
        ("google-trace", "-5,,1,0,u,1,n,l\n", ["column 1", "negative"]),
        ("google-trace", "5,,1,9,u,1,n,l\n", ["line 1, column 4", "0 to 8"]),
        ("google-trace", "5,,1,0,u,7,n,l\n", ["column 6 (scheduling_class)"]),
        ("google-trace", f"{'9' * 400},,1,0,u,1,n,l\n", ["column 1 (time)"]),
        ("google-trace", "5,,1\n", ["line 1, column 3", "3 columns", "8 or 13"]),
        ("google-trace", "\n\n", ["the file is empty"]),
        ("google-trace", "0,,1,0,u,1,n,l\n", ["no job is submitted"]),
        ("alibaba", "soon,24,3,4,1,Terminated,50,0.1\n", ["(create_time)", "'soon'"]),
        ("alibaba", "M1,1,,1,Done,9,12,1,1\n", ["column 3 (job)", "empty"]),
        ("alibaba", "M1,1,j,1,Done,0,12,1,1\n", ["no task has a start"]),
        ("azure-llm", "yesterday,1,2\n", ["column 1 (TIMESTAMP)", "'yesterday'"]),
        ("azure-llm", "2023-11-16 18:17:03,many,2\n", ["(ContextTokens)", "'many'"]),
        ("azure-llm", "2023-11-16 18:17:03,1\n", ["2 columns"]),
    ],
)
def test_malformed_trace_is_explained(
    name: str, text: str, expected: list[str], tmp_path: Path
) -> None:
    """Protects users of traces: file, line, column, value and remedy."""
    path = written(tmp_path, text)
    with pytest.raises(InvalidFileError) as caught:
        optkit.import_instance(name, path)
    for part in (str(path), *expected):
        assert part in str(caught.value)


def test_all_wrong_lines_are_said_at_once(tmp_path: Path) -> None:
    """Protects patience: several faults in several parts come in one message."""
    written(tmp_path, "a,,1,0,u,1,n,l\n5,,1,0,u,1,n,l\nb,,1,0,u,1,n,l\n", "p1.csv")
    written(tmp_path, "5,,1,0,u,x,n,l\n", "p2.csv")
    with pytest.raises(InvalidFileError) as caught:
        optkit.import_instance("google-trace", tmp_path)
    paths = [issue.path for issue in caught.value.issues]
    assert paths[0].startswith("p1.csv, line 1, column 1")
    assert paths[1].startswith("p1.csv, line 3, column 1")
    assert paths[2].startswith("p2.csv, line 1, column 6")


def test_unreadable_sources_are_refused(tmp_path: Path) -> None:
    """Protects against files that are no tables at all."""
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(JOB_EVENTS.encode())[:-9])
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    empty = tmp_path / "folder"
    empty.mkdir()
    for path in (tmp_path / "nothing.csv", broken, binary, empty):
        with pytest.raises(InvalidFileError, match=path.name):
            optkit.import_instance("google-trace", path)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"intervals": 10, "interval_seconds": 1.0}, "ends after 8 intervals"),
        ({"begin_seconds": 50.0}, "begin_seconds"),
        ({"types": 5}, "four scheduling classes"),
    ],
)
def test_too_much_to_ask(
    options: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    """Protects from instances that the trace does not fill."""
    path = written(tmp_path, JOB_EVENTS)
    with pytest.raises(UsageError, match=expected):
        optkit.import_instance("google-trace", path, **{**SMALL, **options})


REAL = {
    "google2011/job_events": ("google-trace", {}),
    "google2011/task_events": ("google-trace", {"ap_by": "source"}),
    "google2011/derived/jobs_first_day.csv.gz": ("google-trace", {}),
    "alibaba2017/batch_task.csv.gz": ("alibaba", {"unit": "job", "begin_seconds": 2e4}),
    "alibaba2018/batch_task_2119dags.csv.gz": ("alibaba", {}),
    "azure/AzureLLMInferenceTrace_code.csv.gz": ("azure-llm", {}),
}


@pytest.mark.parametrize("name", REAL)
def test_published_traces_are_read(name: str, public_data: Callable[..., Path]) -> None:
    """Protects the importers against the tables as published: read, and dispatched."""
    path = public_data(name) / name
    form, options = REAL[name]
    options = {"aps": 4, "servers": 3, "intervals": 20, "types": 3, **options}
    instance = optkit.import_instance(form, path, seed=1, **options)
    assert instance.intervals == 20
    assert len(instance.jobs.slot) > 20
    result = optkit.solve(instance, "selfish")
    assert result.verification is not None
    assert result.verification.feasible
