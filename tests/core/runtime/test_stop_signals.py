"""Signals are held back while a result is completed, and act as before afterwards."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from optkit.core.errors import ExitStatus
from optkit.core.runtime import stop_signals


@pytest.fixture
def signals() -> Iterator[stop_signals.StopSignals]:
    """Handle the signals for one test."""
    handler = stop_signals.StopSignals()
    handler.install()
    yield handler
    handler.restore()


def _send(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0.01)


@pytest.mark.parametrize("number", stop_signals.STATUS)
def test_a_signal_raises_what_ctrl_c_raises(
    signals: stop_signals.StopSignals, number: signal.Signals
) -> None:
    """Each of the signals interrupts, and has a status and a name of its own."""
    with pytest.raises(KeyboardInterrupt):
        _send(number)
    assert stop_signals.status() == 128 + number
    assert stop_signals.name() == ("Ctrl-C" if number == signal.SIGINT else number.name)


def test_one_that_is_held_back_is_known(signals: stop_signals.StopSignals) -> None:
    """A signal while a result is completed is caught, also by an outer hold."""
    signals.hold()
    with stop_signals.held_back() as caught:
        _send(signal.SIGTERM)
    assert caught == [signal.SIGTERM]
    assert stop_signals.was_stopped()


def test_one_in_native_code_acts_at_the_end(signals: stop_signals.StopSignals) -> None:
    """Nothing is raised inside the block, where native code may be the caller."""
    seen: list[int] = []

    def native_code() -> None:
        with stop_signals.handed_on() as caught:
            _send(signal.SIGTERM)
            seen.extend(caught)

    with pytest.raises(KeyboardInterrupt):
        native_code()
    assert seen == [signal.SIGTERM]
    assert stop_signals.name() == "SIGTERM"


@pytest.mark.parametrize("installed", [True, False])
def test_one_in_native_code_stays_held_back(installed: bool) -> None:
    """The block around decides what a signal does, in a program of any kind."""
    handler = stop_signals.StopSignals()
    if installed:
        handler.install()
    try:
        with stop_signals.held_back() as outer:
            with stop_signals.handed_on() as inner:
                _send(signal.SIGINT)
            assert outer == inner == [signal.SIGINT]
    finally:
        handler.restore()


def test_a_burst_is_one_signal(signals: stop_signals.StopSignals) -> None:
    """Signals that follow at once do not end the program, whatever they are."""
    with pytest.raises(KeyboardInterrupt):
        _send(signal.SIGHUP)
    _send(signal.SIGTERM)
    _send(signal.SIGHUP)
    assert stop_signals.status() is ExitStatus.HUNG_UP


def test_handlers_are_restored() -> None:
    """After a command in the same process, signals act as before it."""
    before = {number: signal.getsignal(number) for number in stop_signals.STATUS}
    handler = stop_signals.StopSignals()
    handler.install()
    handler.restore()
    assert {number: signal.getsignal(number) for number in before} == before
    assert not stop_signals.was_stopped()
