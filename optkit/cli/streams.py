"""Standard output and standard error that never end a command by failing.

A reader may leave, a disk may be full, a stream may be closed from the start. What a
command has found is written to its files all the same.
"""

from __future__ import annotations

import errno
import io
import os
from contextlib import suppress
from typing import Any, TextIO

GONE = (errno.EPIPE, errno.EIO, errno.ECONNRESET)
"""Errors that mean that nobody reads any more: the pipe or the terminal is gone."""


class GuardedStream:
    """A text stream that notes its first failure and drops what is written after it.

    Parameters
    ----------
    stream
        The stream; None if it was closed when the program started.

    Attributes
    ----------
    failure
        Why what was written is lost; None if it is not, or if nobody wanted it.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.failure: str | None = None
        self._lost = False
        self._is_open = stream is not None
        self._stream: Any = stream or io.StringIO()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def isatty(self) -> bool:
        """Return whether this is a terminal."""
        try:
            return bool(self._stream.isatty())
        except ValueError:  # closed
            return False

    def write(self, text: str) -> int:
        """Write text, unless writing has failed before."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        """Write bytes, whatever the encoding of the stream."""
        buffer = getattr(self._stream, "buffer", None)
        if buffer is None:
            self.write(data.decode())
        else:
            self.flush()
            self._try(lambda: buffer.write(data))
        self.flush()

    def flush(self) -> None:
        """Flush, unless writing has failed before."""
        if self._is_open:
            self._try(lambda: self._stream.flush())

    def _try(self, step: Any) -> None:
        if self._lost:
            return
        try:
            if not self._is_open:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            step()
        except OSError as error:
            self._lose(None if error.errno in GONE else error.strerror or str(error))
        except ValueError:
            if not self._stream.closed:
                raise
            self._lose(os.strerror(errno.EBADF))

    def _lose(self, failure: str | None) -> None:
        self._lost = True
        self.failure = failure
        # What is still buffered is flushed again at exit; that must not fail either.
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)


def open_missing() -> None:
    """Open the null device in place of each standard stream that is closed.

    Otherwise the next file that is opened would get its number, and receive whatever a
    compiled library prints.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != descriptor:
                os.dup2(null, descriptor)
                os.close(null)
            os.set_inheritable(descriptor, True)
