"""Waiting for compiled loops keeps to the limits."""

from __future__ import annotations

import subprocess
import sys
import threading

from optkit.core.runtime.warm_up import wait_until_warm


def test_warm_up_runs_once_per_process() -> None:
    """The second wait for the same function returns without running it again."""
    runs = []

    def warm_up() -> None:
        runs.append(1)

    assert wait_until_warm(warm_up, lambda: False)
    assert wait_until_warm(warm_up, lambda: False)
    assert runs == [1]


def test_wait_ends_when_asked_to_stop() -> None:
    """A limit ends the wait, and the compilation continues in its thread."""
    finish = threading.Event()
    asked = iter([False, False, True])

    def warm_up() -> None:
        finish.wait(10.0)

    assert not wait_until_warm(warm_up, lambda: next(asked))
    finish.set()
    assert wait_until_warm(warm_up, lambda: False)


def test_a_process_that_ends_waits_for_the_compiler() -> None:
    """An interpreter must not shut down under a running compiler: it would crash."""
    code = """
import time
from optkit.core.runtime.warm_up import wait_until_warm

def warm_up():
    time.sleep(0.5)
    print("compiled", flush=True)

assert not wait_until_warm(warm_up, lambda: True)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "compiled\n"
