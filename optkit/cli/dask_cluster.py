"""A Dask cluster as an executor, also after its scheduler died."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    InvalidStateError,
    ThreadPoolExecutor,
)
from contextlib import contextmanager, suppress
from typing import Any

from optkit.core.errors import UnavailableError
from optkit.core.runtime.extras import needs

CLOSING_SECONDS = 3.0
"""Time for goodbyes at the end; a dead scheduler does not answer."""


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Provide the executor of a Dask cluster, and the number of its threads.

    When the scheduler dies, the futures are cancelled and `submit` raises an error.

    Parameters
    ----------
    address
        Address of the scheduler.

    Raises
    ------
    UnavailableError
        If Dask is not installed, or no scheduler or worker answers there.
    """
    with needs("dask", "--dask", "distributed", "dask"):
        from distributed import Client
    # What it logs about a dead scheduler is said once, in our words.
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=10)
        threads = sum(client.nthreads().values())
    except (OSError, ValueError, RuntimeError, CancelledError) as error:
        raise UnavailableError(
            f"--dask {address}: no scheduler answers there: {error}"
        ) from None
    try:
        if threads < 1:
            raise UnavailableError(
                f"--dask {address}: the scheduler has no workers; start some with"
                f" dask worker {address}."
            )
        yield client.get_executor(), threads
    finally:
        with suppress(OSError, RuntimeError, CancelledError):
            client.close(timeout=CLOSING_SECONDS)


class FallbackExecutor(Executor):
    """Runs tasks on a cluster, and here if the cluster is lost.

    A task is the same wherever it runs, so that the answer is the same, only later.

    Parameters
    ----------
    remote
        The cluster's executor. It cancels its futures when the cluster is lost.
    on_loss
        Called once, from any thread, when the cluster is lost.
    """

    def __init__(self, remote: Executor, on_loss: Callable[[], None]) -> None:
        self._remote = remote
        self._on_loss = on_loss
        self._local: ThreadPoolExecutor | None = None

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        """Start a task; its future is only cancelled by who holds it."""
        result: Future[Any] = Future()
        if self._local is not None:
            self._run_here(result, function, args, kwargs)
            return result
        try:
            remote = self._remote.submit(function, *args, **kwargs)
        except Exception:  # a client without a scheduler raises errors of many types
            self._lose()
            self._run_here(result, function, args, kwargs)
            return result

        def settle(remote: Future[Any]) -> None:
            if result.cancelled():
                return
            if remote.cancelled():
                self._lose()
                self._run_here(result, function, args, kwargs)
            elif error := remote.exception():
                _set(result.set_exception, error)
            else:
                _set(result.set_result, remote.result())

        remote.add_done_callback(settle)
        result.add_done_callback(lambda own: own.cancelled() and remote.cancel())
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Give up tasks that run here; the cluster is closed by who opened it."""
        if self._local is not None:
            self._local.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _lose(self) -> None:
        if self._local is None:
            # One thread: several would share the interpreter's lock.
            self._local = ThreadPoolExecutor(1)
            self._on_loss()

    def _run_here(
        self,
        result: Future[Any],
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        assert self._local is not None

        def work() -> None:
            if result.cancelled():
                return
            try:
                value = function(*args, **kwargs)
            except BaseException as error:
                _set(result.set_exception, error)
            else:
                _set(result.set_result, value)

        self._local.submit(work)


def _set(setter: Callable[[Any], None], value: Any) -> None:
    """Set a future's outcome, if nobody has cancelled it meanwhile."""
    with suppress(InvalidStateError):
        setter(value)
