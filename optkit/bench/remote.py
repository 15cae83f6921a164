"""A run on another machine: everything comes in one message and goes back in one.

A worker of Dask may start no processes through Python's own module, so it keeps an
interpreter with this module as its program, which makes one run after another, each in a
process of its own. A worker with several threads keeps one for each that is busy.
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

TAIL = 20
"""Lines of what an interpreter complained of that are told if it dies."""


def perform_here(message: dict[str, Any]) -> dict[str, Any]:
    """Make the run that a message describes; called on the cluster's worker.

    Parameters
    ----------
    message
        The run, its instance and the warm-up's (gzip in base64), and when it is killed.

    Returns
    -------
    dict
        As :func:`optkit.bench.isolation.perform` returns it, with this machine.

    Raises
    ------
    RuntimeError
        If the interpreter ends without an answer.
    """
    try:
        interpreter = _idle.get_nowait()
    except queue.Empty:
        interpreter = _Interpreter()
    found = interpreter.perform(message)
    _idle.put(interpreter)  # not one that has died: that raised
    return {**found, "machine": machine()}


class _Interpreter:
    """A process that makes the runs that are written to it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "optkit.bench.remote"],
            env={**ONE_THREAD, **os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._errors: deque[str] = deque(maxlen=TAIL)
        # Read all the time: a full pipe would stop the run.
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def perform(self, message: dict[str, Any]) -> dict[str, Any]:
        """Have a run made, and return what came of it."""
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
            said = "".join(self._errors).strip()
            raise RuntimeError(f"no answer from the run: {said}")
        found: dict[str, Any] = json.loads(answer)
        return found

    def end(self) -> None:
        """Let the process end; what it is at is given up."""
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
    """Read messages, make their runs, write the answers."""
    # What others print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.setpgid(0, 0)
    messages: queue.SimpleQueue[str] = queue.SimpleQueue()
    folder = Path(tempfile.mkdtemp())
    threading.Thread(target=_receive, args=(messages, folder), daemon=True).start()
    while True:
        found = _perform(json.loads(messages.get()), folder)
        answers.write(json.dumps(found) + "\n")
        answers.flush()


def _perform(message: dict[str, Any], folder: Path) -> dict[str, Any]:
    from optkit.bench.isolation import perform
    from optkit.bench.plan import PlannedRun
    from optkit.bench.suite import KillPart
    from optkit.bench.worker_process import Task

    warm_up = message["warm_up"]
    task = Task(
        PlannedRun(**message["run"]),
        _unpacked(folder / "instance.json.gz", message["instance"]),
        None if warm_up is None else _unpacked(folder / "tiny.json.gz", warm_up),
        folder / "output",
    )
    return perform(task, KillPart.model_validate(message["kill"]))


def _unpacked(path: Path, packed: str) -> Path:
    path.write_bytes(base64.b64decode(packed))
    return path


def _receive(messages: queue.SimpleQueue[str], folder: Path) -> None:
    """Take messages until the sender is gone; nobody wants the run under way then."""
    for line in sys.stdin:
        messages.put(line)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
