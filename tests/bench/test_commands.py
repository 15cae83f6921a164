"""The commands of ``optkit bench``: studies resume, stop where they must, and compare."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

import optkit
from optkit.bench.journal import read_journal
from optkit.bench.study import Study
from optkit.cli.app import main
from optkit.core.files.text import read_json, write_json
from tests.bench.conftest import SUITE, write_suite

LONG = """
schema = "optkit/suite"
schema_version = 1
name = "long enough to be interrupted"
warm_up = false
seeds = [1, 2, 3, 4]
[limits]
time = 5
evaluations = 2000
[[instances]]
generate = "allocation"
seeds = [1, 2, 3]
options = { servers = 12 }
[[solvers]]
solver = "ga"
"""


def start(suite: Path, study: Path) -> subprocess.Popen[bytes]:
    """Start a study as a user would, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "optkit", "bench", "run", str(suite), "-o", str(study)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def lines(study: Path) -> list[dict[str, Any]]:
    """Return the complete lines of a study's journal."""
    path = study / "journal.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def write_lines(study: Path, records: list[dict[str, Any]]) -> None:
    """Replace the journal of a study."""
    text = "".join(json.dumps(record) + "\n" for record in records)
    (study / "journal.jsonl").write_text(text)


def leases(study: Path) -> list[Path]:
    """Return the leases of a study; other files in their folder have a dot in the name."""
    return [path for path in (study / "claims").iterdir() if "." not in path.name]


def wait_for(study: Path, count: int) -> None:
    """Wait until a study has so many finished runs."""
    deadline = time.monotonic() + 120
    while len(lines(study)) < count:
        assert time.monotonic() < deadline, "the study makes no progress"
        time.sleep(0.02)


