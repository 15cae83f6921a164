"""Exit statuses: each kind of outcome has its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import optkit
from optkit.cli.app import main
from tests.cli.command import Command


def test_a_verified_solution_is_success(
    optkit_command: Command, instance: Path
) -> None:
    """A verified solution ends in 0, and the output says that it is proven optimal."""
    answer = optkit_command("solve", instance)
    assert answer.status == 0
    assert "proven optimal" in answer.out
    assert "yes, by the independent checker" in answer.out


def test_proven_infeasible(
    optkit_command: Command, instance: Path, fakes: None
) -> None:
    """A proof that there is no solution ends in 10."""
    answer = optkit_command("solve", instance, "-s", "impossible")
    assert answer.status == 10
    assert "proven infeasible" in answer.out


def test_no_solution(optkit_command: Command, instance: Path, fakes: None) -> None:
    """A run that finds nothing ends in 11."""
    assert optkit_command("solve", instance, "-s", "helpless").status == 11


def test_a_lying_solver_is_caught(
    optkit_command: Command, instance: Path, fakes: None, tmp_path: Path
) -> None:
    """A solution that fails its check ends in 12, and its file says ``no-solution``."""
    path = tmp_path / "lie.json"
    answer = optkit_command("solve", instance, "-s", "liar", "-o", path)
    assert answer.status == 12
    assert "NO: 1 violation" in answer.out
    assert json.loads(path.read_text())["status"] == "no-solution"


def test_an_unexpected_error_is_one_line(
    optkit_command: Command, instance: Path, fakes: None
) -> None:
    """An unexpected error ends in 1 with one line; ``--debug`` shows the traceback."""
    plain = optkit_command("solve", instance, "-s", "broken", "-q")
    assert plain.status == 1
    assert plain.err.count("\n") == 1
    assert "report" in plain.err
    assert "Traceback" not in plain.err
    debug = optkit_command("solve", instance, "-s", "broken", "--debug")
    assert debug.status == 1
    assert "Traceback" in debug.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--solver", "absent"),
        ("-s", "local", "--workers", "1"),
        ("-s", "pmo", "--backend", "highs"),
        ("-s", "local", "--iterations", "3"),
    ],
)
def test_what_is_not_available(
    optkit_command: Command, instance: Path, fakes: None, arguments: tuple[str, ...]
) -> None:
    """A solver or capability that is not available ends in 13 with an error."""
    answer = optkit_command("solve", instance, *arguments)
    assert answer.status == 13
    assert answer.out == ""
    assert "error: " in answer.err


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (("solve", "--dask", "tcp://127.0.0.1:1"), "distributed", "optkit[dask]"),
        (("show", "-o", "picture.svg"), "matplotlib", "optkit[plot]"),
    ],
)
def test_a_missing_extra_is_named(
    optkit_command: Command,
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    package: str,
    extra: str,
) -> None:
    """A missing extra ends in 13 with the name of the extra."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    answer = optkit_command(arguments[0], instance, *arguments[1:], "-q")
    assert answer.status == 13
    assert extra in answer.err
    assert answer.err.count("\n") == 1


def test_export_in_a_format_that_a_family_lacks(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """A format that the family does not have ends in 13."""
    assert optkit_command("export", instance, "-o", tmp_path / "m.aux").status == 13


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve",),
        ("solve", "INSTANCE", "--time-limit", "soon"),
        ("solve", "INSTANCE", "--time-limit=-1"),
        ("solve", "INSTANCE", "--seed", "1.5"),
        ("solve", "INSTANCE", "--gap", "nan"),
        ("solve", "INSTANCE", "--workers", "0"),
        ("solve", "INSTANCE", "--workers", "1", "--dask", "here"),
        ("solve", "INSTANCE", "--set", "population"),
        ("solve", "INSTANCE", "--set", "a=1", "--set", "a=2"),
        ("solve", "INSTANCE", "-s", "ga", "--set", "population=many"),
        ("generate", "allocation", "--servers", "0"),
        ("generate", "allocation", "--servers", "3.5"),
        ("export", "INSTANCE", "-o", "model.txt"),
        ("show", "INSTANCE", "-o", "picture.bmp"),
        ("validate",),
    ],
)
def test_usage_errors(
    optkit_command: Command, instance: Path, arguments: tuple[str, ...]
) -> None:
    """An invalid command line ends in 2, with nothing on standard output."""
    words = [str(instance) if word == "INSTANCE" else word for word in arguments]
    answer = optkit_command(*words)
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.startswith("error: ") or "\nerror: " in answer.err


