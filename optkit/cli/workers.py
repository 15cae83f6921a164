"""Where parallel work goes: worker processes of this machine, or a Dask cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from optkit.core.errors import UnavailableError, UsageError
from optkit.core.runtime.extras import needs
from optkit.core.runtime.parent import end_with_parent


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def executor(workers: int | None, dask: str | None) -> Iterator[Executor | None]:
    """Provide the executor that is asked for; None if none is.

    Parameters
    ----------
    workers
        Worker processes.
    dask
        Address of a Dask scheduler.

    Raises
    ------
    UsageError
        If both are asked for, or fewer than one worker.
    UnavailableError
        If Dask is not installed or not to be reached.
    """
    if workers is not None and dask is not None:
        raise UsageError("--workers and --dask exclude each other; give one.")
    if workers is not None:
        with _pool(workers) as pool:
            yield pool
    elif dask is not None:
        with cluster(dask) as (remote, _):
            yield remote
    else:
        yield None


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    if workers < 1:
        raise UsageError(f"--workers {workers}: give at least 1.")
    context = _Context()
    # Started here because starting it later would unblock SIGINT behind our back.
    resource_tracker.ensure_running()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_settle)
    try:
        yield pool
    finally:
        # What is still running then is no longer wanted: the result stands, or there is
        # none, and the time limit is up.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in context.started:
            process.terminate()
        for process in context.started:
            process.join()


class _Worker(SpawnProcess):
    """A worker that never sees Ctrl-C, not even while it starts."""

    def start(self) -> None:
        """Start it with SIGINT blocked, which it inherits."""
        if not hasattr(signal, "pthread_sigmask"):
            super().start()
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """Starts such workers and remembers them.

    Spawned, not forked: a fork would copy locks that numerical libraries' threads hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

        def worker(*args: Any, **kwargs: Any) -> SpawnProcess:
            self.started.append(_Worker(*args, **kwargs))
            return self.started[-1]

        # Every context offers its class of process under this name.
        self.Process = worker  # type: ignore[assignment,misc]


def _settle() -> None:
    """Leave Ctrl-C to the command, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent(lambda: os._exit(1))


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Provide the executor of a Dask cluster, and how many tasks it works on at once.

    Parameters
    ----------
    address
        Address of the scheduler.

    Raises
    ------
    UnavailableError
        If Dask is not installed, or no scheduler or no worker answers there.
    """
    with needs("dask", "--dask", "distributed", "dask"):
        from distributed import Client
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UnavailableError(
            f"--dask {address}: no scheduler answers there: {error}"
        ) from None
    with client:
        threads = sum(client.nthreads().values())
        if threads < 1:
            raise UnavailableError(
                f"--dask {address}: the scheduler has no workers; start some with"
                f" dask worker {address}."
            )
        with client.get_executor() as remote:
            yield remote, threads
