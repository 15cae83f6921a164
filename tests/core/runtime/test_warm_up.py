"""Waiting for compiled loops keeps to the limits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from optkit.core.runtime import warm_up as waiting
from optkit.core.runtime.compiled import NotCompiledError
from optkit.core.runtime.compiler_process import Request
from optkit.core.runtime.warm_up import wait_until_warm


def test_warm_up_runs_once_per_process() -> None:
    """The second wait for the same function returns without running it again."""
    runs = []

    def warm_up() -> None:
        runs.append(1)

    assert wait_until_warm(warm_up, lambda: False)
    assert wait_until_warm(warm_up, lambda: False)
    assert runs == [1]


def test_wait_ends_when_asked_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit ends the wait; the same compilation is waited for the next time."""
    request, cached = Request(), False
    asked = iter([False, False, True])

    def warm_up() -> None:
        if not cached:
            raise NotCompiledError

    monkeypatch.setattr(waiting.compiler_process, "request_call", lambda _: request)
    assert not wait_until_warm(warm_up, lambda: next(asked))
    cached = True
    request.finish()
    assert wait_until_warm(warm_up, lambda: False)


def test_without_another_process_a_thread_compiles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no process can fill the cache, the caller still looks at its limits."""
    request, finish = Request(), threading.Event()
    request.finish()
    asked = iter([False, True])
    main = threading.current_thread()

    def warm_up() -> None:
        if threading.current_thread() is main:
            raise NotCompiledError
        finish.wait(10.0)

    monkeypatch.setattr(waiting.compiler_process, "request_call", lambda _: request)
    assert not wait_until_warm(warm_up, lambda: next(asked))
    finish.set()
    assert wait_until_warm(warm_up, lambda: False)


LOOPS = """
from optkit.core.runtime.compiled import compiled

def first(x):
    return x + 1

def second(x):
    return x + 2

def warm_up():
    import threading, time
    main = threading.main_thread()
    print("first", compiled(first)(1), flush=True)
    while main.is_alive() and threading.current_thread() is not main:
        time.sleep(0.01)
    print("second", compiled(second)(1), flush=True)
"""


@pytest.mark.slow
def test_a_process_that_ends_waits_for_one_loop_only(tmp_path: Path) -> None:
    """No interpreter shuts down under a running compiler, and none begins another loop."""
    (tmp_path / "kernels.py").write_text(LOOPS)
    code = """
import kernels, threading
from optkit.core.runtime import warm_up
thread = threading.Thread(target=warm_up._compile, args=(kernels.warm_up,))
thread.start()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
    )
    assert done.stdout in ("first 2\n", "")  # nothing if it ended before the first
    assert done.stderr == ""
