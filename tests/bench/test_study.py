"""A study from the command line: it survives, and stops where it must."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import optkit
from optkit.bench.journal import read_journal
from optkit.bench.study import Study
from optkit.cli.app import main

SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "survivor"
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

QUICK = """
schema = "optkit/suite"
schema_version = 1
name = "quick"
warm_up = false
[[instances]]
files = ["*.json"]
[[solvers]]
solver = "block"
[[solvers]]
solver = "local"
"""


def write(folder: Path, text: str) -> Path:
    """Write a suite and return its file."""
    path = folder / "suite.toml"
    path.write_text(text)
    return path


def start(suite: Path, study: Path) -> subprocess.Popen[bytes]:
    """Start a study as a user would, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "optkit", "bench", "run", str(suite), "-o", str(study)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def lines(study: Path) -> list[dict[str, Any]]:
    """Return the lines of a study's journal as they stand."""
    path = study / "journal.jsonl"
    if not path.exists():
        return []
    return [json.loads(x) for x in path.read_text().split("\n")[:-1]]


def claimed(study: Path) -> list[Path]:
    """Return the claims in a study; other files there have a dot in their names."""
    return [path for path in (study / "claims").iterdir() if "." not in path.name]


def wait_for(study: Path, count: int) -> None:
    """Wait until a study has so many finished runs."""
    deadline = time.monotonic() + 120
    while len(lines(study)) < count:
        assert time.monotonic() < deadline, "the study does not get on"
        time.sleep(0.02)


def test_a_study_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """After kill -9, twice, no run is lost and none is there twice."""
    suite, study = write(tmp_path, SUITE), tmp_path / "study"
    for finished in (2, 5):
        process = start(suite, study)
        wait_for(study, finished)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    process = start(suite, study)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    assert b"12 of 12 runs finished" in out
    found = lines(study)
    assert len(found) == 12
    assert len({line["key"] for line in found}) == 12
    for line in found:
        assert line["outcome"] == "done"
        assert Study(study).solution_file(line["key"]).is_file()
    assert not claimed(study), "every claim was given back"


