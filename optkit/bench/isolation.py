"""A run in a process of its own, killed if it will not stop or takes too much memory.

Processes are forked from a server that has imported what the runs need and has done
nothing else, so that a run starts in milliseconds and finds no threads, locks or caches of
another. Inside a worker of Dask, which may start no processes through Python's own module,
the run goes to a fresh interpreter (:mod:`optkit.bench.remote`).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import Any

import psutil

from optkit.bench.record import Outcome
from optkit.bench.suite import KillPart
from optkit.bench.worker_process import READY, Task, work

LOOK = 0.05
"""Seconds between two looks at the memory of a run that has a limit for it."""

TAIL = 2_000
"""Characters of what a run printed that are kept if it fails."""


_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(_POOLS, "1")
"""What keeps the libraries of a run to one thread, unless the user says otherwise: threads
of several runs at once would stand in each other's way."""


@cache
def _context() -> BaseContext:
    for name, value in ONE_THREAD.items():  # inherited by the server and its runs
        os.environ.setdefault(name, value)
    known = multiprocessing.get_all_start_methods()
    if "forkserver" not in known:
        return multiprocessing.get_context()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["optkit.bench.worker_process", "optkit.bench.preload"]
    )
    return context


def perform(task: Task, kill: KillPart, method: str | None = None) -> dict[str, Any]:
    """Make a run in its own process and return what came of it.

    Parameters
    ----------
    task
        The run.
    kill
        When it is killed.
    method
        How its process is started; None for the server described above.

    Returns
    -------
    dict
        The columns of the run's record that it decides itself, ``outcome`` among them,
        and its solution document under ``solution``.
    """
    context = _context() if method is None else multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    started = time.perf_counter()
    process = context.Process(  # type: ignore[attr-defined]
        target=work, args=(task, sender), daemon=False
    )
    process.start()
    sender.close()
    try:
        found = _supervise(process, receiver, task, kill)
    finally:
        _kill(process)
        receiver.close()
    found.setdefault("timing", {})["whole"] = time.perf_counter() - started
    if found["outcome"] not in (Outcome.DONE, Outcome.UNSUPPORTED, Outcome.UNAVAILABLE):
        found["detail"] = _with_output(str(found.get("detail", "")), task)
    with contextlib.suppress(OSError):
        task.output.unlink(missing_ok=True)
    return found


def _supervise(
    process: Any, receiver: Connection, task: Task, kill: KillPart
) -> dict[str, Any]:
    """Wait for what the run sends, or kill it."""
    limit = task.run.limits.get("time")
    deadline = time.monotonic() + kill.loading
    phase = f"reading the instance and warming up took more than {kill.loading:g} s"
    timing: dict[str, float] = {}
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return {"outcome": Outcome.KILLED_TIME, "detail": phase, "timing": timing}
        wait = left if kill.memory is None else min(left, LOOK)
        # A pipe at its end is ready too: then the process has died.
        if receiver.poll(min(wait, 3600.0)):
            try:
                message = receiver.recv()
            except EOFError:
                return {**_death(process), "timing": timing}
            if isinstance(message, dict):
                process.join(1.0)
                return message
            assert message[0] == READY, "a run sends two things"
            timing = message[1]
            grace = kill.time_grace
            allowed = (
                float("inf") if limit is None else kill.time_factor * limit + grace
            )
            deadline = time.monotonic() + min(allowed, 1e9)
            phase = f"did not stop {allowed:g} s after its start, time limit {limit} s"
        if kill.memory is not None:
            taken = _memory_mib(process.pid)
            if taken > kill.memory:
                return {
                    "outcome": Outcome.KILLED_MEMORY,
                    "detail": f"took {taken:.0f} MiB, of {kill.memory:g} allowed",
                    "timing": {**timing, "memory_mib": taken},
                }


def _death(process: Any) -> dict[str, Any]:
    process.join(5.0)
    code = process.exitcode
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            return {"outcome": Outcome.CRASH, "detail": f"ended by signal {name}"}
    return {"outcome": Outcome.CRASH, "detail": f"ended with exit status {code}"}


def _memory_mib(pid: int) -> float:
    """Return the resident memory of a process and of all that it started."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total / 2**20


def _kill(process: Any) -> None:
    """End a run and everything that it started; those that ended are left alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.is_alive():
        process.kill()
    process.join()


def _with_output(detail: str, task: Task) -> str:
    """Add the end of what the run printed."""
    try:
        printed = task.output.read_text(errors="replace").strip()
    except OSError:
        return detail
    return f"{detail}; it printed: {printed[-TAIL:]}" if printed else detail