class Interrupted(NamedTuple):
    """A study of twelve runs that was stopped by Ctrl-C, then killed, then finished.

    Parameters
    ----------
    study
        Its folder.
    status
        The exit status after Ctrl-C.
    finished
        The number of finished runs after Ctrl-C, and after ``kill -9``.
    leases
        The leases that were left after Ctrl-C.
    workers
        Exit status, output and errors of the two commands that finished it together.
    """

    study: Path
    status: int
    finished: tuple[int, int]
    leases: list[Path]
    workers: list[tuple[int, bytes, bytes]]


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    """Return the study that the tests below examine."""
    folder = tmp_path_factory.mktemp("interrupted")
    suite, study = folder / "suite.toml", folder / "study"
    suite.write_text(LONG)
    process = start(suite, study)
    wait_for(study, 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    status, after_ctrl_c, left = process.returncode, len(lines(study)), leases(study)
    process = start(suite, study)
    wait_for(study, after_ctrl_c + 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    after_kill = len(lines(study))
    workers = []
    for process in [start(suite, study), start(suite, study)]:
        out, err = process.communicate(timeout=280)
        workers.append((process.returncode, out, err))
    return Interrupted(study, status, (after_ctrl_c, after_kill), left, workers)


@pytest.mark.slow
def test_ctrl_c_keeps_finished_runs(interrupted: Interrupted) -> None:
    """Ctrl-C ends a study with its own exit status, and leaves no lease behind."""
    assert interrupted.status == 130
    assert 2 <= interrupted.finished[0] < 12
    assert not interrupted.leases


def test_a_killed_study_resumes(interrupted: Interrupted) -> None:
    """After ``kill -9`` no run is lost, none is there twice, and all have solutions."""
    assert interrupted.finished[0] + 2 <= interrupted.finished[1] < 12
    records = lines(interrupted.study)
    assert len(records) == 12
    assert len({record["key"] for record in records}) == 12
    for record in records:
        assert record["outcome"] == "done"
        assert Study(interrupted.study).solution_file(record["key"]).is_file()


def test_two_workers_share_a_study(interrupted: Interrupted) -> None:
    """Two commands on one folder at the same time both succeed and release all leases."""
    for status, out, err in interrupted.workers:
        assert status == 0, err.decode()
        assert b"12 of 12 runs finished" in out
    assert not leases(interrupted.study)


def test_failures_are_made_again_only_on_request(study: Path) -> None:
    """A crash stays as it is recorded until ``--retry``, and is then replaced."""
    suite = study.parent / "suite.toml"
    command = ["--quiet", "bench", "run", str(suite), "-o", str(study)]
    records = lines(study)
    missing = dict.fromkeys(("status", "reason", "objective", "bound", "verified"))
    records[0] |= {"outcome": "crash", "detail": "made up", **missing}
    write_lines(study, records)
    assert main(command) == 0
    assert len(lines(study)) == 9, "a failed run counts as finished"
    assert main([*command, "--retry"]) == 0
    assert len(lines(study)) == 10, "only the failed run was made again"
    latest = {run.key: run.outcome for run in read_journal(study / "journal.jsonl")}
    assert latest[records[0]["key"]] == "done"
    assert len(latest) == 9


def test_a_contradiction_stops_the_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A verified solution below a best-known bound is an error that names both."""
    suite = write_suite(tmp_path)
    network = optkit.load(tmp_path / "n1.json")
    known = tmp_path / "n1.sol.json"
    optkit.save(optkit.solve(network, "block"), known)
    document = json.loads(known.read_text())
    document["bound"] = 2 * document["objective"]
    document["gap"] = 1.0
    known.write_text(json.dumps(document))
    assert main(["bench", "run", str(suite), "-o", str(tmp_path / "study")]) == 1
    err = capsys.readouterr().err
    assert "n1.sol.json claims the bound" in err
    assert "the study has stopped" in err


def test_status_counts_runs(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The status has the numbers of planned, finished and unfinished runs."""
    assert main(["bench", "status", str(study), "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["planned"], status["finished"], status["under_way"]) == (9, 9, 0)


@pytest.mark.parametrize(
    ("name", "read"), [("runs.parquet", pd.read_parquet), ("runs.csv", pd.read_csv)]
)
def test_export_has_one_row_per_run(study: Path, name: str, read: Any) -> None:
    """Other programs read the exported runs with all their objectives."""
    path = study.parent / name
    assert main(["bench", "export", str(study), "-o", str(path)]) == 0
    frame = read(path)
    assert len(frame) == 9
    assert set(frame["label"]) == {"block", "ga", "local"}
    assert frame["objective"].notna().all()


def test_best_known_solutions_are_written_on_request(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only ``--update`` writes; the files pass the check and are kept the next time."""
    instance, best = study.parent / "n1.json", study.parent / "n1.sol.json"
    assert main(["bench", "best", str(study)]) == 0
    assert not best.exists()
    assert main(["bench", "best", str(study), "--update"]) == 0
    assert main(["check", str(instance), str(best)]) == 0
    capsys.readouterr()
    assert main(["bench", "best", str(study)]) == 0
    assert "kept" in capsys.readouterr().out


def test_a_solution_that_fails_the_check_is_refused(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed solution file is refused by name, and the best-known file stays."""
    assert main(["bench", "best", str(study), "--update"]) == 0
    best = study.parent / "n1.sol.json"
    before = best.read_bytes()
    for record in read_journal(study / "journal.jsonl"):
        path = Study(study).solution_file(record.key)
        document = read_json(path)
        document["objective"] *= 0.5
        document["bound"] = None
        write_json(path, document)
    capsys.readouterr()
    assert main(["bench", "best", str(study), "--update"]) == 12
    assert "n1.json: refused" in capsys.readouterr().err
    assert best.read_bytes() == before


def test_a_folder_that_is_no_study_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study never writes into a folder with other content."""
    suite, other = write_suite(tmp_path), tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("")
    assert main(["bench", "run", str(suite), "-o", str(other)]) == 2
    assert "is not a study" in capsys.readouterr().err
    assert os.listdir(other) == ["thesis.txt"]
    assert main(["bench", "status", str(other)]) == 3


def test_two_studies_are_compared(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All runs of a study and its copy match; contradictions and damage are reported."""
    other = study.parent / "other"
    shutil.copytree(study, other)
    assert main(["bench", "compare", str(study), str(other)]) == 0
    assert "9 runs in both studies; 0 only before" in capsys.readouterr().out
    records = lines(other)
    missing = dict.fromkeys(("objective", "bound", "gap", "verified"))
    records[0] |= {"status": "infeasible", **missing}
    write_lines(other, records)
    journal = other / "journal.jsonl"
    journal.write_text("{\n" + journal.read_text())
    assert main(["bench", "compare", str(study), str(other)]) == 1
    err = capsys.readouterr().err
    assert "claims that there is no solution" in err
    assert "journal.jsonl: cut off, damaged" in err
    assert "line 1." in err


def test_studies_without_a_common_run_are_not_compared(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing can be said about two studies that share no run."""
    other = study.parent / "other"
    shutil.copytree(study, other)
    (other / "journal.jsonl").unlink()
    assert main(["bench", "compare", str(study), str(other)]) == 2
    assert "no run in common" in capsys.readouterr().err


def test_an_unfinished_study_can_be_reported(study: Path) -> None:
    """A report of a study without finished runs says that it is not finished."""
    (study / "journal.jsonl").unlink()
    path = study.parent / "report.html"
    assert main(["--quiet", "bench", "report", str(study), "-o", str(path)]) == 0
    assert "0 of 9 runs finished" in path.read_text()
    assert "not finished" in path.read_text()


def test_a_study_runs_on_a_cluster(tmp_path: Path) -> None:
    """The workers of a real Dask scheduler on this machine make each run once."""
    distributed = pytest.importorskip(
        "distributed", reason="the extra dask is not installed"
    )
    text = SUITE.replace("n*.json", "n1.json").replace("200", "20")
    suite, study = write_suite(tmp_path, text), tmp_path / "study"
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        command = ["bench", "run", str(suite), "-o", str(study), "--dask", address]
        assert main(command) == 0
    records = read_journal(study / "journal.jsonl")
    assert len(records) == 3
    assert all(record.verified and record.machine["processor"] for record in records)
