"""The interpreter for runs on another machine: kept, replaced, never left behind."""

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
from optkit.bench.remote import run_on_worker
from optkit.bench.suite import KillPart
from tests.bench.faults import task


def message(folder: Path) -> dict[str, Any]:
    """Return the message that a worker of a cluster receives."""
    run = task(folder, "block")
    packed = gzip.compress(run.instance.read_bytes())
    return {
        "run": dataclasses.asdict(run.run),
        "instance": base64.b64encode(packed).decode(),
        "warm_up": None,
        "kill": KillPart().model_dump(),
    }


def interpreters() -> list[psutil.Process]:
    """Return the interpreters that this process started."""
    return [
        child
        for child in psutil.Process().children()
        if "optkit.bench.remote" in child.cmdline()
    ]


@pytest.mark.slow
def test_one_interpreter_makes_run_after_run(tmp_path: Path) -> None:
    """The interpreter is reused by the next run; a dead one is replaced."""
    run = message(tmp_path)
    assert run_on_worker(run)["outcome"] == "done"
    (kept,) = interpreters()
    columns = run_on_worker(run)
    assert columns["verified"] is True
    assert columns["machine"]["processor"]
    assert interpreters() == [kept]

    kept.send_signal(signal.SIGKILL)
    with pytest.raises(RuntimeError, match="no answer from the run"):
        run_on_worker(run)
    assert run_on_worker(run)["outcome"] == "done"
    (fresh,) = interpreters()
    assert fresh != kept

    remote._end_all()
    assert not interpreters()


@pytest.mark.slow
def test_no_interpreter_outlives_its_sender(tmp_path: Path) -> None:
    """When a worker is killed, its interpreter and all its processes end too."""
    sender = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import json, sys; from optkit.bench.remote import run_on_worker;"
            "print(run_on_worker(json.loads(sys.stdin.readline()))['outcome'], flush=True);"
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
