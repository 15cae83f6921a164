"""SIGTERM and SIGHUP stop every command as Ctrl-C does; nothing that was found is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optkit
from tests.cli.command import Command

NETWORK = (
    Path(__file__).resolve().parents[2]
    / "instances"
    / "discovery"
    / "sum-optional.json"
)


def _start(*arguments: str | Path, **settings: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "optkit", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **settings,
    )


def _wait(process: subprocess.Popen[str], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not ready():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "the command is not ready in time"
        time.sleep(0.05)


STUBBORN = """
import sys, time
from optkit.core.solving import registry
from optkit.core.solving.result import Reason
from optkit.core.solving.solver import Kind, Outcome, Solver
from optkit.cli.app import main

class Stubborn(Solver):
    name, family, kind, reference = "stubborn", "allocation", Kind.BASELINE, "tests"
    def run(self, instance, run):
        print("deaf", file=sys.stderr, flush=True)
        while True:
            try:
                time.sleep(0.05)
            except KeyboardInterrupt:
                print("heard", file=sys.stderr, flush=True)

registry.solvers("allocation")
registry._SOLVERS["allocation", "stubborn"] = Stubborn
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_second_signal_ends_at_once(
    instance: Path, number: signal.Signals, status: int
) -> None:
    """A solver that ignores the first one is ended by the second, with its status."""
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN, "solve", str(instance), "-s", "stubborn"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        while "deaf" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(1.0)  # until the solver is where it cannot be stopped
        process.send_signal(number)
        while "heard" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(1.1)
        process.send_signal(number)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == status


@pytest.mark.slow
def test_an_ignored_hangup_stays_ignored(large: Path, tmp_path: Path) -> None:
    """Under nohup a closing terminal does not stop a solve."""
    events = tmp_path / "events.jsonl"
    process = subprocess.Popen(
        [
            *("nohup", sys.executable, "-m", "optkit", "solve", large),
            *("-s", "cmo", "--events", events, "--json"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait(process, lambda: events.exists() and '"incumbent"' in events.read_text())
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143, err
    assert json.loads(out)["termination"]["detail"] == "stopped by SIGTERM"


@pytest.mark.slow
@pytest.mark.parametrize("between", [False, True])
def test_a_stopped_front_is_written(
    optkit_command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    between: bool,
) -> None:
    """The points of a front that SIGTERM stops, in a solve or not, are written."""
    usual, solves = optkit.solve, []

    def stopped(*arguments: Any, **options: Any) -> optkit.Result:
        solves.append(arguments)
        result = usual(*arguments, **options)
        if len(solves) < 3:
            return result
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)
        if between:
            raise KeyboardInterrupt
        reason = optkit.core.solving.result.Reason.INTERRUPTED
        return replace(result, termination=replace(result.termination, reason=reason))

    monkeypatch.setattr(optkit, "solve", stopped)
    folder = tmp_path / "front"
    answer = optkit_command("pareto", NETWORK, "-o", folder, "--json", "-q")
    assert answer.status == 143, answer.err
    assert len(solves) == 3
    front = answer.document
    assert len(front["points"]) >= 2
    assert not front["complete"]
    assert json.loads((folder / "front.json").read_text()) == front
    assert (folder / "point-00.sol.json").exists()


SUITE = """
schema = "optkit/suite"
schema_version = 1
name = "stopped"
warm_up = false
[[instances]]
files = ["large.json"]
[[solvers]]
solver = "cmo"
"""


@pytest.mark.slow
def test_a_stopped_study_resumes(large: Path, tmp_path: Path) -> None:
    """SIGTERM to every process of a study ends it in 143 and records no run as crashed."""
    suite, study = tmp_path / "suite.toml", tmp_path / "study"
    suite.write_text(SUITE)
    process = _start("bench", "run", suite, "-o", study)
    try:
        _wait(process, lambda: bool(list((study / "claims").glob("*.output"))))
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 143, err
    assert "stopped by SIGTERM" in err
    journal = study / "journal.jsonl"
    assert not journal.exists() or not journal.read_text()
    assert not [p for p in (study / "claims").iterdir() if "." not in p.name]


def test_an_interrupt_inside_generated_code_is_handled_like_any(tmp_path: Path) -> None:
    """Python would end the process by SIGINT, although the exception was handled."""
    script = tmp_path / "command.py"
    script.write_text(
        "import sys\n"
        "from optkit.cli import app, parser\n"
        "def parse(*_):\n"
        "    exec('raise KeyboardInterrupt')\n"
        "parser.parse = parse\n"
        "sys.exit(app.main())\n"
    )
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 130, ended.stderr
    assert ended.stderr == "error: stopped by Ctrl-C.\n"


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_while_python_imports(number: int, status: int) -> None:
    """From the command's first line on, a signal ends it without a traceback."""
    code = (
        "import os, sys\n"
        "from optkit.cli import entry\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'optkit.cli.app':\n"
        f"            os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.exit(entry.main())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (status, "")
