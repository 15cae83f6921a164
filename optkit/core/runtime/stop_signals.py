"""Signals that stop the program: Ctrl-C, SIGTERM and SIGHUP all keep what was found.

Batch systems send SIGTERM, a terminal that closes sends SIGHUP. The command line turns
them into the exception that Ctrl-C raises, so whatever keeps the best answer after Ctrl-C
keeps it after them too. In a program that uses the library, signals stay as they are.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from optkit.core.errors import ExitStatus

STATUS = {
    signal.SIGINT: ExitStatus.INTERRUPTED,
    **{
        getattr(signal, name): status
        for name, status in (
            ("SIGTERM", ExitStatus.TERMINATED),
            ("SIGHUP", ExitStatus.HUNG_UP),
        )
        if hasattr(signal, name)
    },
}
"""The signals, each with the exit status of a program that it stopped."""

BURST_SECONDS = 1.0
"""Signals that follow the first one this soon belong to it: ``timeout`` sends SIGTERM to
the program and then to its group, a closing terminal is reported by kernel and shell."""

SHOW_CURSOR = b"\x1b[?25h"

_installed: StopSignals | None = None


class StopSignals:
    """The handler of the signals in a program whose main function is ours.

    The first signal raises :class:`KeyboardInterrupt`, or is held back while a result is
    being completed. A later one ends the program at once.

    Attributes
    ----------
    received
        The first signal; None before it.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._at = 0.0
        self._held: list[list[int]] = []
        self._before: dict[int, Any] = {}

    def install(self) -> None:
        """Handle the signals from now on; those that are ignored, as by nohup, stay so."""
        global _installed
        if threading.current_thread() is not threading.main_thread():
            return
        for number in STATUS:
            before = signal.getsignal(number)
            if before not in (signal.SIG_IGN, None):
                self._before[number] = before
                signal.signal(number, self._handle)
        _installed = self

    def restore(self) -> None:
        """Handle the signals as before :meth:`install`."""
        global _installed
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()
        if _installed is self:
            _installed = None

    def hold(self) -> None:
        """Hold back the first signal until the program ends: its work is done."""
        self._held.append([])

    @contextmanager
    def holding(self) -> Iterator[list[int]]:
        """Hold back the first signal; yield the list that it is put into."""
        caught: list[int] = []
        self._held.append(caught)
        try:
            yield caught
        finally:
            self._held = [held for held in self._held if held is not caught]

    @property
    def is_holding(self) -> bool:
        """Whether signals are being held back."""
        return bool(self._held)

    def _handle(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self.received is None:
            self.received, self._at = number, now
            if not self._held:
                raise KeyboardInterrupt
            for caught in self._held:
                caught.append(number)
        elif now - self._at > BURST_SECONDS:
            if os.isatty(2):  # a progress bar may have hidden it
                os.write(2, SHOW_CURSOR)
            os._exit(STATUS[signal.Signals(self.received)])


def status() -> ExitStatus:
    """Return the exit status of a program that was stopped."""
    received = None if _installed is None else _installed.received
    return STATUS[signal.Signals(received or signal.SIGINT)]


def name() -> str:
    """Return what stopped the program, in words: ``Ctrl-C``, ``SIGTERM``."""
    received = None if _installed is None else _installed.received
    if received is None or received == signal.SIGINT:
        return "Ctrl-C"
    return signal.Signals(received).name


def hold_until_end() -> None:
    """Hold back the first signal until the program ends, if it is handled here."""
    if _installed is not None:
        _installed.hold()


def was_stopped() -> bool:
    """Return whether a signal has come, also one that was held back."""
    return _installed is not None and _installed.received is not None


def ignore() -> None:
    """Ignore the signals in a worker process, which its parent ends.

    Batch systems and terminals send them to workers as well, and a worker that ended would
    take the parent's answer with it.
    """
    for number in STATUS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Hold back one signal while a result is completed; a second one interrupts.

    Yields the list of signals, so that the caller knows of the first. Python delivers
    signals to the main thread only; other threads need nothing.
    """
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    if _installed is not None:
        with _installed.holding() as held:
            yield held
        return

    def second_time(number: int, _: FrameType | None) -> None:
        caught.append(number)
        if len(caught) > 1:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is None:  # not set by Python, so it could not be restored
        yield caught
        return
    signal.signal(signal.SIGINT, second_time)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def handed_on() -> Iterator[list[int]]:
    """Keep signals out of native code that calls back; they have their effect at the end.

    Python may run a handler in the first line of a callback, where nothing catches what it
    raises: the exception would travel through the native code's own frames. Here signals
    are put into the list that is yielded, so that the callback can tell the native code to
    stop. At the end the exception is raised, unless another block holds the signals back.
    """
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    if _installed is not None:
        with _installed.holding() as held:
            yield held
        if held and not _installed.is_holding:
            raise KeyboardInterrupt
        return
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield caught
        return
    signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
    if caught:
        before(caught[0], None)


@contextmanager
def delayed() -> Iterator[None]:
    """Raise :class:`KeyboardInterrupt` for a signal only at the end of the block.

    For a few lines that have to be done together or not at all.
    """
    with held_back() as caught:
        yield
    if caught:
        raise KeyboardInterrupt
