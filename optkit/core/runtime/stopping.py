"""Ends a run whose limit is reached where no solver asks whether to stop.

A loop that has to be compiled first is called deep inside a solver; a policy's tables are
built by functions that know the model only.
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
    """Ask ``should_stop`` in waits and checks within the ``with`` block."""
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
    if run is not None and is_due():
        run.raised = True
        raise StoppedError
    some_time()


def check() -> None:
    """End a long computation that nothing else can stop, if a limit is reached.

    Raises
    ------
    StoppedError
        As :func:`wait` does.
    """
    wait(lambda: None)


def is_due() -> bool:
    """Return whether :func:`check` would end the run now."""
    run = _current.get()
    return run is not None and not run.raised and run.should_stop()


def was_raised() -> bool:
    """Return whether the run was stopped by :func:`wait` or :func:`check`."""
    run = _current.get()
    return run is not None and run.raised
