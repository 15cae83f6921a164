"""Run a solver in a thread of its own, and never lose control of it."""

from __future__ import annotations

import atexit
import threading
import time

from optkit.backends.base import OnProgress, ShouldStop
from optkit.backends.session import Halt, Monitor, Outcome, Session

POLL = 0.02
"""How often the caller's thread looks around, s."""

PATIENCE = 10.0
"""How long a solver that was told to stop may take to do so, s."""

_left_behind: list[threading.Thread] = []


@atexit.register
def _wait_for_those_left_behind() -> None:
    """Give solvers that were left running a last chance to end.

    They have long been told to. A process that ends under their native code aborts.
    """
    until = time.monotonic() + PATIENCE
    for thread in _left_behind:
        thread.join(max(0.0, until - time.monotonic()))


def watch(
    session: Session,
    monitor: Monitor,
    *,
    deadline: float | None,
    abandon: float | None,
    should_stop: ShouldStop | None,
    on_progress: OnProgress | None,
) -> Outcome | None:
    """Run a session until it ends, or is told to end.

    Solvers run native code that Python cannot interrupt. In a thread of its own it
    leaves the caller's thread free to see Ctrl-C, the clock and ``should_stop``.

    Parameters
    ----------
    session
        What to run.
    monitor
        Receives the reason if the solver is stopped.
    deadline
        When to tell the solver to stop, on the clock of ``time.monotonic``, s.
    abandon
        When to return even if the solver has not stopped, on the same clock, s.
    should_stop
        Asked every 20 ms, in the caller's thread.
    on_progress
        Told the news, in the caller's thread.

    Returns
    -------
    Outcome or None
        None if the solver did not stop although it was told to. Its thread is then
        left to end by itself, for there is no way to kill it; at its own end the
        process waits for it, 10 s at most.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C: the user does not want to wait for the solver.
    """
    outcomes: list[Outcome] = []
    failures: list[BaseException] = []
    finished = threading.Event()

    def work() -> None:
        try:
            outcomes.append(session.run())
        except BaseException as error:
            failures.append(error)
        finally:
            finished.set()

    def stop(reason: Halt) -> None:
        nonlocal abandon
        monitor.halt(reason)
        session.interrupt()
        patience = time.monotonic() + PATIENCE
        abandon = patience if abandon is None else min(abandon, patience)

    def look_around() -> bool:
        """Wait a moment; return whether to go on waiting."""
        pause = POLL
        if deadline is not None and monitor.halted is None:
            pause = max(0.0, min(POLL, deadline - time.monotonic()))
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
                # Noted first: Ctrl-C inside start() must not lead to a second start.
                launched = True
                thread.start()
            waiting = look_around()
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            told_to_stop.append(Halt.KEYBOARD)
            stop(Halt.KEYBOARD)
        except BaseException:
            # A callback of the caller failed: the solver must not outlive it.
            stop(Halt.ASKED)
            finished.wait(PATIENCE)
            raise
    if not finished.is_set():
        _left_behind.append(thread)
        return None
    thread.join()
    if failures:
        raise failures[0]
    monitor.deliver(on_progress)
    return outcomes[0]
