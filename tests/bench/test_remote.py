"""The interpreter that makes runs on another machine: kept, replaced, never left behind."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from optkit.bench import remote
from optkit.bench.remote import perform_here
from optkit.bench.suite import KillPart
from tests.bench.faults import task


def message(folder: Path) -> dict[str, Any]:
    """Return what a worker of a cluster is sent."""
    given = task(folder, "block")
    packed = gzip.compress(given.instance.read_bytes())
    return {
        "run": dataclasses.asdict(given.run),
        "instance": base64.b64encode(packed).decode(),
        "warm_up": None,
        "kill": KillPart().model_dump(),
    }


def interpreters() -> list[psutil.Process]:
    """Return those of this process."""
    return [
        child
        for child in psutil.Process().children()
        if "optkit.bench.remote" in child.cmdline()
    ]


def test_one_interpreter_makes_run_after_run(tmp_path: Path) -> None:
    """Runs after the first find their interpreter started; a dead one is replaced."""
    sent = message(tmp_path)
    assert perform_here(sent)["outcome"] == "done"
    (kept,) = interpreters()
    found = perform_here(sent)
    assert found["verified"] is True
    assert found["machine"]["processor"]
    assert interpreters() == [kept]

    kept.send_signal(signal.SIGKILL)
    with pytest.raises(RuntimeError, match="no answer from the run"):
        perform_here(sent)
    assert perform_here(sent)["outcome"] == "done"
    (fresh,) = interpreters()
    assert fresh != kept

    remote._end_all()
    assert not interpreters()


def test_no_interpreter_outlives_its_sender(tmp_path: Path) -> None:
    """When a worker is killed, its interpreter and the servers below it end too."""
    sender = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import json, sys; from optkit.bench.remote import perform_here;"
            "print(perform_here(json.loads(sys.stdin.readline()))['outcome'], flush=True);"
            "sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sender.stdin is not None
    assert sender.stdout is not None
    sender.stdin.write(json.dumps(message(tmp_path)) + "\n")
    sender.stdin.flush()
    assert sender.stdout.readline() == "done\n"
    below = psutil.Process(sender.pid).children(recursive=True)
    assert len(below) >= 2  # the interpreter and its server
    sender.kill()
    sender.wait()
    _, alive = psutil.wait_procs(below, timeout=10)
    assert not alive