def test_two_workers_share_a_study(tmp_path: Path) -> None:
    """Two commands on one folder at once make each run once, and both end well."""
    suite, study = write(tmp_path, SUITE), tmp_path / "study"
    both = [start(suite, study), start(suite, study)]
    for process in both:
        out, err = process.communicate(timeout=280)
        assert process.returncode == 0, err.decode()
        assert b"12 of 12 runs finished" in out
    assert len(lines(study)) == len({line["key"] for line in lines(study)}) == 12


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    """Ctrl-C ends the study with its own exit status, and leaves no claim behind."""
    suite, study = write(tmp_path, SUITE), tmp_path / "study"
    process = start(suite, study)
    wait_for(study, 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert 2 <= len(lines(study)) < 12
    assert not claimed(study)


def small(folder: Path) -> Path:
    """Write two instances and a suite of two solvers on them."""
    for seed in (1, 2):
        network = optkit.generate("allocation", servers=4, seed=seed)
        optkit.save_instance(network, folder / f"n{seed}.json")
    return write(folder, QUICK)


def test_failures_are_made_again_only_when_asked(tmp_path: Path) -> None:
    """A crash stays as it is recorded until --retry, and is then a run like any other."""
    suite, study = small(tmp_path), tmp_path / "study"
    command = ["--quiet", "bench", "run", str(suite), "-o", str(study)]
    assert main(command) == 0
    path = study / "journal.jsonl"
    found = lines(study)
    nothing = dict.fromkeys(("status", "reason", "objective", "bound", "verified"))
    found[0] |= {"outcome": "crash", "detail": "made up", **nothing}
    path.write_text("".join(json.dumps(line) + "\n" for line in found))
    assert main(command) == 0
    assert len(lines(study)) == 4, "what failed is finished"
    assert main([*command, "--retry"]) == 0
    assert len(lines(study)) == 5, "only what failed was made again"
    last = {record.key: record.outcome for record in read_journal(path)}
    assert last[found[0]["key"]] == "done"
    assert len(last) == 4


def test_a_contradiction_stops_the_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A best-known bound that a verified solution beats is an error, told with names."""
    suite = small(tmp_path)
    network = optkit.load(tmp_path / "n1.json")
    optkit.save(optkit.solve(network, "block"), tmp_path / "n1.sol.json")
    known = tmp_path / "n1.sol.json"
    document = json.loads(known.read_text())
    document["bound"] = 2 * document["objective"]
    document["gap"] = 1.0
    known.write_text(json.dumps(document))
    assert main(["bench", "run", str(suite), "-o", str(tmp_path / "study")]) == 1
    said = capsys.readouterr().err
    assert "n1.sol.json claims the bound" in said
    assert "the study has stopped" in said


def test_status_export_and_best_known_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a study found can be counted, taken elsewhere, and kept beside instances."""
    suite, study = small(tmp_path), str(tmp_path / "study")
    assert main(["bench", "run", str(suite), "-o", study, "--workers", "2"]) == 0
    capsys.readouterr()
    assert main(["bench", "status", study, "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["planned"], status["finished"], status["under_way"]) == (4, 4, 0)
    for name, read in (("t.parquet", pd.read_parquet), ("t.csv", pd.read_csv)):
        assert main(["bench", "export", study, "-o", str(tmp_path / name)]) == 0
        frame = read(tmp_path / name)
        assert len(frame) == 4
        assert set(frame["label"]) == {"block", "local"}
        assert frame["objective"].notna().all()
    assert main(["bench", "best", study]) == 0
    assert not (tmp_path / "n1.sol.json").exists(), "only --update writes"
    assert main(["bench", "best", study, "--update"]) == 0
    assert (
        main(["check", str(tmp_path / "n1.json"), str(tmp_path / "n1.sol.json")]) == 0
    )
    capsys.readouterr()
    assert main(["bench", "best", study]) == 0
    assert "kept" in capsys.readouterr().out


def test_a_solution_that_fails_the_check_is_no_best_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A solution file that was tampered with is refused by name, and nothing is lost."""
    suite, study = small(tmp_path), tmp_path / "study"
    assert main(["bench", "run", str(suite), "-o", str(study)]) == 0
    assert main(["bench", "best", str(study), "--update"]) == 0
    before = (tmp_path / "n1.sol.json").read_bytes()
    for record in read_journal(study / "journal.jsonl"):
        path = Study(study).solution_file(record.key)
        document = optkit.core.files.text.read_json(path)
        document["objective"] *= 0.5
        document["bound"] = None
        optkit.core.files.text.write_json(path, document)
    capsys.readouterr()
    assert main(["bench", "best", str(study), "--update"]) == 12
    assert "n1.json: refused" in capsys.readouterr().err
    assert (tmp_path / "n1.sol.json").read_bytes() == before


def test_a_folder_that_is_no_study_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study never writes into somebody else's folder."""
    suite, other = small(tmp_path), tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("")
    assert main(["bench", "run", str(suite), "-o", str(other)]) == 2
    assert "no study" in capsys.readouterr().err
    assert os.listdir(other) == ["thesis.txt"]
    assert main(["bench", "status", str(other)]) == 3


def test_a_study_runs_on_a_cluster(tmp_path: Path) -> None:
    """A real Dask scheduler with workers on loopback makes the runs, once each."""
    distributed = pytest.importorskip(
        "distributed", reason="the extra dask is not installed"
    )
    suite, study = small(tmp_path), str(tmp_path / "study")
    (tmp_path / "n2.json").unlink()
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        assert main(["bench", "run", str(suite), "-o", study, "--dask", address]) == 0
    found = read_journal(tmp_path / "study" / "journal.jsonl")
    assert len(found) == 2
    assert all(r.verified and r.machine["processor"] for r in found)
