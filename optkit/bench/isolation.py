"""Make a run in a process of its own, and kill it if it exceeds its time or memory.

Processes are forked from a server that has imported what the runs need and has done
nothing else. So a run starts within milliseconds and inherits no threads, locks or caches
of another run. Inside a Dask worker, which must not start processes through
multiprocessing, the run goes to a separate interpreter (:mod:`optkit.bench.remote`).
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
from optkit.bench.worker_process import READY, WorkerTask, run_worker

MEMORY_POLL = 0.05
"""Seconds between two looks at the memory of a run that has a memory limit."""

OUTPUT_CHARACTERS = 2_000
"""Last characters of a failed run's output that are kept."""


_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
ONE_THREAD = dict.fromkeys(_THREAD_VARIABLES, "1")
"""Environment that limits the libraries of a run to one thread, unless the user sets it
otherwise: the threads of several runs at once would slow each other down."""


@cache
def _context() -> BaseContext:
    for name, value in ONE_THREAD.items():  # inherited by the server and its runs
        os.environ.setdefault(name, value)
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["optkit.bench.worker_process", "optkit.bench.preload"]
    )
    return context


def run_isolated(
    task: WorkerTask, kill: KillPart, method: str | None = None
) -> dict[str, Any]:
    """Make a run in its own process and return its result.

    Parameters
    ----------
    task
        The run.
    kill
        When to kill it.
    method
        The start method of its process; None for the server described above.

    Returns
    -------
    dict
        The columns of the record that the run decides, with ``outcome``, and its solution
        document under ``solution``.
    """
    context = _context() if method is None else multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    started = time.perf_counter()
    process = context.Process(  # type: ignore[attr-defined]
        target=run_worker, args=(task, sender), daemon=False
    )
    process.start()
    sender.close()
    try:
        columns = _supervise(process, receiver, task, kill)
    finally:
        _kill(process)
        receiver.close()
    columns.setdefault("timing", {})["whole"] = time.perf_counter() - started
    if columns["outcome"] not in (
        Outcome.DONE,
        Outcome.UNSUPPORTED,
        Outcome.UNAVAILABLE,
    ):
        columns["detail"] = _with_output(str(columns.get("detail", "")), task)
    with contextlib.suppress(OSError):
        task.output.unlink(missing_ok=True)
    return columns


def _supervise(
    process: Any, receiver: Connection, task: WorkerTask, kill: KillPart
) -> dict[str, Any]:
    """Wait for the result of a run; give up when it exceeds its time or memory."""
    limit = task.run.limits.get("time")
    deadline = time.monotonic() + kill.loading
    too_late = f"reading the instance and warming up took more than {kill.loading:g} s"
    timing: dict[str, float] = {}
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return {
                "outcome": Outcome.KILLED_TIME,
                "detail": too_late,
                "timing": timing,
            }
        wait = left if kill.memory is None else min(left, MEMORY_POLL)
        # poll also returns at the end of the pipe, that is, when the process has died.
        if receiver.poll(min(wait, 3600.0)):
            try:
                message = receiver.recv()
            except EOFError:
                return {**_crash(process), "timing": timing}
            if isinstance(message, dict):
                process.join(1.0)
                return message
            assert message[0] == READY, "a run sends READY and its result"
            timing = message[1]
            grace = kill.time_grace
            allowed = (
                float("inf") if limit is None else kill.time_factor * limit + grace
            )
            deadline = time.monotonic() + min(allowed, 1e9)
            too_late = (
                f"did not stop {allowed:g} s after its start, time limit {limit} s"
            )
        if kill.memory is not None:
            memory = _memory_mib(process.pid)
            if memory > kill.memory:
                return {
                    "outcome": Outcome.KILLED_MEMORY,
                    "detail": f"took {memory:.0f} MiB, of {kill.memory:g} allowed",
                    "timing": {**timing, "memory_mib": memory},
                }


def _crash(process: Any) -> dict[str, Any]:
    process.join(5.0)
    code = process.exitcode
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
            return {"outcome": Outcome.CRASH, "detail": f"ended by signal {name}"}
    return {"outcome": Outcome.CRASH, "detail": f"ended with exit status {code}"}


def _memory_mib(pid: int) -> float:
    """Return the resident memory of a process and of all that it started, in MiB."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total / 2**20


def _kill(process: Any) -> None:
    """Kill a run and everything that it started, as far as it is still alive."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.is_alive():
        process.kill()
    process.join()


def _with_output(detail: str, task: WorkerTask) -> str:
    """Append the end of the run's output to a detail."""
    try:
        output = task.output.read_text(errors="replace").strip()
    except OSError:
        return detail
    if not output:
        return detail
    return f"{detail}; it printed: {output[-OUTPUT_CHARACTERS:]}"
