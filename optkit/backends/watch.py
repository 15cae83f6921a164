"""Run a solver in a thread of its own, so that the caller stays in control."""

from __future__ import annotations

import atexit
import threading
import time

from optkit.backends.base import OnProgress, ShouldStop
from optkit.backends.session import Halt, Monitor, RawResult, Session

POLL_SECONDS = 0.02
"""Interval at which the caller's thread checks the clock and ``should_stop``."""

STOP_SECONDS = 10.0
"""Time that a solver may take to stop once it was told to."""

_abandoned: list[threading.Thread] = []


@atexit.register
def _join_abandoned() -> None:
    """Give abandoned solvers a last chance to end; they were told to long ago.

    A process that ends while their native code runs would abort.
    """
    until = time.monotonic() + STOP_SECONDS
    for thread in _abandoned:
        thread.join(max(0.0, until - time.monotonic()))


def watch(
    session: Session,
    monitor: Monitor,
    *,
    deadline: float | None,
    abandon: float | None,
    should_stop: ShouldStop | None,
    on_progress: OnProgress | None,
) -> RawResult | None:
    """Run a session until it ends, or until it has to stop.

    Solvers run native code that Python cannot interrupt. While it runs in a thread of its
    own, the caller's thread can watch for Ctrl-C, the deadline and ``should_stop``.

    Parameters
    ----------
    session
        The session to run.
    monitor
        Receives the reason if the solver is stopped.
    deadline
        When to tell the solver to stop, on the clock of ``time.monotonic``, s.
    abandon
        When to return even if the solver has not stopped, on the same clock, s.
    should_stop
        Called every 20 ms in the caller's thread.
    on_progress
        Called with the news in the caller's thread.

    Returns
    -------
    RawResult or None
        None if the solver did not stop although it was told to. A thread cannot be
        killed, so it is left to end by itself; when the process ends, it waits for that
        thread for at most 10 s.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C: the user does not want to wait for the solver.
    """
    results: list[RawResult] = []
    failures: list[BaseException] = []
    finished = threading.Event()

    def work() -> None:
        try:
            results.append(session.run())
        except BaseException as error:
            failures.append(error)
        finally:
            finished.set()

    def stop(reason: Halt) -> None:
        nonlocal abandon
        monitor.halt(reason)
        session.interrupt()
        latest = time.monotonic() + STOP_SECONDS
        abandon = latest if abandon is None else min(abandon, latest)

    def poll() -> bool:
        """Wait a moment; return whether to go on waiting."""
        pause = POLL_SECONDS
        if deadline is not None and monitor.halted is None:
            pause = max(0.0, min(POLL_SECONDS, deadline - time.monotonic()))
        if finished.wait(pause):
            return False
        monitor.deliver(on_progress)
        now = time.monotonic()
        if told_to_stop:
            return abandon is None or now < abandon
        if monitor.halted is not None:
            reason = monitor.halted
        elif deadline is not None and now >= deadline:
            reason = Halt.TIME
        elif should_stop is not None and should_stop():
            reason = Halt.ASKED
        else:
            return True
        told_to_stop.append(reason)
        stop(reason)
        return True

    told_to_stop: list[Halt] = []
    thread = threading.Thread(target=work, name="optkit-backend", daemon=True)
    launched = False
    waiting = True
    interrupted = False
    while waiting:
        try:
            if not launched:
                # Set first: Ctrl-C inside start() must not lead to a second start.
                launched = True
                thread.start()
            waiting = poll()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            told_to_stop.append(Halt.KEYBOARD)
            stop(Halt.KEYBOARD)
        except BaseException:
            # A callback of the caller failed: the solver must not outlive it.
            stop(Halt.ASKED)
            finished.wait(STOP_SECONDS)
            raise
    if not finished.is_set():
        _abandoned.append(thread)
        return None
    thread.join()
    if failures:
        raise failures[0]
    monitor.deliver(on_progress)
    return results[0]
