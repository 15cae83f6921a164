"""A solve in a process of its own, for solvers that nothing else can stop."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import replace
from typing import IO, Any

from optkit.backends.adapters.session import AdapterSession
from optkit.backends.adapters.worker import receive, send
from optkit.backends.base import Termination
from optkit.backends.session import Monitor, RawResult, Request
from optkit.core.errors import UnavailableError

_WORKER = "optkit.backends.adapters.worker"

_POLL_SECONDS = 0.01

ENDING_SECONDS = 0.1
"""Time that a solver in another process keeps for handing over its answer, s."""


class IsolatedSession(AdapterSession):
    """One solve in another process, which can be ended at any time.

    The process hands over solutions and bounds as they come, so that they are not lost.

    Parameters
    ----------
    request, monitor
        The solve.
    inner
        The session that runs in the process, as ``module:class``.
    label
        Name of the solver in messages.
    arguments
        Further arguments of the inner session.
    """

    def __init__(
        self,
        request: Request,
        monitor: Monitor,
        inner: str,
        label: str,
        *arguments: Any,
    ) -> None:
        super().__init__(request, monitor)
        self._job = (inner, arguments)
        self._name = label

    def stop(self) -> None:
        """Do nothing: the loop that listens to the process sees that it has to stop."""

    def solve(self) -> RawResult:
        """Hand the solve to a process, and listen to it."""
        late = self.too_late()
        if late is not None:
            return late
        # The process needs no names, and Pyomo's components need not travel.
        model = replace(self.request.model, variables=(), constraints=(), idle=())
        job = pickle.dumps((*self._job, replace(self.request, model=model)))
        worker = _take()
        result = None
        try:
            worker.send(job)
            result = self._listen(worker.channel)
        except (BrokenPipeError, EOFError):
            return RawResult(Termination.ERROR, f"{self._name}: {worker.end()}")
        finally:
            if result is None:
                worker.end()
        if result.termination is Termination.INTERRUPTED:
            worker.end()
        else:
            _give_back(worker)
        return result

    def _listen(self, channel: IO[bytes]) -> RawResult:
        """Pass on the news of the process until it has a result or has to stop."""
        while not self.must_stop:
            if not select.select([channel], [], [], _POLL_SECONDS)[0]:
                continue
            kind, *content = pickle.loads(receive(channel))
            if kind == "news":
                values, bound = content
                self.news(values, bound)
            elif kind == "unavailable":
                raise UnavailableError(content[0])
            else:
                result: RawResult = content[0]
                return result
        return RawResult(Termination.INTERRUPTED, f"{self._name} was ended")


class _Worker:
    """A process that solves one model after the other."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by end)
        self._process = subprocess.Popen(
            [sys.executable, "-m", _WORKER],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # In a session of its own it does not get the terminal's Ctrl-C.
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._process.stdout is not None
        self.channel: IO[bytes] = self._process.stdout
        self.owner = os.getpid()

    def send(self, job: bytes) -> None:
        """Hand over a job."""
        assert self._process.stdin is not None
        send(self._process.stdin, job)

    @property
    def alive(self) -> bool:
        """Whether this process may give it a job."""
        return self.owner == os.getpid() and self._process.poll() is None

    def end(self) -> str:
        """End the process and those that it started; return why it ended, if it had."""
        status = self._process.poll()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        self._errors.close()
        last = f": {lines[-1]}" if lines else ""
        return f"its process ended with status {status}{last}"


_FREE: list[_Worker] = []
"""Workers without a job: starting one takes about a second. They end with this process."""

_LOCK = threading.Lock()


def _take() -> _Worker:
    with _LOCK:
        while _FREE:
            worker = _FREE.pop()
            if worker.alive:
                return worker
    return _Worker()


def _give_back(worker: _Worker) -> None:
    with _LOCK:
        _FREE.append(worker)
