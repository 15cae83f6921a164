"""A run on another machine: everything comes in one message and goes back in one.

A worker of Dask may start no processes through Python's own module, so it starts an
interpreter with this module as its program, which makes the run in a process of its own.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from optkit.bench.isolation import ONE_THREAD
from optkit.core.machine import machine


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
    with subprocess.Popen(
        [sys.executable, "-m", "optkit.bench.remote"],
        env={**ONE_THREAD, **os.environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        errors: list[str] = []
        # Read beside the answer: a full pipe would stop the run.
        reader = threading.Thread(
            target=lambda: errors.append(
                process.stderr.read() if process.stderr else ""
            )
        )
        reader.start()
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()  # not closed: its end tells the run that we are gone
        answer = process.stdout.read()
        process.stdin.close()
        reader.join()
    if not answer.strip():
        raise RuntimeError(f"no answer from the run: {errors[0][-500:].strip()}")
    found: dict[str, Any] = json.loads(answer)
    return {**found, "machine": machine()}


def main() -> None:
    """Read a message, make the run, write the answer."""
    from optkit.bench.child import Task
    from optkit.bench.isolation import perform
    from optkit.bench.plan import PlannedRun
    from optkit.bench.suite import KillPart

    message = json.loads(sys.stdin.readline())
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_sender, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm_up = message["warm_up"]
        task = Task(
            PlannedRun(**message["run"]),
            _unpacked(folder / "instance.json.gz", message["instance"]),
            None if warm_up is None else _unpacked(folder / "tiny.json.gz", warm_up),
            folder / "output",
        )
        found = perform(task, KillPart.model_validate(message["kill"]), method="spawn")
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


def _unpacked(path: Path, packed: str) -> Path:
    path.write_bytes(base64.b64decode(packed))
    return path


def _end_with_sender() -> None:
    """Wait until the sender is gone; nobody wants the run then."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
