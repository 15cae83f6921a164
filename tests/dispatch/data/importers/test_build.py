"""From a trace to an instance: rates, scaling of time, hashing, and messages."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optkit
from optkit.core.errors import InvalidFileError, UsageError
from tests.dispatch.data.importers.traces import JOB_EVENTS, SMALL, written


def test_rates_are_frequencies_of_each_point_and_type(tmp_path: Path) -> None:
    """Arrival probabilities are the counted frequencies per access point and type."""
    path = written(tmp_path, JOB_EVENTS)
    instance = optkit.import_instance(
        "google-trace", path, interval_seconds=1.0, **SMALL
    )
    for k in range(3):
        for j in range(4):
            jobs = zip(instance.jobs.ap, instance.jobs.type, strict=True)
            count = sum(pair == (k, j) for pair in jobs)
            share = count / (instance.intervals * 5)
            assert instance.arrival_probability[k][j] == pytest.approx(share)


def test_rate_sets_the_scale_of_time(tmp_path: Path) -> None:
    """By default, time is scaled so that jobs come at the rate asked for."""
    lines = [f"{1000000 * n},,{n},0,u{n},{n % 4},a,b" for n in range(1, 1200)]
    path = written(tmp_path, "\n".join(lines))
    instance = optkit.import_instance("google-trace", path, arrival=0.05, **SMALL)
    assert np.mean(instance.arrival_probability) == pytest.approx(0.05, rel=0.02)


def test_source_and_name_are_hashed_alike_everywhere(tmp_path: Path) -> None:
    """A user goes to one access point and a name to one type, whatever the seed."""
    lines = [f"{1000000 * n},,{n},0,u{n % 7},0,a,name{n % 5}" for n in range(1, 200)]
    path = written(tmp_path, "\n".join(lines))
    options = {**SMALL, "ap_by": "source", "type_by": "name", "types": 6}
    first = optkit.import_instance("google-trace", path, seed=1, **options)
    second = optkit.import_instance("google-trace", path, seed=2, **options)
    assert first.jobs.ap == second.jobs.ap
    assert first.jobs.type == second.jobs.type
    pairs = {(k, j) for k, j in zip(first.jobs.ap, first.jobs.type, strict=True)}
    assert 1 < len({k for k, _ in pairs}) <= 3
    assert 1 < len({j for _, j in pairs}) <= 5
    drawn = [
        optkit.import_instance("google-trace", path, seed=seed, **SMALL)
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].jobs.ap != drawn[2].jobs.ap


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
    """A malformed trace is refused with file, line, column, value and remedy."""
    path = written(tmp_path, text)
    with pytest.raises(InvalidFileError) as caught:
        optkit.import_instance(name, path)
    for part in (str(path), *expected):
        assert part in str(caught.value)


def test_all_wrong_lines_are_said_at_once(tmp_path: Path) -> None:
    """Faults in several parts come in one message."""
    written(tmp_path, "a,,1,0,u,1,n,l\n5,,1,0,u,1,n,l\nb,,1,0,u,1,n,l\n", "p1.csv")
    written(tmp_path, "5,,1,0,u,x,n,l\n", "p2.csv")
    with pytest.raises(InvalidFileError) as caught:
        optkit.import_instance("google-trace", tmp_path)
    paths = [issue.path for issue in caught.value.issues]
    assert paths[0].startswith("p1.csv, line 1, column 1")
    assert paths[1].startswith("p1.csv, line 3, column 1")
    assert paths[2].startswith("p2.csv, line 1, column 6")


def test_unreadable_sources_are_refused(tmp_path: Path) -> None:
    """Sources that are no tables at all are refused by name."""
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
    """Asking for more than the trace holds is refused, naming the option."""
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


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_published_traces_are_read(name: str, public_data: Callable[..., Path]) -> None:
    """The tables as published are read, and the instances solved."""
    path = public_data(name) / name
    form, options = REAL[name]
    options = {"aps": 4, "servers": 3, "intervals": 20, "types": 3, **options}
    instance = optkit.import_instance(form, path, seed=1, **options)
    assert instance.intervals == 20
    assert len(instance.jobs.slot) > 20
    result = optkit.solve(instance, "selfish")
    assert result.verification is not None
    assert result.verification.feasible
