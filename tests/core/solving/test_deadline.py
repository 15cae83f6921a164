"""Deadlines end work by the clock or by another condition, whichever is first."""

from __future__ import annotations

import math
import time

import optkit
from optkit.core.solving.deadline import Deadline
from optkit.core.solving.run import Run


def test_deadline_without_limit_never_ends() -> None:
    """Without seconds or condition there is no end."""
    deadline = Deadline()
    assert not deadline()
    assert deadline.remaining == math.inf


def test_deadline_ends_by_the_clock() -> None:
    """After its seconds a deadline tells work to stop, and nothing remains."""
    deadline = Deadline(0.02)
    assert not deadline()
    assert 0.0 < deadline.remaining <= 0.02
    time.sleep(0.03)
    assert deadline()
    assert deadline.remaining == 0.0
    assert deadline.elapsed >= 0.03


def test_deadline_ends_by_the_other_condition() -> None:
    """The other condition counts before the seconds have passed."""
    stop = False
    deadline = Deadline(60.0, lambda: stop)
    assert not deadline()
    stop = True
    assert deadline()


def test_run_gives_shares_of_the_remaining_time() -> None:
    """A share ends within the run's own limit, or never if the run has none."""
    run = Run(optkit.Limits(time=100.0))
    assert 40.0 < run.share(0.5).remaining <= 50.0
    assert 90.0 < run.deadline(1000.0).remaining <= 100.0
    assert Run(optkit.Limits()).share(0.5).remaining == math.inf