def test_files_that_cannot_be_read(
    optkit_command: Command, instance: Path, tmp_path: Path
) -> None:
    """A missing or malformed file ends in 3."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": "optkit/allocation", "schema_version": 1}')
    for command in (
        ("solve", tmp_path / "none.json"),
        ("solve", broken),
        ("check", instance, broken),
        ("export", broken, "-o", tmp_path / "m.mps"),
        ("solve", instance, "--config", tmp_path / "none.toml"),
        ("solve", instance, "--initial", broken),
    ):
        assert optkit_command(*command).status == 3


def test_check_of_a_changed_solution(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """A wrong objective ends in 12, a solution of another instance in 3."""
    assert optkit_command("check", instance, answer).status == 0
    document = json.loads(answer.read_text())
    document["objective"] *= 2
    answer.write_text(json.dumps(document))
    failed = optkit_command("check", instance, answer)
    assert failed.status == 12
    assert "claimed" in failed.out
    optkit.save_instance(optkit.generate("allocation", servers=4, seed=9), instance)
    assert optkit_command("check", instance, answer).status == 3


def test_an_initial_solution_that_fails(
    optkit_command: Command, instance: Path, answer: Path
) -> None:
    """An initial solution that fails the check ends in 12."""
    document = json.loads(answer.read_text())
    loads = document["solution"]["load_gbit"]
    loads[next(iter(loads))] += 1.0
    answer.write_text(json.dumps(document))
    solved = optkit_command("solve", instance, "-s", "milp", "--initial", answer)
    assert solved.status == 12


def test_ctrl_c_outside_a_solve(
    optkit_command: Command, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while nothing is being solved ends in 130, without a traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optkit.core.tools.instance_files.read_json", interrupted)
    answer = optkit_command("solve", instance)
    assert answer.status == 130
    assert "Traceback" not in answer.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status", "workers"),
    [
        (signal.SIGINT, 130, ()),
        (signal.SIGINT, 130, ("--workers", "2")),
        (signal.SIGTERM, 143, ()),
        (signal.SIGTERM, 143, ("--workers", "2")),
        (signal.SIGHUP, 129, ()),
    ],
)
def test_a_signal_keeps_the_best(
    large: Path,
    tmp_path: Path,
    number: signal.Signals,
    status: int,
    workers: tuple[str, ...],
) -> None:
    """A stopped command prints and writes its best solution, and its workers end.

    Sent to the whole group, as terminals and batch systems do, and twice, as GNU timeout.
    """
    events, output = tmp_path / "events.jsonl", tmp_path / "answer.json"
    solver = "pmo" if workers else "cmo"
    options = ("-s", solver, "--json", "-o", output, "--events", events, *workers)
    process = subprocess.Popen(
        [sys.executable, "-m", "optkit", "solve", large, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (events.exists() and '"incumbent"' in events.read_text()):
            assert time.monotonic() < deadline, "no incumbent in time"
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        os.kill(process.pid, number)
        os.killpg(process.pid, number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == status, err
    assert "Traceback" not in err
    document = json.loads(out)
    assert document["termination"]["reason"] == "interrupted"
    assert document["verification"]["feasible"]
    assert json.loads(output.read_text()) == document
    assert '"end"' in events.read_text().splitlines()[-1]
    deadline = time.monotonic() + 20
    while _exists(process.pid):
        assert time.monotonic() < deadline, "a worker outlived its command"
        time.sleep(0.05)


def _exists(group: int) -> bool:
    """Return whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reader_that_leaves_early(large: Path) -> None:
    """A closed pipe is not an error: the status is that of the command."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "optkit", "show", large],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_without_arguments_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    """``optkit`` alone lists the commands."""
    assert main([]) == 0
    assert "generate" in capsys.readouterr().out
