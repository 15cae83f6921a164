"""A solve in a process of its own, for solvers that nothing else can stop."""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
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
        """Start the process, listen to it, and end it."""
        late = self.too_late()
        if late is not None:
            return late
        # The process needs no names, and Pyomo's components need not travel.
        model = replace(self.request.model, variables=(), constraints=(), idle=())
        job = pickle.dumps((*self._job, replace(self.request, model=model)))
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", _WORKER],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                # In a session of its own it does not get the terminal's Ctrl-C.
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                send(process.stdin, job)
                result = self._listen(process.stdout)
            except (BrokenPipeError, EOFError):
                result = None
            finally:
                _end(process)
            if result is None:
                errors.seek(0)
                words = errors.read().decode(errors="replace").strip().splitlines()
                result = RawResult(
                    Termination.ERROR,
                    f"{self._name}: its process ended with status {process.returncode}"
                    + (f": {words[-1]}" if words else ""),
                )
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


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started, which are in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
