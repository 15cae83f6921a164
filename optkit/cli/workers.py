"""Run work in parallel: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from optkit.cli.dask_cluster import FallbackExecutor, cluster
from optkit.core.errors import UsageError
from optkit.core.runtime import stop_signals
from optkit.core.runtime.parent import end_with_parent


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def executor(
    workers: int | None, dask: str | None, warn: Callable[[str], None]
) -> Iterator[Executor | None]:
    """Provide an executor of worker processes or of a Dask cluster; None for neither.

    Parameters
    ----------
    workers
        Number of worker processes.
    dask
        Address of a Dask scheduler. If it dies, the tasks run here.
    warn
        Says that it died.

    Raises
    ------
    UsageError
        If both are given, or fewer than one worker.
    UnavailableError
        If Dask is not installed, or the scheduler cannot be reached.
    """
    if workers is not None and dask is not None:
        raise UsageError("--workers and --dask exclude each other; give one.")
    if workers is not None:
        with _pool(workers) as pool:
            yield pool
    elif dask is not None:
        with cluster(dask) as (remote, _):
            fallback = FallbackExecutor(
                remote,
                lambda: warn(
                    f"--dask {dask}: the scheduler is gone; the run goes on in this"
                    " process."
                ),
            )
            try:
                yield fallback
            finally:
                # Tasks that still run are not needed: the solver has returned.
                fallback.shutdown(wait=False, cancel_futures=True)
    else:
        yield None


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    if workers < 1:
        raise UsageError(f"--workers {workers}: give at least 1.")
    context = _Context()
    # Started now, because a later start would unblock SIGINT while _Worker blocks it.
    resource_tracker.ensure_running()
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_initialise)
    try:
        yield pool
    finally:
        # Tasks that still run are not needed: the solver has returned.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in context.started:
            process.kill()  # it ignores SIGTERM
        for process in context.started:
            process.join()


class _Worker(SpawnProcess):
    """A worker process that no signal to the command stops, not even while it starts."""

    def start(self) -> None:
        """Start the process with the signals blocked, which it inherits."""
        if not hasattr(signal, "pthread_sigmask"):
            super().start()
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals.STATUS)
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Context(SpawnContext):
    """Starts workers and keeps a list of them.

    They are spawned, because a fork would copy locks that threads of numerical libraries
    hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

        def worker(*args: Any, **kwargs: Any) -> SpawnProcess:
            self.started.append(_Worker(*args, **kwargs))
            return self.started[-1]

        # A context offers its process class under this name.
        self.Process = worker  # type: ignore[assignment,misc]


def _initialise() -> None:
    """Ignore Ctrl-C, which the command handles, and end together with the command."""
    stop_signals.ignore()
    end_with_parent(lambda: os._exit(1))
