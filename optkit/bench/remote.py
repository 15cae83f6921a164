"""Make runs on another machine: a run goes there and comes back in one message each.

A Dask worker must not start processes through Python's multiprocessing. So it keeps a
separate interpreter that runs this module and makes one run after another, each in a
process of its own. A worker with several threads keeps one interpreter per busy thread.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from pathlib import Path
from typing import Any

from optkit.bench.isolation import ONE_THREAD
from optkit.core.runtime.machine import machine

ERROR_LINES = 20
"""Last lines of an interpreter's standard error that are reported if it dies."""


def run_on_worker(message: dict[str, Any]) -> dict[str, Any]:
    """Make the run that a message describes; called on the cluster's worker.

    Parameters
    ----------
    message
        The run, its instance and the warm-up instance (gzip in base64), and when to kill
        it.

    Returns
    -------
    dict
        As :func:`optkit.bench.isolation.run_isolated` returns it, with this machine.

    Raises
    ------
    RuntimeError
        If the interpreter ends without an answer.
    """
    try:
        interpreter = _idle.get_nowait()
    except queue.Empty:
        interpreter = _Interpreter()
    columns = interpreter.run(message)
    _idle.put(interpreter)  # still alive: otherwise the line above raised
    return {**columns, "machine": machine()}


class _Interpreter:
    """A process that makes the runs that it is sent."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "optkit.bench.remote"],
            env={**ONE_THREAD, **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._errors: deque[str] = deque(maxlen=ERROR_LINES)
        # Read continuously: a full pipe would block the run.
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def run(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a run and return its result."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.end()
            self._reader.join(1.0)
            errors = "".join(self._errors).strip()
            raise RuntimeError(f"no answer from the run: {errors}")
        columns: dict[str, Any] = json.loads(answer)
        return columns

    def end(self) -> None:
        """End the process, and give up the run that it is making."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)


_idle: queue.LifoQueue[_Interpreter] = queue.LifoQueue()


@atexit.register
def _end_all() -> None:
    while not _idle.empty():
        _idle.get_nowait().end()


def main() -> None:
    """Read messages, make their runs, and write the answers."""
    # Answers keep the standard output; whatever else is printed goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.setpgid(0, 0)
    messages: queue.SimpleQueue[str] = queue.SimpleQueue()
    folder = Path(tempfile.mkdtemp())
    threading.Thread(target=_receive, args=(messages, folder), daemon=True).start()
    while True:
        columns = _run(json.loads(messages.get()), folder)
        answers.write(json.dumps(columns) + "\n")
        answers.flush()


def _run(message: dict[str, Any], folder: Path) -> dict[str, Any]:
    from optkit.bench.isolation import run_isolated
    from optkit.bench.plan import PlannedRun
    from optkit.bench.suite import KillPart
    from optkit.bench.worker_process import WorkerTask

    warm_up = message["warm_up"]
    task = WorkerTask(
        PlannedRun(**message["run"]),
        _unpack(folder / "instance.json.gz", message["instance"]),
        None if warm_up is None else _unpack(folder / "tiny.json.gz", warm_up),
        folder / "output",
    )
    return run_isolated(task, KillPart.model_validate(message["kill"]))


def _unpack(path: Path, packed: str) -> Path:
    path.write_bytes(base64.b64decode(packed))
    return path


def _receive(messages: queue.SimpleQueue[str], folder: Path) -> None:
    """Receive messages until the sender is gone, then end with the run in progress."""
    for line in sys.stdin:
        messages.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
