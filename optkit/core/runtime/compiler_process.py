"""A process that compiles loops into the cache on disk while the solver works.

An interpreter that shuts down under a running compiler crashes, and one that waits for the
compiler keeps no time limit. So another process compiles. It outlives the run if need be,
and what it has compiled serves the next one. If no process can be started, or the cache
cannot be written, loops are compiled where they are called.
"""

from __future__ import annotations

import base64
import os
import pickle
import subprocess
import sys
import threading
from typing import IO, Any

CHILD = "optkit.core.runtime.compiling_child"
"""The module that the process runs."""


class Request:
    """Something to compile: pending until the process has finished it or ended."""

    def __init__(self) -> None:
        self._finished = threading.Event()

    def is_pending(self) -> bool:
        """Return whether the result is not there yet."""
        return not self._finished.is_set()

    def wait(self) -> None:
        """Wait for the result, a few milliseconds at most."""
        self._finished.wait(0.005)

    def finish(self) -> None:
        """Say that the wait is over."""
        self._finished.set()

    def forget(self) -> None:
        """Finish without touching locks that another process may have held."""
        self._finished = threading.Event()
        self._finished.set()


class _Compiler:
    """The process, and what it has been asked for."""

    def __init__(self) -> None:
        self._pending: list[Request] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is not for this process
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, order: Any, request: Request) -> None:
        self._pending.append(request)
        if self._process.poll() is None:
            line = base64.b64encode(pickle.dumps(order)) + b"\n"
            _pipe(self._process.stdin).write(line)
            _pipe(self._process.stdin).flush()
        else:
            request.finish()

    def forget(self) -> None:
        """Let nobody wait: in a process that was forked, nobody listens."""
        for request in self._pending:
            request.forget()

    def _listen(self) -> None:
        """Finish one request per line, and all when the process has ended."""
        for _ in _pipe(self._process.stdout):
            self._pending.pop(0).finish()
        self._process.wait()
        for request in self._pending:
            request.finish()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "it was asked for"
    return pipe


_compiler: _Compiler | None = None
_lock = threading.Lock()


def _forget() -> None:
    global _compiler, _lock
    _lock = threading.Lock()
    if _compiler is not None:
        _compiler.forget()
        _compiler = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def request(loop: Any, types: tuple[Any, ...]) -> Request:
    """Have a loop compiled for arguments of ``types``."""
    return _request(loop.__module__, loop.__qualname__, types)


def request_call(function: Any) -> Request:
    """Have a function without arguments called, which calls the loops to compile."""
    return _request(function.__module__, function.__qualname__, None)


def _request(module: str, name: str, types: tuple[Any, ...] | None) -> Request:
    global _compiler
    result = Request()
    with _lock:
        try:
            if _compiler is None:
                _compiler = _Compiler()
            _compiler.ask((module, name, types), result)
        except (OSError, ValueError, TypeError, pickle.PicklingError):
            result.finish()  # no such process can be had
    return result
