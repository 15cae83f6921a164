"""A worker ends with its parent, even if the parent is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from optkit.core.runtime.parent import end_with_parent

PARENT = """
import multiprocessing, os, time
from optkit.core.runtime.parent import end_with_parent

def work():
    end_with_parent(lambda: os._exit(1))
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    multiprocessing.get_context("fork").Process(target=work).start()
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_worker_ends_when_its_parent_is_killed() -> None:
    """After ``kill -9`` of the parent the worker ends within seconds."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert int(parent.stdout.readline()) != parent.pid
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    # The pipe ends when no process has it open for writing any more.
    start = time.monotonic()
    assert parent.stdout.read() == ""
    assert time.monotonic() - start < 30.0


def test_process_without_parent_is_left_alone() -> None:
    """A process that multiprocessing did not start is never ended."""
    end_with_parent(lambda: os._exit(1))
    time.sleep(0.05)
