"""Ends a run whose limit is reached while it waits for the compiler.

A loop that has to be compiled first is called deep inside a solver, where nothing asks
whether to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class StoppedError(KeyboardInterrupt):
    """A limit of the run was reached; solvers keep what they have, as after Ctrl-C."""


class _Run:
    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.should_stop = should_stop
        self.raised = False


_current: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def asking(should_stop: Callable[[], bool]) -> Iterator[None]:
    """Ask ``should_stop`` in waits within the ``with`` block."""
    token = _current.set(_Run(should_stop))
    try:
        yield
    finally:
        _current.reset(token)


def wait(some_time: Callable[[], object]) -> None:
    """Wait for a few milliseconds by calling ``some_time``.

    Raises
    ------
    StoppedError
        If a limit of the run is reached. It is raised once per run: what a solver does
        then to complete its answer is not stopped.
    """
    run = _current.get()
    if run is not None and not run.raised and run.should_stop():
        run.raised = True
        raise StoppedError
    some_time()


def was_raised() -> bool:
    """Return whether the run was stopped during a wait."""
    run = _current.get()
    return run is not None and run.raised
