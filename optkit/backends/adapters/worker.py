"""The process of an `IsolatedSession`: ``python -m`` this module.

Jobs come on stdin; news and results go to stdout, each as its length and a pickle.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optkit.core.arrays import Floats

_LENGTH_BYTES = 8


def send(channel: IO[bytes], message: bytes) -> None:
    """Write a message to an unbuffered channel."""
    rest = memoryview(len(message).to_bytes(_LENGTH_BYTES, "little") + message)
    while rest:
        rest = rest[channel.write(rest) :]


def receive(channel: IO[bytes]) -> bytes:
    """Read a message.

    Raises
    ------
    EOFError
        If the other side has ended.
    """
    return _exactly(channel, int.from_bytes(_exactly(channel, _LENGTH_BYTES), "little"))


def _exactly(channel: IO[bytes], count: int) -> bytes:
    parts = []
    while count:
        part = channel.read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class _Relay:
    """Takes the place of the monitor, which is in the other process.

    Parameters
    ----------
    channel
        Where the news go.
    model
        The model being solved.
    """

    halted = None
    objective = None

    def __init__(self, channel: IO[bytes], model: Any) -> None:
        self._channel, self._model = channel, model
        self._bound: float | None = None
        self.first_point: Floats | None = None

    def offer(self, values: Floats) -> None:
        """Hand over a solution."""
        if self.first_point is None:
            self.first_point = self._model.rounded(values)
        send(self._channel, pickle.dumps(("news", values, None)))

    def raise_bound(self, bound: float) -> None:
        """Hand over a bound that is better than the one before."""
        if self._bound is None or bound > self._bound:
            self._bound = bound
            send(self._channel, pickle.dumps(("news", None, bound)))


def _read_jobs(jobs: queue.SimpleQueue[bytes]) -> None:
    """Queue the jobs that come; at their end the parent, which holds the pipe, is gone."""
    try:
        while True:
            jobs.put(receive(sys.stdin.buffer))
    except EOFError:
        # This process, and the solver's if there is one.
        os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Run the sessions of the jobs, and hand over the results."""
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a solver prints must not get between the messages
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_jobs, args=(jobs,), daemon=True).start()
    while True:
        send(channel, pickle.dumps(_answer(jobs.get(), channel)))


def _answer(job: bytes, channel: IO[bytes]) -> tuple[str, Any]:
    from optkit.core.errors import UnavailableError

    inner, arguments, request = pickle.loads(job)
    module, name = inner.split(":")
    try:
        session_class = getattr(importlib.import_module(module), name)
        relay = _Relay(channel, request.model)
        return "result", session_class(request, relay, *arguments).run()
    except UnavailableError as error:
        return "unavailable", str(error)
    except ImportError as error:
        return "unavailable", f"a package of the backend cannot be imported: {error}"


if __name__ == "__main__":
    main()
